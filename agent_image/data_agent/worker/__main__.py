"""One worker process: limits first, then the database, then one request after another until EOF."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

from data_agent.worker.limits import drop_environment, harden
from data_agent.worker.orders import Orders
from data_agent.worker.wire import read_message, write_message


def main() -> int:
    orders = Orders.from_json(sys.argv[1])
    drop_environment()
    harden(orders)
    requests, replies = _take_pipes()
    # Imported late: only now is the process bounded and its environment empty.
    from data_agent.worker.service import Service

    service = Service(orders)
    try:
        while (message := read_message(requests)) is not None:
            write_message(replies, service.answer(message))
    finally:
        service.close()
    return 0


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep stdin and stdout for the protocol: a library that prints must not break it."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    return requests, replies


if __name__ == "__main__":
    sys.exit(main())
