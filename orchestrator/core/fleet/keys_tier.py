"""The keys of a tier: what its tenants get for their price."""

from __future__ import annotations

from orchestrator.core import units
from orchestrator.core.fleet import values
from orchestrator.core.fleet.key import RESTARTS_TIER, Key
from orchestrator.core.fleet.model import NOT_SAID

TIER_KEYS = (
    Key(
        "users",
        values.limit,
        "whole number, or `unlimited`",
        "How many users the tenant's admin may create, the admin included.",
        "5",
        RESTARTS_TIER,
    ),
    Key(
        "csv_files",
        values.limit,
        "whole number, or `unlimited`",
        "How many CSV files the tenant may hold at a time.",
        "10",
        RESTARTS_TIER,
    ),
    Key(
        "memory",
        values.size(values.MIN_MEMORY),
        "size, from `128m` on",
        "Memory of the container; there is no swap on top.",
        "384m",
        RESTARTS_TIER,
    ),
    Key(
        "cpus",
        values.cpus,
        "number, 0.1 to 64",
        "Processor cores that the container may use at most; while its agent starts or ends, two.",
        "0.5",
        RESTARTS_TIER,
        field="millicpus",
    ),
    Key(
        "disk",
        values.size(values.MIN_DISK),
        "size, from `64m` on",
        "Room for the tenant's data directory.",
        "1g",
        RESTARTS_TIER,
    ),
    Key(
        "questions_per_day",
        values.limit,
        "whole number, or `unlimited`",
        "How many questions the tenant may ask a day.",
        "200",
        RESTARTS_TIER,
        None,
        "`unlimited`",
    ),
    Key(
        "llm_tokens_per_day",
        values.limit,
        "whole number, or `unlimited`",
        "How many tokens of the LLM, read and written, the tenant may use a day (UTC). After that "
        "its questions are answered without the LLM. The request that reaches the limit is "
        "finished.",
        "200000",
        "restarts nobody",
        None,
        "`unlimited`",
    ),
    Key(
        "sleep_after",
        values.duration(values.MIN_SLEEP_AFTER),
        "duration, or `never`",
        "As `defaults.sleep_after`, for the tenants of this tier.",
        "10m",
        "restarts nobody",
        NOT_SAID,
        "`defaults.sleep_after`",
    ),
    Key(
        "requests_per_second",
        values.requests,
        "whole number",
        "Requests that the tenant may be asked a second, on average; twice as many may come at "
        "once. Beyond, they are answered 429, with the time to wait.",
        "400",
        "restarts nobody",
        None,
        "the setting `RATE_PER_S`",
    ),
    Key(
        "requests_at_once",
        values.requests,
        "whole number",
        "Requests of the tenant that may be under way at a time, waiting ones included. Beyond, "
        "they are answered 429.",
        "128",
        "restarts nobody",
        None,
        "the setting `IN_FLIGHT`",
    ),
    Key(
        "hold_for",
        values.hold_for,
        f"duration, up to `{units.MAX_HOLD}s`",
        "How long a request waits for the tenant while it wakes, starts or is updated, before it "
        "is answered 504.",
        "60s",
        "restarts nobody",
        None,
        "the setting `HOLD_S`",
    ),
    Key(
        "price",
        values.price,
        "number, from 0 on",
        "What a tenant of this tier pays, in your currency and for your period. The platform shows "
        "it and calculates nothing.",
        "50",
        "restarts nobody",
        None,
        "none",
    ),
)
