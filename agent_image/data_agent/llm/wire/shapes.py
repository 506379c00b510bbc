"""The two dialects: how a request is written, and where the text stands in an answer. Pure."""

from __future__ import annotations

import json
from typing import Any

from data_agent.errors import ModelFailed
from data_agent.llm.settings import Provider
from data_agent.llm.text.problems import KINDS, OPERATOR, WAIT, Problem
from data_agent.llm.text.prompt import Talk

MAX_ANSWER_TOKENS = 4096  # Anthropic wants a number; a plan has a few hundred
ANTHROPIC_VERSION = "2023-06-01"
NO_MODEL = Problem("The endpoint's answer is not that of a language model.", OPERATOR)
REFUSES = Problem("The language model refuses to answer this question.", "Ask it in other words.")
BROKEN = Problem("The language model broke off with an error of its own.", WAIT, again=True)


def request_body(provider: Provider, model: str, talk: Talk, *, bare: bool) -> bytes:
    """The request. `bare`: without anything that a simple server may not know."""
    turns = [{"role": turn.role, "content": turn.text} for turn in talk.turns]
    body: dict[str, Any] = {"model": model, "stream": True}
    if provider == "anthropic":
        body |= {"max_tokens": MAX_ANSWER_TOKENS, "system": talk.system, "messages": turns}
    else:
        body["messages"] = [{"role": "system", "content": talk.system}, *turns]
        if not bare:
            body |= {
                "temperature": 0,
                "response_format": {"type": "json_object"},
                "stream_options": {"include_usage": True},
            }
    return json.dumps(body).encode()


def headers_for(provider: Provider, key: str, *, gateway: bool) -> dict[str, str]:
    """The gateway takes its token in one way, whatever stands behind it."""
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream, application/json"}
    headers["Accept-Encoding"] = "identity"
    if provider == "anthropic":
        headers["anthropic-version"] = ANTHROPIC_VERSION
    if key and provider == "anthropic" and not gateway:
        headers["x-api-key"] = key
    elif key:
        headers["Authorization"] = f"Bearer {key}"
    return headers


def text_of_event(data: str) -> str:
    """The text that one event of a stream adds. ModelFailed when the event is an error or says
    that the model refuses."""
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        return ""  # [DONE], or noise between events
    if not isinstance(event, dict):
        return ""
    if event.get("error"):
        raise _error(event["error"])
    delta = event.get("delta")  # Anthropic
    if isinstance(delta, dict):
        _check(delta)
        return _text(delta.get("text")) if event.get("type") == "content_block_delta" else ""
    return _first_choice(event)


def text_of_whole(data: bytes) -> str:
    """The text of an answer that was not streamed. ModelFailed when it is none."""
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict) and answer.get("error"):  # with status 200, as some proxies do
        raise _error(answer["error"])
    if isinstance(answer, dict) and "choices" in answer:
        return _first_choice(answer)
    if isinstance(answer, dict) and "content" in answer:
        _check(answer)
        return _text(answer["content"])
    raise ModelFailed(str(NO_MODEL))


def _first_choice(answer: dict[str, Any]) -> str:
    """What the first choice says, in one piece or as the next of many."""
    for choice in _list(answer.get("choices")):
        if not isinstance(choice, dict):
            continue
        part = choice.get("delta") or choice.get("message")
        part = part if isinstance(part, dict) else {}
        _check(choice | {"refusal": part.get("refusal")})
        return _text(part.get("content"))
    return ""


def _check(said: dict[str, Any]) -> None:
    """ModelFailed when the model, or a filter before it, will not answer."""
    filtered = said.get("finish_reason") == "content_filter"
    if said.get("refusal") or filtered or said.get("stop_reason") == "refusal":
        raise ModelFailed(str(REFUSES))


def _error(error: object) -> ModelFailed:
    """The gateway's own word for it, or ours: an endpoint's may repeat what it was sent."""
    kind = error.get("type") if isinstance(error, dict) else None
    known = kind if isinstance(kind, str) and kind in KINDS else ""
    problem = KINDS[known] if known else BROKEN
    return ModelFailed(str(problem), again=problem.again, kind=known)


def _text(content: object) -> str:
    """A text, or the texts of a list of parts."""
    if isinstance(content, str):
        return content
    parts = (part for part in _list(content) if isinstance(part, dict))
    return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
