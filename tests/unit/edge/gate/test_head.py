"""A request's head is read in one way or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.edge.gate import reply
from orchestrator.edge.gate.head import RequestHead, parse, written
from orchestrator.edge.verdict import NOT_HTTP

HOST = b"Host: customer-a.localhost\r\n"


def head(*lines: bytes, first: bytes = b"POST / HTTP/1.1") -> bytes:
    return b"\r\n".join([first, b"Host: customer-a.localhost", *lines, b"", b""])


def taken(block: bytes) -> RequestHead:
    found = parse(block)
    assert isinstance(found, RequestHead), found
    return found


@pytest.mark.parametrize(
    "block",
    [
        head(b"Content-Length: 5", b"Transfer-Encoding: chunked"),
        head(b"Transfer-Encoding: chunked", b"Content-Length: 5"),
        head(b"Content-Length: 5", b"Content-Length: 6"),
        head(b"Content-Length: 5, 6"),
        head(b"Content-Length: +5"),
        head(b"Content-Length: 0x5"),
        head(b"Content-Length: -1"),
        head(b"Content-Length: 5 5"),
        head(b"Content-Length:"),
        head(b"Content-Length: \xb2"),
        head(b"Transfer-Encoding: gzip, chunked"),
        head(b"Transfer-Encoding: xchunked"),
        head(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"),
        head(b"Transfer-Encoding : chunked"),
        head(b"Transfer-Encoding:\x0bchunked"),
        head(b"Transfer-Encoding: chunked", first=b"POST / HTTP/1.0"),
        head(b"X-A: 1\r\n folded"),
        head(b"X-A: 1\r\n\tfolded"),
        head(b"X-A: 1\nX-B: 2"),
        head(b"X-A: 1\rX-B: 2"),
        head(b"X-A: 1\x00"),
        head(b"X A: 1"),
        head(b": 1"),
        head(b"no colon"),
        head(b"Host: other.localhost"),
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\n" + HOST + b"\r\n",
        b"GET / HTTP/2.0\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1 \r\n" + HOST + b"\r\n",
        b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /\r\n" + HOST + b"\r\n",
        b"GET http://other.localhost/ HTTP/1.1\r\n" + HOST + b"\r\n",
        b"CONNECT other.localhost:443 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET * HTTP/1.1\r\n" + HOST + b"\r\n",
        b"\r\nGET / HTTP/1.1\r\n" + HOST + b"\r\n",
        b" GET / HTTP/1.1\r\n" + HOST + b"\r\n",
        b"PRI * HTTP/2.0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        b"\r\n\r\n",
    ],
)
def test_what_has_two_readings_or_none_is_refused(block: bytes) -> None:
    assert parse(block) == NOT_HTTP


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        ([], 0),
        ([b"Content-Length: 0"], 0),
        ([b"Content-Length: 12"], 12),
        ([b"content-length: 7", b"Content-Length: 7"], 7),
        ([b"Transfer-Encoding: chunked"], None),
        ([b"transfer-encoding: Chunked"], None),
        ([b"Connection: Upgrade", b"Upgrade: websocket"], None),
        ([b"Connection: keep-alive, upgrade", b"Upgrade: WebSocket"], None),
        ([b"Connection: Upgrade", b"Upgrade: h2c"], 0),
        ([b"Upgrade: websocket"], 0),
    ],
)
def test_how_much_body_follows(lines: list[bytes], body: int | None) -> None:
    assert taken(head(*lines)).body == body


def test_it_is_written_anew_with_what_belongs_to_this_hop_left_out() -> None:
    block = head(
        b"X-Forwarded-For: 192.0.2.1", b"Connection: keep-alive, X-A", b"Keep-Alive: 5",
        b"Proxy-Connection: keep-alive", b"content-length: 3", b"Content-Length: 3", b"Cookie: a=1",
    )  # fmt: skip
    assert written(taken(block)) == (
        b"POST / HTTP/1.1\r\nHost: customer-a.localhost\r\nX-Forwarded-For: 192.0.2.1\r\n"
        b"content-length: 3\r\nCookie: a=1\r\n\r\n"
    )


def test_an_old_program_is_answered_in_its_own_version() -> None:
    assert written(taken(head(first=b"GET / HTTP/1.0"))).startswith(b"GET / HTTP/1.0\r\n")


@given(st.binary(max_size=200))
def test_anything_is_a_head_or_refused_and_a_head_stays_what_it_is(noise: bytes) -> None:
    for block in (noise + b"\r\n\r\n", head(noise), head(b"X-A: " + noise)):
        found = parse(block)
        if isinstance(found, RequestHead):
            again = taken(written(found))
            assert (again.method, again.target, again.body) == (
                found.method, found.target, found.body,
            )  # fmt: skip
            assert written(again) == written(found)


@pytest.mark.parametrize(
    ("block", "status", "interim"),
    [
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", 200, False),
        (b"HTTP/1.0 404\r\n\r\n", 404, False),
        (b"HTTP/1.1 100 Continue\r\n\r\n", 100, True),
        (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", 103, True),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", 101, False),
    ],
)
def test_an_answers_head(block: bytes, status: int, interim: bool) -> None:
    found = reply.parse(block)
    assert found is not None
    assert (found.status, found.interim) == (status, interim)
    assert (b"Connection: close" in found.passed_on) is (status >= 200)


@pytest.mark.parametrize(
    "block",
    [b"", b"\r\n\r\n", b"HTTP/1.1 20 OK\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n",
     b"HTTP/3 200\r\n\r\n", b"HTTP/1.1 999 No\r\n\r\n", b"ok\r\n\r\n",
     b"\r\nHTTP/1.1 200 OK\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_answer(block: bytes) -> None:
    assert reply.parse(block) is None


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (b"Content-Length: 5\r\n", 5),
        (b"content-length:  5 \r\nContent-Length: 5\r\n", 5),
        (b"", None),
        (b"Content-Length: 5\r\nContent-Length: 6\r\n", None),
        (b"Content-Length: x\r\n", None),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", None),
    ],
)
def test_how_long_an_answer_says_it_is(lines: bytes, body: int | None) -> None:
    found = reply.parse(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n")
    assert found is not None
    assert found.body == body


def test_answers_that_never_have_a_body() -> None:
    for status in (b"204", b"304"):
        found = reply.parse(b"HTTP/1.1 " + status + b" x\r\nContent-Length: 5\r\n\r\n")
        assert found is not None
        assert found.body == 0
