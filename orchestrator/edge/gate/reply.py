"""The head of an agent's answer, as far as the gate must know it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from orchestrator.edge.gate.head import END

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r\n")
_OF_THIS_HOP = (b"connection:", b"keep-alive:", b"proxy-connection:")


@dataclass(frozen=True)
class ReplyHead:
    """`passed_on` is what the client gets. `interim`: another head follows (100, 103).

    `body` in bytes, as it is said; None: until its last chunk, or until the agent closes.
    """

    status: int
    passed_on: bytes
    interim: bool
    body: int | None
    chunked: bool = False


def parse(block: bytes) -> ReplyHead | None:
    """The head up to and with its blank line; None for what is no answer of HTTP/1."""
    found = _STATUS_LINE.match(block)
    if not found:
        return None
    status = int(found[1])
    if status < 200:
        return ReplyHead(status, block, interim=status != 101, body=None)
    first, *lines = block.removesuffix(END).split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith(_OF_THIS_HOP)]
    # Whatever the agent says of its connection: ours is over after this answer.
    passed_on = b"\r\n".join([first, *kept, b"Connection: close"]) + END
    body, chunked = _body(status, kept)
    return ReplyHead(status, passed_on, interim=False, body=body, chunked=chunked)


def _body(status: int, lines: list[bytes]) -> tuple[int | None, bool]:
    if status in (204, 304):
        return 0, False
    fields = [line.partition(b":") for line in lines]
    codings = [v.strip().lower() for name, _, v in fields if name.lower() == b"transfer-encoding"]
    if codings:
        return None, codings == [b"chunked"]
    lengths = {value.strip() for name, _, value in fields if name.lower() == b"content-length"}
    length = lengths.pop() if len(lengths) == 1 else b""
    return (int(length) if length.isdigit() else None), False
