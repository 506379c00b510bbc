"""What of an agent's question goes on to the endpoint."""

from __future__ import annotations

import json

import pytest

from orchestrator.edge.llm_gateway.body import Question, prepare
from orchestrator.errors import LlmError

SAID = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Grüße"}]
FUNCTION = {"type": "function", "function": {"name": "plan", "parameters": {"type": "object"}}}
PICTURE = {"type": "image_url", "image_url": {"url": "https://evil.example/?q=data"}}


def ready(provider: str = "openai", **fields: object) -> Question:
    return prepare(json.dumps({"messages": SAID, **fields}).encode(), provider, "m")  # type: ignore[arg-type]


def test_the_model_is_the_operators_and_the_rest_stays() -> None:
    fields = {"temperature": 0.2, "response_format": {"type": "json_object"}, "tools": [FUNCTION]}
    question = ready(model="gpt", **fields)
    assert json.loads(question.body) == {"messages": SAID, "model": "m", **fields}
    assert "Grüße".encode() in question.body
    assert question.without_options is None
    assert question.input_tokens == -(-len(question.body) // 4)


def test_a_stream_is_asked_to_report_usage() -> None:
    question = ready(stream=True, stream_options={"include_usage": False})
    assert json.loads(question.body)["stream_options"] == {"include_usage": True}
    assert json.loads(question.without_options or b"") == {
        "messages": SAID, "model": "m", "stream": True,
    }  # fmt: skip
    assert b"stream_options" not in ready(stream=False, stream_options={}).body
    assert b"stream_options" not in ready("anthropic", stream=True).body


@pytest.mark.parametrize(
    "content",
    [
        "text",
        None,
        [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}],
        [{"type": "tool_use", "id": "1", "name": "plan", "input": {"type": "image", "url": "x"}}],
        [{"type": "tool_result", "tool_use_id": "1", "content": [{"type": "text", "text": "a"}]}],
        [{"type": "thinking", "thinking": "hm", "signature": "s"}],
    ],
)
def test_texts_go_on(content: object) -> None:
    messages = [{"role": "assistant", "content": content}]
    assert json.loads(ready("anthropic", messages=messages).body)["messages"] == messages


@pytest.mark.parametrize(
    "content",
    [
        [PICTURE],
        [{"type": "text", "text": "a", "image_url": {"url": "https://evil.example"}}],
        [{"image_url": {"url": "https://evil.example"}}],
        [{"type": "tool_result", "content": [PICTURE]}],
        [{"role": "user", "content": "a", **PICTURE}],
        [[{"type": "document", "source": {"type": "url", "url": "https://evil.example"}}]],
        [{"type": ["text"], "text": "a"}],
        [{"text": "a"}],
        [{"type": "input_audio", "input_audio": {}}],
        {"type": "file", "file": {}},
    ],
)
def test_whatever_an_endpoint_would_fetch_does_not(content: object) -> None:
    for provider in ("openai", "anthropic"):
        with pytest.raises(LlmError) as refused:
            ready(provider, messages=[{"role": "user", "content": content}])
        assert (refused.value.status, refused.value.kind) == (422, "body")
    with pytest.raises(LlmError):
        ready("anthropic", system=content)


@pytest.mark.parametrize(
    "fields",
    [
        {"web_search_options": {}},
        {"plugins": []},
        {"mcp_servers": [{"url": "https://evil.example"}]},
        {"metadata": {}},
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        {"tools": [{"type": "mcp", "server_url": "https://evil.example"}]},
        {"tools": {"type": "function"}},
        {"tools": [{"type": ["function"]}]},
        {"messages": "hello"},
        {"messages": None},
    ],
)
def test_tools_and_fields_of_the_endpoint_do_not(fields: dict) -> None:
    for provider in ("openai", "anthropic"):
        with pytest.raises(LlmError):
            ready(provider, **fields)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"null", b"[]", b"\xff", b"[" * 100_000, b'{"messages": ["\\ud800"]}'],
)
def test_rubbish(raw: bytes) -> None:
    with pytest.raises(LlmError):
        prepare(raw, "openai", "m")
