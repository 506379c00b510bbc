"""What the gate explains, over real HTTP: hosts, states, methods, bodies."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from orchestrator.client.answers import GateAnswer, Holds, HostEntry, Hosts
from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.gate import Gate
from orchestrator.edge.gate.server import GateServer
from orchestrator.edge.page import Pages
from orchestrator.errors import ControllerUnavailable

STATES = "starting running sleeping suspended swapping failed retired".split()
HTML, PROBLEM = "text/html; charset=utf-8", "application/problem+json"


class Source:
    """Every tenant is to be explained; `away` makes it fail."""

    def __init__(self) -> None:
        self.away = False

    async def hosts(self) -> Hosts:
        if self.away:
            raise ControllerUnavailable("away")
        names = {f"{state}.localhost": HostEntry(state, name(state), state) for state in STATES}
        return Hosts("localhost", names)

    async def gate(self, host: str) -> GateAnswer:
        state = host.removesuffix(".localhost")
        return GateAnswer("explain", state, name(state), state, why="out of memory")

    wake = gate

    async def tell_holds(self, holds: Holds) -> None:
        raise AssertionError("nothing is held here")


def name(state: str) -> str:
    return f"Firm <b>{state}</b>"


class Served:
    def __init__(self, source: Source, bounds: Bounds) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.loop = asyncio.new_event_loop()
        self.server = GateServer(lambda: Gate(source, Pages(), bounds), bounds)
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        self.loop.run_until_complete(self.server.serve([self.listener]))

    def ask(
        self, host: str, verb: str = "GET", path: str = "/", body: bytes | None = None, **headers
    ):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent = {"Host": host, **{key.replace("_", "-"): value for key, value in headers.items()}}
        connection.request(verb, path, body, sent)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response, text

    def raw(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(request)
            return connection.recv(65536)


def serving(source: Source, **bounds: float) -> Iterator[Served]:
    served = Served(source, Bounds(**bounds))
    served.thread.start()
    yield served
    served.loop.call_soon_threadsafe(served.server.stop)
    served.thread.join(timeout=20)
    assert not served.thread.is_alive()


@pytest.fixture(scope="module")
def gate() -> Iterator[Served]:
    yield from serving(Source())


@pytest.mark.parametrize(
    ("state", "status", "title", "retry", "reloads"),
    [
        ("starting", 503, "Firm &lt;b&gt;starting&lt;/b&gt; is starting", "2", True),
        ("swapping", 503, "Firm &lt;b&gt;swapping&lt;/b&gt; is being updated", "2", True),
        ("sleeping", 503, "Firm &lt;b&gt;sleeping&lt;/b&gt; is waking up", "2", True),
        ("running", 503, "Firm &lt;b&gt;running&lt;/b&gt; is almost there", "1", True),
        ("failed", 503, "cannot be reached right now", "60", False),
        ("suspended", 503, "is paused", "3600", False),
        ("retired", 404, "There is nothing at this address", None, False),
        ("nobody", 404, "There is nothing at this address", None, False),
    ],
)
def test_each_state_has_its_page(gate, state, status, title, retry, reloads):
    response, text = gate.ask(f"{state}.localhost")
    assert response.status == status
    assert title in text
    assert response.headers["Retry-After"] == retry
    assert ('http-equiv="refresh"' in text) is reloads
    assert "out of memory" not in text  # why is for the operator


@pytest.mark.parametrize("state", ["starting", "failed", "nobody"])
def test_pages_may_do_nothing_and_are_not_kept(gate, state):
    response, text = gate.ask(f"{state}.localhost")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not any(word in text for word in ("src=", "href=", "http://", "https://"))
    assert text.count("<script") == (state == "starting")


@pytest.mark.parametrize(("tag", "directive"), [("style", "style-src"), ("script", "script-src")])
def test_style_and_script_are_those_that_the_policy_allows(gate, tag, directive):
    response, text = gate.ask("starting.localhost")
    found = re.search(f"<{tag}[^>]*>(.*?)</{tag}>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert f"{directive} 'sha256-{digest}'" in policy


@pytest.mark.parametrize("state", ["starting", "running", "sleeping", "swapping"])
def test_that_the_page_opens_by_itself_is_said_on_pages_that_do(gate, state):
    said = "The page opens by itself."
    assert said in gate.ask(f"{state}.localhost")[1]
    assert said not in gate.ask(f"{state}.localhost", "POST", body=b"x=1")[1]
    detail = json.loads(gate.ask(f"{state}.localhost", Accept="application/json")[1])["detail"]
    assert "page" not in detail
    assert detail.endswith(".")


def test_nobody_and_a_retired_customer_look_the_same(gate):
    assert gate.ask("retired.localhost")[1] == gate.ask("nobody.localhost")[1]


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("/", "text/html,application/xhtml+xml,*/*;q=0.8", HTML),
        ("/", "*/*", HTML),
        ("/", "application/json", PROBLEM),
        ("/", "application/problem+json", PROBLEM),
        ("/api/v1/me", "*/*", PROBLEM),
        ("/api/v1/me", "text/html", HTML),
        ("/?url=%2Fapi%2Fv1%2Fme", "*/*", HTML),
        ("/.gate?url=%2Fapi%2Fv1%2Fme", "*/*", PROBLEM),
        ("/.gate?url=%2Fdata", "*/*", HTML),
        ("/.gate?url=http://[", "*/*", HTML),
        ("/.gate?" + "&".join(["url=1"] * 40), "*/*", HTML),
        ("/robots.txt", "*/*", HTML),
    ],
)
def test_programs_get_a_problem_document(gate, path, accept, kind):
    response, text = gate.ask("failed.localhost", path=path, Accept=accept)
    assert (response.status, response.headers["Content-Type"]) == (503, kind)
    if kind == PROBLEM:
        document = json.loads(text)
        assert (document["status"], document["type"]) == (503, "about:blank")
        assert document["title"] == "Firm <b>failed</b> cannot be reached right now"


@pytest.mark.parametrize(
    "host", ["STARTING.LocalHost", "starting.localhost.", "starting.localhost:8080",
             "starting.localhost.:80", "starting.localhost:"],
)  # fmt: skip
def test_the_same_host_written_differently(gate, host):
    assert gate.ask(host)[0].status == 503


@pytest.mark.parametrize(
    "host", ["a" * 300, "[::1]", "[::1]:80", "127.0.0.1", "starting.localhost:x", "x y", "..", "-",
             "starting..localhost", "starting.localhost/..", "starting.localhost@x", "\xff\xfe",
             "{{7*7}}", "<script>", "starting.localhost:99999999"],
)  # fmt: skip
def test_strange_hosts_are_nobody(gate, host):
    head = gate.raw(b"GET / HTTP/1.1\r\nHost: " + host.encode("latin-1") + b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400"))
    assert b"script" not in head


def test_no_host_or_two_of_them(gate):
    assert gate.raw(b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 404")
    assert gate.raw(b"GET / HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 400")
    twice = b"GET / HTTP/1.1\r\nHost: a\r\nHost: starting.localhost\r\n\r\n"
    assert gate.raw(twice).startswith(b"HTTP/1.1 400")


def test_head_has_the_headers_and_no_body(gate):
    response, text = gate.ask("starting.localhost", "HEAD")
    assert (response.status, response.headers["Retry-After"], text) == (503, "2", "")


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_every_method_is_answered_and_nothing_sent_is_taken(gate, verb):
    response, text = gate.ask("starting.localhost", verb, body=b"x=1")
    assert response.status == 503
    assert "was not taken" in text
    assert "refresh" not in text


@pytest.mark.parametrize(
    ("state", "truth"),
    [("suspended", "This service is paused"), ("failed", "come back in a few minutes")],
)
def test_who_sent_something_is_told_to_send_it_again_only_where_that_helps(gate, state, truth):
    _, text = gate.ask(f"{state}.localhost", "POST", body=b"x=1")
    assert "What you just sent was not taken." in text
    assert truth in text
    assert "again in a moment" not in text
    _, text = gate.ask("swapping.localhost", "POST", body=b"x=1")
    assert "send it again in a moment" in text


def test_a_large_body_is_answered_unread(gate):
    response, _ = gate.ask("nobody", "POST", body=b"x" * 8_000_000)
    assert response.status == 404


def test_a_client_that_waits_to_send_is_answered_instead_and_the_connection_ends(gate):
    request = (
        b"POST / HTTP/1.1\r\nHost: starting.localhost\r\nContent-Length: 9\r\n"
        b"Expect: 100-continue\r\n\r\n"
    )
    answer = gate.raw(request)
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"connection: close" in answer.lower()


def test_a_websocket_is_answered_as_a_request(gate):
    response, _ = gate.ask(
        "starting.localhost", Connection="Upgrade", Upgrade="websocket", Sec_WebSocket_Version="13"
    )
    assert response.status == 503


def test_a_controller_never_reached_is_503_for_all():
    source = Source()
    source.away = True
    for served in serving(source, hold_s=0.3):
        for host in ("starting.localhost", "nobody"):
            response, text = served.ask(host)
            assert (response.status, response.headers["Retry-After"]) == (503, "5")
            assert "One moment, please" in text
