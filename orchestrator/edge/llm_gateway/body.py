"""What an agent asks, made ready for the endpoint. Pure.

An agent counts as taken over: whatever it sends goes to a server with an internet of its own. So
only known fields go on, and only texts: no addresses for the endpoint to fetch, and none of the
tools that run at its side.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orchestrator.edge.llm_gateway.kinds import refusal
from orchestrator.errors import LlmError
from orchestrator.llm_settings import Provider

BYTES_PER_TOKEN = 4  # of English text, as vendors tell; only for what nobody counted
_COMMON = frozenset("messages max_tokens temperature top_p stream tools tool_choice".split())
FIELDS: dict[Provider, frozenset[str]] = {
    "openai": _COMMON
    | frozenset(
        "max_completion_tokens stop seed response_format reasoning_effort stream_options "
        "presence_penalty frequency_penalty parallel_tool_calls chat_template_kwargs".split()
    ),
    "anthropic": _COMMON | frozenset("system stop_sequences top_k thinking".split()),
}
TEXT_PARTS = ("text", "tool_use", "tool_result", "thinking", "redacted_thinking")
# Of messages and of their parts. By their keys, some servers know a picture that says it is none.
PART_KEYS = frozenset(
    "role content name tool_calls tool_call_id reasoning_content refusal "
    "type text cache_control id input tool_use_id is_error thinking signature data".split()
)
TOOLS = ("function", "custom", None)


@dataclass(frozen=True)
class Question:
    """`body` is for the endpoint. `without_options`: the same for one that knows no
    `stream_options`, None where there are none. `input_tokens` is an estimate."""

    body: bytes
    without_options: bytes | None
    input_tokens: int


def prepare(raw: bytes, provider: Provider, model: str) -> Question:
    """The question with the operator's model, asking for usage. LlmError when it is none."""
    asked = {**_checked(_parsed(raw), provider), "model": model}
    plain = None
    if provider == "openai" and asked.get("stream") is True:
        asked.pop("stream_options", None)
        plain = _encoded(asked)
        asked["stream_options"] = {"include_usage": True}
    else:
        asked.pop("stream_options", None)
    body = _encoded(asked)
    return Question(body, plain, -(-len(body) // BYTES_PER_TOKEN))


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _unfit("The body is not JSON.") from error
    if not isinstance(asked, dict):
        raise _unfit("The body is not a JSON object.")
    return asked


def _checked(asked: dict[str, Any], provider: Provider) -> dict[str, Any]:
    asked.pop("model", None)
    unknown = sorted(set(asked) - FIELDS[provider])
    if unknown:
        raise _unfit(f"The gateway does not send on: {', '.join(unknown)[:200]}.")
    if not isinstance(asked.get("messages"), list):
        raise _unfit("messages is not a list.")
    if not all(_is_text(part) for part in _parts(asked)):
        raise _unfit("The gateway sends on texts only: no files, images or addresses.")
    tools = asked.get("tools", [])
    if not isinstance(tools, list) or any(not _runs_here(tool) for tool in tools):
        raise _unfit("The gateway sends on tools of the agent only, none of the endpoint.")
    return asked


def _parts(asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every part of what is said, however deep: results of tools hold parts as well."""
    said: list[Any] = [asked.get("system"), asked["messages"]]
    while said:
        match said.pop():
            case list(several):
                said += several
            case dict(part):
                said.append(part.get("content"))
                yield part


def _is_text(part: dict[str, Any]) -> bool:
    kind = part.get("type", "text" if "role" in part else None)
    return kind in TEXT_PARTS and part.keys() <= PART_KEYS


def _runs_here(tool: Any) -> bool:  # noqa: ANN401 - whatever json.loads gave
    return isinstance(tool, dict) and tool.get("type") in TOOLS


def _encoded(asked: dict[str, Any]) -> bytes:
    try:
        return json.dumps(asked, ensure_ascii=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError) as error:  # half a surrogate pair
        raise _unfit("The body holds characters that cannot be sent.") from error


def _unfit(sentence: str) -> LlmError:
    return refusal("body", sentence)
