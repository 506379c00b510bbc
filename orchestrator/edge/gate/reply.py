"""The head of an agent's answer, as far as the gate must know it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from orchestrator.edge.gate.head import END

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r\n")
_OF_THIS_HOP = (b"connection:", b"keep-alive:", b"proxy-connection:")


@dataclass(frozen=True)
class ReplyHead:
    """`passed_on` is what the client gets. `interim`: another head follows (100, 103)."""

    status: int
    passed_on: bytes
    interim: bool


def parse(block: bytes) -> ReplyHead | None:
    """The head up to and with its blank line; None for what is no answer of HTTP/1."""
    found = _STATUS_LINE.match(block)
    if not found:
        return None
    status = int(found[1])
    if status < 200:
        return ReplyHead(status, block, interim=status != 101)
    first, *lines = block.removesuffix(END).split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith(_OF_THIS_HOP)]
    # Whatever the agent says of its connection: ours is over after this answer.
    return ReplyHead(
        status, b"\r\n".join([first, *kept, b"Connection: close"]) + END, interim=False
    )
