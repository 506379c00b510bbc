"""The page that is shown while a customer wakes, in a real browser: it gives way to what was asked
for, whatever stands in its address."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, expect

from orchestrator.client.answers import GateAnswer, Holds, HostEntry, Hosts
from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.gate import Gate
from orchestrator.edge.gate.server import GateServer
from orchestrator.edge.page import Pages

pytestmark = pytest.mark.browser

HOST, NAME = "ada.localhost", "Ada & Söhne"
THERE = b"<!doctype html><title>There</title><h1 id=columns>There</h1>"


class Agent(BaseHTTPRequestHandler):
    """Answers every address with one page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(THERE)))
        self.end_headers()
        self.wfile.write(THERE)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


class Source:
    """What the controller says of the one customer: that it wakes, until it is `awake`."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.awake = False

    async def hosts(self) -> Hosts:
        return Hosts("localhost", {HOST: HostEntry("ada", NAME, "sleeping")})

    async def gate(self, host: str) -> GateAnswer:
        if self.awake:
            return GateAnswer("forward", "ada", NAME, "running", address=self._address)
        return GateAnswer("hold", "ada", NAME, "sleeping")

    wake = gate

    async def tell_holds(self, holds: Holds) -> None:
        """Counted elsewhere."""


@pytest.fixture
def source() -> Iterator[Source]:
    agent = ThreadingHTTPServer(("127.0.0.1", 0), Agent)
    thread = threading.Thread(target=agent.serve_forever, daemon=True)
    thread.start()
    yield Source(f"127.0.0.1:{agent.server_address[1]}")
    agent.shutdown()
    agent.server_close()
    thread.join(timeout=20)


@pytest.fixture
def port(source: Source) -> Iterator[int]:
    """Of a gate that shows the page soon."""
    listener = socket.create_server(("127.0.0.1", 0))
    loop, bounds = asyncio.new_event_loop(), Bounds(page_s=0.2)
    server = GateServer(lambda: Gate(source, Pages(), bounds), bounds)
    thread = threading.Thread(
        target=loop.run_until_complete, args=(server.serve([listener]),), daemon=True
    )
    number = listener.getsockname()[1]
    thread.start()
    yield number
    loop.call_soon_threadsafe(server.stop)
    thread.join(timeout=20)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("place", "scripts"),
    [
        ("/data?changed=1&x=%2F", True),
        ("/data?changed=1&x=%2F", False),
        ("/data/files/7?changed=1#columns", True),  # for a browser's own refresh a mere jump
    ],
)
def test_it_gives_way_to_the_page_that_was_asked_for(
    chromium: Browser, source: Source, port: int, place: str, scripts: bool
) -> None:
    context = chromium.new_context(java_script_enabled=scripts)
    context.set_default_timeout(20_000)
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    address = f"http://{HOST}:{port}{place}"
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 503
    expect(page.get_by_role("heading")).to_have_text(f"{NAME} is waking up")
    expect(page).to_have_title(f"{NAME} is waking up")
    source.awake = True
    expect(page.get_by_role("heading")).to_have_text("There", timeout=20_000)
    expect(page).to_have_url(address)
    assert not [text for text in said if "Content Security Policy" in text]
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_its_window_whatever_the_name(
    chromium: Browser, port: int, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(f"http://{HOST}:{port}/")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.locator("h1").evaluate("h => h.textContent = 'Donaudampfschifffahrt'.repeat(4)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
