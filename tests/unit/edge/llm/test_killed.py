"""The gateway's process is killed in the middle of a question: what it used is written down."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.llm_endpoint import WORDS, Endpoint
from tests.support.llm_gateway import KEY, STREAM, token, until
from tests.support.llm_gateway_process import booked
from tests.support.stack_site import TOP, free_ports

BODY = json.dumps({**STREAM, "messages": [{"role": "user", "content": "How much? " * 100}]})
LEAST = len(BODY) // 4  # tokens of the question, as they are estimated


@dataclass
class Process:
    port: int
    books: Path
    child: subprocess.Popen[bytes]

    def ask(self) -> http.client.HTTPConnection:
        """A question that has been sent, once the gateway is there."""
        made: list[http.client.HTTPConnection] = []

        def asked() -> bool:
            assert self.child.poll() is None
            connection = http.client.HTTPConnection(
                "127.9.1.1", self.port, timeout=60, source_address=("127.9.1.2", 0)
            )
            try:
                connection.connect()
            except OSError:
                return False
            headers = {"authorization": f"Bearer {token(1)}"}
            connection.request("POST", "/v1/chat/completions", BODY, headers)
            made.append(connection)
            return True

        until(asked)
        return made[0]

    def kill(self) -> None:
        self.child.kill()
        self.child.wait(20)


@pytest.fixture
def process(tmp_path: Path, llm: Endpoint) -> Iterator[Process]:
    with running(tmp_path, llm) as made:
        yield made
    llm.go.set()


@contextmanager
def running(directory: Path, llm: Endpoint) -> Iterator[Process]:
    (port,) = free_ports(1)
    key, books = directory / "key", directory / "books"
    key.write_text(KEY)
    given = {"url": llm.url, "key": str(key), "books": str(books), "port": str(port)}
    command = [sys.executable, "-m", "tests.support.llm_gateway_process", json.dumps(given)]
    child = subprocess.Popen(command, cwd=TOP)
    try:
        yield Process(port, books, child)
    finally:
        child.kill()
        child.wait(20)


def test_before_the_first_word(process: Process, llm: Endpoint) -> None:
    """The endpoint has the question: then it has been written down."""
    llm.behave("slow")
    connection = process.ask()
    until(lambda: llm.asked)
    process.kill()
    (one,) = booked(process.books)
    assert (one.tenant, one.estimated, one.output_tokens) == ("tenant-1", True, 0)
    assert one.input_tokens >= LEAST
    connection.close()


def test_in_the_middle_of_the_answer(process: Process, llm: Endpoint) -> None:
    llm.behave("drip")
    connection = process.ask()
    response, came = connection.getresponse(), b""
    while WORDS[1].encode() not in came:
        came += response.read1(65536)
    until(lambda: booked(process.books)[0].output_tokens)
    process.kill()
    (one,) = booked(process.books)
    assert one.estimated and one.input_tokens >= LEAST
    assert one.output_tokens >= len("".join(WORDS[:2])) // 4
    connection.close()


def test_after_the_answer(process: Process, llm: Endpoint) -> None:
    """The LLM's own numbers replace the estimates, and nothing is counted twice."""
    llm.behave("good")
    response = process.ask().getresponse()
    assert b"[DONE]" in response.read()
    until(lambda: not booked(process.books)[0].estimated)
    process.kill()
    (one,) = booked(process.books)
    assert one.output_tokens > 0
