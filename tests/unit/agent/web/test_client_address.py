"""Whose address counts: forwarded headers are believed from configured proxies only."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from data_agent.web.client import Client, client_of

PROXY = (ip_network("10.200.0.1/32"), ip_network("fd00::/8"))


def scope(peer: str | None, **headers: str) -> dict[str, Any]:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "client": (peer, 1) if peer else None, "headers": raw, "scheme": "http"}


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ("10.200.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.200.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.200.0.1", "198.51.100.1, 10.200.0.1", "198.51.100.1"),
        ("10.200.0.1", "198.51.100.1, unknown", "10.200.0.1"),
        ("10.200.0.1", "10.200.0.1", "10.200.0.1"),
        ("10.200.0.1", "", "10.200.0.1"),
        ("10.200.0.1", ",,,", "10.200.0.1"),
        ("10.200.0.1", "2001:db8::1", "2001:db8::1"),
        ("fd00::1", "198.51.100.1", "198.51.100.1"),
        (None, "198.51.100.1", ""),
        ("unix", "198.51.100.1", "unix"),
    ],
)
def test_the_nearest_hop_that_is_no_proxy(peer: str | None, forwarded: str, address: str) -> None:
    assert client_of(scope(peer, x_forwarded_for=forwarded), PROXY).address == address


def test_nobody_is_trusted_by_default() -> None:
    asked = scope(
        "10.200.0.1", x_forwarded_for="1.1.1.1", x_forwarded_proto="https", host="A.Example"
    )
    assert client_of(asked, ()) == Client("10.200.0.1", "a.example", https=False)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("localhost:8000", True),
        ("customer-a.localhost", True),
        ("customer-a.localhost:8080", True),
        ("localhost.evil.example", False),
        ("evillocalhost", False),
        ("127.0.0.1", False),
        ("[::1]:8000", False),
        ("", False),
    ],
)
def test_localhost_and_what_is_below_it(host: str, local: bool) -> None:
    assert Client("", host, https=False).is_localhost is local
