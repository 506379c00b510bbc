"""An LLM endpoint of loopback that speaks both APIs, well or badly: real HTTP, made-up words.

`mode` says how it behaves from the next question on:
good, mute (reports no usage), old (knows no stream_options), busy (429), broken (500 that repeats
the key), refuses (401), garbage (200 and no JSON), moved (redirect), slow (no answer until `go`),
half (a stream that breaks off), drip (a stream that pauses until `go`), endless, parrot (repeats
the headers that it was sent, in small pieces), posing (its refusal looks like the gateway's).
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WORDS = ("The ", "answer ", "of the model ", "is 42.")
READ, WRITTEN = 120, 9  # tokens that it reports
GO_S = 60.0  # nobody is kept waiting for ever


@dataclass(frozen=True)
class Asked:
    """One question as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Endpoint:
    port: int = 0
    mode: str = "good"
    go: threading.Event = field(default_factory=threading.Event)
    asked: list[Asked] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)  # the asker went away

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def behave(self, mode: str) -> None:
        """From the next question on, with nothing asked yet."""
        self.mode = mode
        self.go.clear()
        self.left.clear()
        self.asked.clear()


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    found = Endpoint()
    handler = type("Handler", (_Handler,), {"endpoint": found})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        found.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield found
        found.go.set()
        server.shutdown()
        thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    endpoint: Endpoint

    def do_GET(self) -> None:
        answers = {"refuses": 401, "broken": 500, "old": 404}
        self._json(answers.get(self.endpoint.mode, 200), {"data": []})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.endpoint.asked.append(Asked(self.path, headers, body))
        with suppress(BrokenPipeError, ConnectionResetError):
            self._answer(body, headers)
            return
        self.endpoint.left.set()
        self.close_connection = True

    def _answer(self, body: dict[str, Any], headers: dict[str, str]) -> None:
        mode = self.endpoint.mode
        refusals = {
            "busy": (429, {"error": "slow down"}, ("retry-after", "7")),
            "broken": (500, {"error": f"no idea what to do with {headers}"}),
            "refuses": (401, {"error": "no such key"}),
            "moved": (307, {}, ("location", "http://127.0.0.1:9/v1")),
        }
        if mode == "parrot":
            self._repeat(body, json.dumps(headers))
            return
        if mode == "posing":
            self._send(402, "Application/Problem+JSON", b'{"kind": "budget"}')
            return
        if mode == "slow":
            self.endpoint.go.wait(GO_S)
        if mode in refusals:
            self._json(*refusals[mode])
        elif mode == "garbage":
            self._send(200, "text/html", b"<html>it works</html>")
        elif mode == "old" and "stream_options" in body:
            self._json(400, {"error": "unknown field stream_options"})
        elif body.get("stream"):
            self._stream(body)
        else:
            self._whole(body)

    def _repeat(self, body: dict[str, Any], text: str) -> None:
        if not body.get("stream"):
            self._json(200, {"choices": [{"message": {"content": text}}]}, ("x-request-id", text))
            return
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for start in range(0, len(text), 5):
            self._chunk(text[start : start + 5].encode())
        self.wfile.write(b"0\r\n\r\n")

    def _whole(self, body: dict[str, Any]) -> None:
        text = "".join(WORDS)
        if "anthropic" in self.path or self.path.endswith("/messages"):
            usage = {"input_tokens": READ - 20, "cache_read_input_tokens": 20}
            usage["output_tokens"] = WRITTEN
            document = {"content": [{"type": "text", "text": text}], "usage": usage}
        else:
            usage = {"prompt_tokens": READ, "completion_tokens": WRITTEN}
            message = {"role": "assistant", "content": text}
            document = {"choices": [{"message": message}], "usage": usage}
        if self.endpoint.mode == "mute":
            del document["usage"]
        self._json(200, {**document, "model": body["model"]}, ("x-request-id", "r-1"))

    def _stream(self, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.send_header("set-cookie", "of=the-endpoint")
        self.end_headers()
        events = list(self._events(body))
        for number, event in enumerate(events):
            if number == len(events) // 2:
                self._pause()
            if number > len(events) // 2 and self.endpoint.mode == "half":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self._chunk(event)
        self.wfile.write(b"0\r\n\r\n")

    def _pause(self) -> None:
        if self.endpoint.mode == "drip":
            self.endpoint.go.wait(GO_S)
        while self.endpoint.mode == "endless":
            self._chunk(b": still thinking\n\n")
            self.endpoint.go.wait(0.02)

    def _events(self, body: dict[str, Any]) -> Iterator[bytes]:
        told = self.endpoint.mode != "mute"
        if self.path.endswith("/messages"):
            usage = {"input_tokens": READ, "output_tokens": 1}
            yield _event({"type": "message_start", "message": {"usage": usage} if told else {}})
            for word in WORDS:
                delta = {"type": "text_delta", "text": word}
                yield _event({"type": "content_block_delta", "delta": delta})
            more = {"usage": {"output_tokens": WRITTEN}} if told else {}
            yield _event({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, **more})
            yield _event({"type": "message_stop"})
            return
        for word in WORDS:
            yield _event({"choices": [{"delta": {"content": word}}], "usage": None})
        if told and body.get("stream_options", {}).get("include_usage"):
            usage = {"prompt_tokens": READ, "completion_tokens": WRITTEN}
            yield _event({"choices": [], "usage": usage})
        yield b"data: [DONE]\n\n"

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _json(self, status: int, document: object, *more: tuple[str, str]) -> None:
        self._send(status, "application/json", json.dumps(document).encode(), *more)

    def _send(self, status: int, kind: str, body: bytes, *more: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("content-type", kind), ("content-length", str(len(body))), *more):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _event(document: dict[str, Any]) -> bytes:
    kind = document.get("type")
    name = f"event: {kind}\n" if kind else ""
    return f"{name}data: {json.dumps(document)}\n\n".encode()
