"""The fleet as values: what tenants.yaml states, validated, with its defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

NOT_SAID = 0  # seconds that a tier without `sleep_after` has: the file's default counts
LlmPrivacy = Literal["nothing", "names", "samples"]


@dataclass(frozen=True)
class Tier:
    """Pricing class of a tenant. Bytes for memory and disk, None for unlimited."""

    name: str
    users: int | None
    csv_files: int | None
    memory: int
    millicpus: int
    disk: int
    questions_per_day: int | None = None
    price: float | None = None
    llm_tokens_per_day: int | None = None
    sleep_after: int | None = NOT_SAID  # of its tenants that do not say otherwise
    requests_per_second: int | None = None  # this and the next two: None is the platform's setting
    requests_at_once: int | None = None
    hold_for: int | None = None  # seconds


@dataclass(frozen=True)
class Tenant:
    """One customer, with the defaults of the file filled in."""

    id: str
    name: str
    tier: str
    image: str
    state: Literal["running", "suspended"] = "running"
    domains: tuple[str, ...] = ()
    sleep_after: int | None = None  # seconds; None: never
    always_on: bool = False  # never put to sleep
    llm_privacy: LlmPrivacy = "names"  # what of the tenant's data an LLM may be told
    requests_per_second: int | None = None  # this and the next two: None is the platform's setting
    requests_at_once: int | None = None
    hold_for: int | None = None  # seconds
    renamed_from: str | None = None
    own_image: bool = False  # its entry names the image: updates of all leave it alone


@dataclass(frozen=True)
class Fleet:
    """All of tenants.yaml."""

    domain: str
    tls: str
    watch: bool
    tiers: Mapping[str, Tier]
    tenants: tuple[Tenant, ...]
