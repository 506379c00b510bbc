"""Tokens of an answer, reported or estimated, however its bytes are cut."""

from __future__ import annotations

import json

import pytest

from orchestrator.edge.llm_gateway.books import Used
from orchestrator.edge.llm_gateway.meter import LINE_MAX, Meter

TEXT = "four" * 10  # ten tokens, as they are estimated


def sse(*events: object, end: str = "\n\n") -> bytes:
    return "".join(f"data: {json.dumps(event)}{end}" for event in events).encode()


def openai(text: str, usage: object = None) -> dict:
    return {"choices": [{"delta": {"role": "assistant", "content": text}}], "usage": usage}


def anthropic(*, last: object = None) -> list[dict]:
    start = {"input_tokens": 5, "cache_read_input_tokens": 40, "output_tokens": 1}
    return [
        {"type": "message_start", "message": {"id": "m", "usage": start}},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": TEXT}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": last},
    ]


USAGE = {"prompt_tokens": 50, "completion_tokens": 12, "total_tokens": 62}


@pytest.mark.parametrize(
    ("stream", "used"),
    [
        (sse(openai(TEXT), {"choices": [], "usage": USAGE}) + b"data: [DONE]\n\n", (50, 12, False)),
        (sse(openai(TEXT, USAGE), end="\r\n\r\n"), (50, 12, False)),
        (sse(openai(TEXT)), (7, 10, True)),
        (sse(openai(TEXT), {"choices": [], "usage": {"prompt_tokens": 0}}), (7, 10, True)),
        (sse(openai(TEXT, {"prompt_tokens": 50, "completion_tokens": 0})), (50, 10, True)),
        (sse(openai(TEXT, {"prompt_tokens": -1, "completion_tokens": True})), (7, 10, True)),
        (sse(openai(TEXT, {"prompt_tokens": 10**12, "completion_tokens": "9"})), (7, 10, True)),
        (sse(openai(TEXT, [1])), (7, 10, True)),
        (sse(*anthropic(last={"output_tokens": 33})), (45, 33, False)),
        (sse(*anthropic()), (45, 10, True)),
        (sse(*anthropic()[:1]), (45, 1, True)),
        (b": comment\nevent: ping\nid: 7\n\n", (7, 0, True)),
        (b"data: <html>\n\ndata: [1, 2]\n\n", (7, 4, True)),
        (b"", (7, 0, True)),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_streams(stream: bytes, used: tuple, size: int) -> None:
    meter = Meter(7)
    for start in range(0, len(stream), size):
        meter.feed(stream[start : start + size])
    assert meter.used() == Used(*used)


@pytest.mark.parametrize(
    ("answer", "used"),
    [
        ({"choices": [{"message": {"content": TEXT}}], "usage": USAGE}, (50, 12, False)),
        ({"choices": [{"message": {"content": TEXT}}]}, (7, 10, True)),
        ({"content": [{"type": "text", "text": TEXT}]}, (7, 10, True)),
        (
            {"content": [], "usage": {"input_tokens": 3, "output_tokens": 4}},
            (3, 4, False),
        ),
        ({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 0}}, (3, 0, False)),
        ({"error": "x"}, (7, 0, True)),
        ("just text", (7, 3, True)),
    ],
)
def test_whole_answers(answer: object, used: tuple) -> None:
    meter = Meter(7)
    meter.whole(json.dumps(answer).encode())
    assert meter.used() == Used(*used)


def test_depth_and_length_do_no_harm() -> None:
    meter = Meter(1)
    meter.feed(b"data: " + b"[" * 100_000 + b"\n")
    for _ in range(40):
        meter.feed(b"data: " + b"x" * 100_000)
    assert meter.used().estimated
    assert meter.used().output_tokens > LINE_MAX // 4
