"""Endpoint addresses: checked once, taken apart for the connection. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from data_agent.llm.settings import Provider

_PATHS: dict[Provider, str] = {"openai": "/chat/completions", "anthropic": "/messages"}


@dataclass(frozen=True)
class Address:
    """Where a request goes. `target` is path and query; private addresses are as good as others."""

    host: str
    port: int
    tls: bool
    target: str

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


def address_of(url: str) -> Address:
    """ValueError, with a reason for people, when this is no http(s) address."""
    if not url.isascii() or any(char <= " " for char in url):
        raise ValueError("it may have no spaces and only ASCII characters")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it must be like https://host/v1")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a key does not belong into it; put it into a file")
    tls = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.hostname, parts.port or (443 if tls else 80), tls, target)


def messages_url(base_url: str, provider: Provider) -> str:
    """The address to post to. A base that names it already is taken as it is; Anthropic's may be
    given with or without its /v1."""
    base, mark, query = base_url.partition("?")
    base, path = base.rstrip("/"), _PATHS[provider]
    if not base.endswith(path):
        if provider == "anthropic" and not base.endswith("/v1"):
            base += "/v1"
        base += path
    return base + mark + query
