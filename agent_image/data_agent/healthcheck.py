"""`python -m data_agent.healthcheck`: exit 0 when the agent in this container answers.

Sockets only: importing an HTTP library would cost more than the question.
"""

from __future__ import annotations

import os
import socket

TIMEOUT_S = 4.0
QUESTION = b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n"


def main() -> int:
    """0 when /healthz answers 200, otherwise 1."""
    try:
        address = ("127.0.0.1", int(os.environ.get("PORT") or 8000))
        with socket.create_connection(address, TIMEOUT_S) as connection:
            connection.sendall(QUESTION)
            return 0 if b" 200 " in connection.recv(64) else 1
    except (OSError, ValueError):
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
