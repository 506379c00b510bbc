"""A request's head, read strictly. Pure.

Two programs that read one message differently are how requests are smuggled past one of them.
So whatever can be read in two ways is refused, and what is passed on is written anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import h11

from orchestrator.edge.verdict import NOT_HTTP, Verdict

END = b"\r\n\r\n"
VERSIONS = ("1.0", "1.1")
_TWO_READINGS = re.compile(rb"(?<!\r)\n|\r(?!\n)|\n[ \t]|\0")  # bare LF or CR, obs-fold, NUL
_OF_THIS_HOP = frozenset({b"connection", b"keep-alive", b"proxy-connection", b"upgrade"})

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class RequestHead:
    """`headers` as they came, names included. `body` in bytes; None: until the sender says, at
    the end of its chunks or of the connection."""

    method: str
    target: str
    version: str
    headers: Headers
    body: int | None
    websocket: bool
    chunked: bool = False

    def get(self, name: bytes) -> str:
        """Value of the first header of this name (lower case); empty when there is none."""
        return next((v.decode("latin-1") for k, v in self.headers if k.lower() == name), "")

    @property
    def has_body(self) -> bool:
        return self.chunked or bool(self.body)

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


def parse(block: bytes) -> RequestHead | Verdict:
    """The head up to and with its blank line; or what to answer to one that is not taken."""
    if _TWO_READINGS.search(block):
        return NOT_HTTP
    reader = h11.Connection(h11.SERVER, max_incomplete_event_size=len(block) + 1)
    try:
        reader.receive_data(block)
        event = reader.next_event()
    except h11.RemoteProtocolError:
        return NOT_HTTP
    return _head(event) if isinstance(event, h11.Request) else NOT_HTTP


def _head(request: h11.Request) -> RequestHead | Verdict:
    given = {name.lower(): value for name, value in request.headers}
    chunked = b"transfer-encoding" in given
    target = request.target.decode("latin-1")
    version = request.http_version.decode("ascii")
    if version not in VERSIONS or (chunked and (b"content-length" in given or version == "1.0")):
        return NOT_HTTP
    if not target.startswith("/") and (target, request.method) != ("*", b"OPTIONS"):
        return NOT_HTTP
    websocket = _is_websocket(given)
    length = int(given.get(b"content-length", b"0"))
    return RequestHead(
        method=request.method.decode("ascii"),
        target=target,
        version=version,
        headers=tuple(request.headers.raw_items()),
        body=None if chunked or websocket else length,
        websocket=websocket,
        chunked=chunked and not websocket,
    )


def _is_websocket(given: dict[bytes, bytes]) -> bool:
    """The one upgrade that is passed on: h2c, for instance, would hide requests in a tunnel."""
    tokens = {token.strip().lower() for token in given.get(b"connection", b"").split(b",")}
    return b"upgrade" in tokens and given.get(b"upgrade", b"").strip().lower() == b"websocket"


def written(head: RequestHead) -> bytes:
    """The head as it is sent on. One request, and then the connection is over: by our closing it,
    because an agent that closes over a body that it did not want could lose its answer."""
    kept = [(name, value) for name, value in head.headers if name.lower() not in _OF_THIS_HOP]
    ours = [(b"Connection", b"Upgrade, close"), (b"Upgrade", b"websocket")]
    close = [] if head.has_body else [(b"Connection", b"close")]
    lines = [f"{head.method} {head.target} HTTP/{head.version}".encode("latin-1")]
    lines += [name + b": " + value for name, value in (*kept, *(ours if head.websocket else close))]
    return b"\r\n".join(lines) + END
