"""Reads one value of tenants.yaml: from a node to a Python value.

Every reader raises Unfit for a value that does not fit, with what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from orchestrator.core import names, units
from orchestrator.core.dns import parse_host
from orchestrator.core.document import Broken, ListNode, MapNode, Node, Scalar
from orchestrator.core.problems import Unfit, cut

NAME_MAX_LENGTH = 80
IMAGE_MAX_LENGTH = 255  # of the reference's name, as registries have it
DOMAINS_MAX = 20
# `ID.DOMAIN` must stay a host name of at most 253 characters.
DOMAIN_MAX_LENGTH = 253 - names.ID_MAX_LENGTH - 1
MIN_MEMORY = 128 * units.KIB**2  # below, web process and worker do not fit (67 MB connected)
MIN_DISK = 64 * units.KIB**2
MIN_SLEEP_AFTER = 30  # seconds

LLM_PRIVACY = ("nothing", "names", "samples")
FUTURE_TLS = ("self-signed", "files", "acme-http", "acme-dns")
_TIER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", re.ASCII)
_IMAGE = re.compile(
    r"(?:(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9-]+(?=:\d))(?::\d{1,5})?/)?"
    r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*"
    r"(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?",
    re.ASCII,
)

Reader = Callable[[Node], object]


class AlreadyReported(Exception):
    """The parser has reported this value; there is nothing to add."""


def text(node: Node) -> str:
    """The text of a single value. Unfit for lists, mappings, nothing, and dangerous characters."""
    match node:
        case Broken():
            raise AlreadyReported
        case MapNode():
            raise Unfit("is a mapping", "write a single value")
        case ListNode():
            raise Unfit("is a list", "write a single value")
        case Scalar() if node.is_null or not node.text.strip():
            raise Unfit("has no value", "give one, or remove the line")
        case Scalar():
            return safe(node.text)


def safe(value: str) -> str:
    """The text, unless it holds what the route file or a terminal would act on."""
    for mark in ("{{", "}}", "`"):
        if mark in value:
            raise Unfit(f"'{cut(value)}' contains {mark}", "remove it")
    if any(not c.isprintable() for c in value):
        raise Unfit(f"'{cut(value)}' contains an invisible character", "write one line of text")
    return value


def display_name(node: Node) -> str:
    """A customer's name, of one line."""
    name = text(node).strip()
    if len(name) > NAME_MAX_LENGTH:
        raise Unfit(f"has {len(name)} characters", f"use at most {NAME_MAX_LENGTH}")
    return name


def tier_name(node: Node) -> str:
    """The name of a tier; whether there is such a tier is checked later."""
    name = text(node)
    if not _TIER_NAME.fullmatch(name):
        raise Unfit(f"'{cut(name)}' is not a tier name", "use letters, digits, '-' and '_'")
    return name


def image(node: Node) -> str:
    """An image reference: [registry/]name[:tag][@sha256:digest]."""
    reference = text(node)
    if len(reference) > 2 * IMAGE_MAX_LENGTH or not _IMAGE.fullmatch(reference):
        mend = "write it as name:tag, such as data-agent:latest"
        if reference != reference.lower() and _IMAGE.fullmatch(reference.lower()):
            mend = f"write {reference.lower()}, names have lower-case letters only"
        raise Unfit(f"'{cut(reference)}' is not an image reference", mend)
    return reference


def state(node: Node) -> str:
    """running or suspended."""
    value = text(node)
    if value not in ("running", "suspended"):
        raise Unfit(f"'{cut(value)}' is not a state", "write running or suspended")
    return value


def llm_privacy(node: Node) -> str:
    """What an LLM may be told: nothing, names of columns, or samples of their values too."""
    value = text(node)
    if value not in LLM_PRIVACY:
        mend = "write nothing, names or samples"
        raise Unfit(f"'{cut(value)}' is not what an LLM may be told", mend)
    return value


def boolean(node: Node) -> bool:
    """true or false."""
    value = text(node)
    if value not in ("true", "false"):
        raise Unfit(f"'{cut(value)}' is neither true nor false", "write true or false")
    return value == "true"


def tls(node: Node) -> str:
    """off; the other words of later versions are told apart from mistakes."""
    value = text(node)
    if value in FUTURE_TLS:
        raise Unfit(f"'{value}' is not in this version yet", "write off, the only value for now")
    if value != "off":
        raise Unfit(f"'{cut(value)}' is not known", "write off, the only value for now")
    return value


def tenant_id(node: Node) -> str:
    """The id of a tenant, as a value."""
    value = text(node)
    if (problem := names.id_problem(value)) is not None:
        raise Unfit(f"'{cut(value)}' {problem}", "write an id such as customer-a")
    return value


def platform_domain(node: Node) -> str:
    """The name below which every tenant has its subdomain."""
    return parse_host(_short(text(node)), max_length=DOMAIN_MAX_LENGTH)


def custom_domain(node: Node) -> str:
    """A tenant's own host name."""
    return parse_host(_short(text(node)))


def size(minimum: int) -> Reader:
    """Bytes, from `minimum` on."""
    return _quantity(partial(units.parse_size, minimum=minimum))


def duration(minimum: int) -> Reader:
    """Seconds from `minimum` on, or None for never."""
    return _quantity(partial(units.parse_duration, minimum=minimum))


def hold_for(node: Node) -> int:
    """Seconds, from 1 to units.MAX_HOLD."""
    seconds = units.parse_duration(_short(text(node)), minimum=1)
    if seconds is None or seconds > units.MAX_HOLD:
        raise Unfit("is too long to be held", f"give at most {units.MAX_HOLD}s")
    return seconds


def requests(node: Node) -> int:
    """How many requests, from 1 on."""
    count = units.parse_count(_short(text(node)))
    if count > units.MAX_REQUESTS:
        raise Unfit(f"'{count}' is too large", f"give at most {units.MAX_REQUESTS}")
    return count


def _quantity(parse: Callable[[str], object]) -> Reader:
    return lambda node: parse(_short(text(node)))


cpus = _quantity(units.parse_millicpus)
limit = _quantity(units.parse_limit)
price = _quantity(units.parse_price)


def _short(value: str) -> str:
    """The text, unless it is far too long to be worth parsing or quoting."""
    if len(value) > 300:
        raise Unfit(f"has {len(value)} characters", "that is far too long")
    return value
