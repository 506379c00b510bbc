"""The two dialects: how a request is written, and where the text stands in an answer. Pure."""

from __future__ import annotations

import json
from typing import Any

from data_agent.errors import ModelFailed
from data_agent.llm.settings import Provider
from data_agent.llm.text.prompt import Talk

MAX_ANSWER_TOKENS = 4096  # Anthropic wants a number; a plan has a few hundred
ANTHROPIC_VERSION = "2023-06-01"
LONGEST_DETAIL = 300
PLATFORM_KINDS = frozenset(
    {"body", "books", "budget", "concurrency", "cut_off", "deadline", "not_configured"}
    | {"unreachable"}
)


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
    if provider == "anthropic":
        headers["anthropic-version"] = ANTHROPIC_VERSION
    if key and provider == "anthropic" and not gateway:
        headers["x-api-key"] = key
    elif key:
        headers["Authorization"] = f"Bearer {key}"
    return headers


def text_of_event(data: str) -> str:
    """The text that one event of a stream adds. ModelFailed when the event is an error."""
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        return ""  # [DONE], or noise between events
    if not isinstance(event, dict):
        return ""
    if event.get("error"):
        raise ModelFailed("The language model broke off with an error of its own.", again=True)
    delta = event.get("delta")  # Anthropic
    if isinstance(delta, dict) and event.get("type") == "content_block_delta":
        return _text(delta.get("text"))
    for choice in _list(event.get("choices")):
        if isinstance(choice, dict):
            part = choice.get("delta") or choice.get("message")
            return _text(part.get("content")) if isinstance(part, dict) else ""
    return ""


def text_of_whole(data: bytes) -> str:
    """The text of an answer that was not streamed. ModelFailed when it is none."""
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict):
        for choice in _list(answer.get("choices")):
            message = choice.get("message") if isinstance(choice, dict) else None
            return _text(message.get("content")) if isinstance(message, dict) else ""
        if "content" in answer:
            return _text(answer["content"])
    raise ModelFailed("The endpoint's answer is not that of a language model.")


def problem_detail(data: bytes) -> str:
    """The sentence of the platform's own refusals; nothing of a foreign error, whose text may
    repeat what it was sent."""
    try:
        problem = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    own = isinstance(problem, dict) and problem.get("kind") in PLATFORM_KINDS
    detail = problem.get("detail") if own else ""
    return detail[:LONGEST_DETAIL] if isinstance(detail, str) else ""


def _text(content: object) -> str:
    """A text, or the texts of a list of parts."""
    if isinstance(content, str):
        return content
    parts = (part for part in _list(content) if isinstance(part, dict))
    return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
