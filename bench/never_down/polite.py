"""`python -m bench.never_down.polite`: people who ask at a steady, modest rate, timed.

A process of its own, so that whoever makes the noise cannot delay its clock. A request counts from
the moment at which it was due: one that waits for the one before it is late, not unasked.
Reads a list of header lists, one for each tenant, from its standard input; writes JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

LINES = 2  # connections to each tenant
EVERY_S = 0.1  # between two requests of a connection
ANSWER_S = 30.0
PATH = "/api/v1/me"


@dataclass
class Met:
    """Seconds of each answer that was 200; how often there was another end."""

    seconds: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)


async def ask(port: int, tenants: Sequence[dict[str, str]], lasts_s: float) -> Met:
    """At every tenant, for so many seconds."""
    met, began = Met(), time.monotonic() + 0.5
    lines = [(headers, line) for line in range(LINES) for headers in tenants]
    step = EVERY_S / len(lines)  # so that no two are due at once
    await asyncio.gather(
        *(
            _line(port, headers, began + number * step, began + lasts_s, met)
            for number, (headers, _) in enumerate(lines)
        )
    )
    return met


async def _line(port: int, headers: dict[str, str], due: float, end: float, met: Met) -> None:
    sent = _request(headers)
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while due < end:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        try:
            async with asyncio.timeout(ANSWER_S):
                streams = streams or await asyncio.open_connection("127.0.0.1", port)
                status = await _once(*streams, sent)
        except (OSError, EOFError, ValueError) as error:
            status = type(error).__name__
            if streams is not None:
                streams[1].close()
            streams = None
        if status == "200":
            met.seconds.append(time.monotonic() - due)
        else:
            met.failed[status] += 1
        due += EVERY_S
    if streams is not None:
        streams[1].close()


def _request(headers: dict[str, str]) -> bytes:
    lines = [f"GET {PATH} HTTP/1.1", *(f"{key}: {value}" for key, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes) -> str:
    writer.write(sent)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    _, _, length = head.partition("content-length:")
    await reader.readexactly(int(length.split("\r\n")[0]))
    return head.split(" ")[1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    given = parser.parse_args()
    met = asyncio.run(ask(given.port, json.load(sys.stdin), given.seconds))
    print(json.dumps(asdict(met)))


if __name__ == "__main__":
    main()
