"""What is a host name that people can be routed by, and what is wrong with one that is not."""

from __future__ import annotations

import ipaddress
import re

from orchestrator.core.problems import Unfit

HOST_MAX_LENGTH = 253  # RFC 1035 §2.3.4, as text without the trailing dot
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.ASCII)


def parse_host(text: str, *, max_length: int = HOST_MAX_LENGTH) -> str:
    """The host name in lower case without a trailing dot. Unfit when it is none."""
    host = text.lower().removesuffix(".")
    _refuse_what_is_no_name(text, host)
    _refuse_unicode(text, host)
    if len(host) > max_length:
        raise Unfit(f"has {len(host)} characters", f"at most {max_length} are possible")
    labels = host.split(".")
    for label in labels:
        if not _LABEL.fullmatch(label):
            raise Unfit(
                f"'{text}' is not a valid DNS name",
                "use letters, digits and '-' between dots, such as data.example.com",
            )
    if labels[-1].isdigit():
        raise Unfit(f"'{text}' ends with a number", "a DNS name ends with letters, as in .com")
    if len(labels) < 2 and host != "localhost":
        raise Unfit(f"'{text}' has no dot", f"write the whole name, such as {host}.example.com")
    return host


def is_at_or_below(host: str, domain: str) -> bool:
    """`data.localhost` and `localhost` are at or below `localhost`."""
    return host == domain or host.endswith(f".{domain}")


def _refuse_what_is_no_name(text: str, host: str) -> None:
    if "://" in text or "/" in text:
        raise Unfit(f"'{text}' is a URL", "write the host name alone, without http:// or a path")
    if "*" in text:
        raise Unfit(f"'{text}' has a wildcard", "write each host name out")
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    else:
        raise Unfit(f"'{text}' is an IP address", "write a DNS name that points to it")
    name, colon, port = text.rpartition(":")
    if colon and port.isdecimal():
        raise Unfit(f"'{text}' has a port", f"write {name}; the port is the platform's")


def _refuse_unicode(text: str, host: str) -> None:
    if host.isascii():
        return
    try:
        ascii_form = host.encode("idna").decode("ascii")
    except UnicodeError:
        raise Unfit(f"'{text}' is not a valid DNS name", "use letters, digits and '-'") from None
    raise Unfit(f"'{text}' has letters that DNS does not know", f"write it as {ascii_form}")
