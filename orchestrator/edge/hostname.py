"""The Host header, as a name that can be looked up. Pure: it comes from anybody."""

from __future__ import annotations

import re

LONGEST = 253  # characters of a DNS name (RFC 1035)
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?", re.ASCII)
_IPV6 = re.compile(r"\[[0-9a-f:.]+\]", re.ASCII)
_PORT = re.compile(r":[0-9]{0,5}$", re.ASCII)


def host_name(header: str | None) -> str | None:
    """`Customer-A.localhost.:8080` → `customer-a.localhost`; None for what can be no host."""
    if not header or not header.isascii() or len(header) > LONGEST + len(".:65535"):
        return None
    name = _PORT.sub("", header.lower())
    if _IPV6.fullmatch(name):
        return name
    name = name.removesuffix(".")
    return name if len(name) <= LONGEST and _NAME.fullmatch(name) else None
