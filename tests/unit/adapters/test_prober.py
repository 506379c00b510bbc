"""Questions over HTTP, to real servers on the loopback that behave and misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest

from orchestrator.adapters import prober as prober_module
from orchestrator.adapters.http_get import BODY_LIMIT
from orchestrator.adapters.prober import HttpProber

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Generation: 42\r\n\r\nok"
BROKEN = {
    "closes at once": b"",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
    "no status": b"HTTP/1.1\r\n\r\n",
    "cut off in the head": b"HTTP/1.1 200 OK\r\nConte",
    "cut off in the body": b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{",
    "bad length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
    "no length": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
    "endless head": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000,
    "too much": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 2 * BODY_LIMIT,
    "too much, unannounced": b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2 * BODY_LIMIT,
}


@asynccontextmanager
async def answering(answer: bytes, *, hold: bool = False) -> AsyncIterator[tuple[int, list[bytes]]]:
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        if not hold:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()


Question = Callable[[HttpProber], Coroutine[None, None, object]]
QUESTIONS: dict[str, Question] = {
    "ready": lambda prober: prober.ready("127.0.0.1"),
    "activity": lambda prober: prober.activity("127.0.0.1", "t" * 64),
    "generation": lambda prober: prober.generation(),
}


def ask(
    question: str, answer: bytes, monkeypatch: pytest.MonkeyPatch, *, hold: bool = False
) -> tuple[object, bytes]:
    async def run() -> tuple[object, bytes]:
        async with answering(answer, hold=hold) as (port, asked):
            monkeypatch.setattr(prober_module, "AGENT_PORT", port)
            prober = HttpProber(
                http_port=port,
                generation_host="gen.invalid",
                generation_header="X-Generation",
                timeout_s=0.3 if hold else 5,
            )
            found = await QUESTIONS[question](prober)
            return found, asked[0]

    return asyncio.run(run())


def test_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    found, asked = ask("ready", OK, monkeypatch)
    assert found is True
    assert asked.startswith(b"GET /readyz HTTP/1.0\r\n")
    found, _ = ask("ready", OK.replace(b"200 OK", b"503 Not Ready"), monkeypatch)
    assert found is False


def test_one_without_room_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = ask("ready", OK.replace(b"200 OK", b"507 Insufficient Storage"), monkeypatch)
    assert found is True


def test_activity(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = b'HTTP/1.1 200 OK\r\n\r\n{"in_flight": 2}'
    found, asked = ask("activity", answer, monkeypatch)
    assert found == {"in_flight": 2}
    assert b"GET /internal/activity " in asked
    assert b"\r\nAuthorization: Bearer " + b"t" * 64 + b"\r\n" in asked
    assert ask("activity", answer.replace(b"200", b"401"), monkeypatch)[0] is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 50_000, b"\xff"])
def test_activity_that_is_no_object(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    assert ask("activity", b"HTTP/1.1 200 OK\r\n\r\n" + body, monkeypatch)[0] is None


def test_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    found, asked = ask("generation", OK, monkeypatch)
    assert found == "42"
    assert b"\r\nHost: gen.invalid\r\n" in asked
    assert ask("generation", OK.replace(b"X-Gen", b"X-Other"), monkeypatch)[0] is None


@pytest.mark.parametrize("answer", BROKEN)
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_broken_answer_is_none(
    monkeypatch: pytest.MonkeyPatch, question: str, answer: str
) -> None:
    assert not ask(question, BROKEN[answer], monkeypatch)[0]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_server_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, question: str) -> None:
    assert not ask(question, b"HTTP/1.1 200 OK\r\n", monkeypatch, hold=True)[0]


def test_nobody_listens() -> None:
    prober = HttpProber(http_port=1, generation_host="g", generation_header="X")
    assert asyncio.run(prober.generation()) is None


def test_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> list[bool]:
        async with answering(OK) as (port, _):
            monkeypatch.setattr(prober_module, "AGENT_PORT", port)
            prober = HttpProber(
                http_port=1, generation_host="g", generation_header="X", timeout_s=10
            )
            return await asyncio.gather(*(prober.ready("127.0.0.1") for _ in range(500)))

    assert asyncio.run(run()) == [True] * 500
