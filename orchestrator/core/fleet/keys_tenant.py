"""The keys of a tenant."""

from __future__ import annotations

from orchestrator.core.fleet import values
from orchestrator.core.fleet.key import RESTARTS_TENANT, Key

TENANT_KEYS = (
    Key(
        "name",
        values.display_name,
        f"text of one line, at most {values.NAME_MAX_LENGTH} characters",
        "What people read on the tenant's pages and in `tenantctl status`.",
        "Customer A",
        RESTARTS_TENANT,
        None,
        "the id",
    ),
    Key(
        "tier",
        values.tier_name,
        "name of a tier",
        "The pricing class: limits, resources, price.",
        "medium",
        f"{RESTARTS_TENANT} when the limits differ",
        None,
        "`defaults.tier`",
    ),
    Key(
        "image",
        values.image,
        "image reference",
        "Another image for this tenant alone, such as a version that is tried out.",
        "data-agent:1.5.0-rc1",
        RESTARTS_TENANT,
        None,
        "`defaults.image`",
    ),
    Key(
        "state",
        values.state,
        "`running` or `suspended`",
        "`suspended` stops the container and shows a page that says so. All data is kept.",
        "suspended",
        "stops or starts this tenant",
        "running",
        "`running`",
    ),
    Key(
        "domains",
        values.custom_domain,
        f"list of DNS names, at most {values.DOMAINS_MAX}",
        "Host names of the customer's own, on top of `ID.DOMAIN`. Their DNS must point to this "
        "machine.",
        "[data.customer-b.example]",
        "re-routes this tenant; restarts nobody",
        (),
        "none",
        many=True,
    ),
    Key(
        "sleep_after",
        values.duration(values.MIN_SLEEP_AFTER),
        "duration, or `never`",
        "As `defaults.sleep_after`, for this tenant.",
        "never",
        "restarts nobody",
        None,
        "that of its tier, else `defaults.sleep_after`",
    ),
    Key(
        "always_on",
        values.boolean,
        "`true` or `false`",
        "`true`: never put to sleep, not by hand either, and started before the others.",
        "true",
        "wakes this tenant if it sleeps",
        False,
        "`false`",
    ),
    Key(
        "llm_privacy",
        values.llm_privacy,
        "`nothing`, `names` or `samples`",
        "As `defaults.llm_privacy`, for this tenant.",
        "samples",
        RESTARTS_TENANT,
        None,
        "`defaults.llm_privacy`",
    ),
    Key(
        "renamed_from",
        values.tenant_id,
        "id",
        "The id that this tenant had before: its data moves along. Without it, a new id is a new "
        "tenant, and the old one is retired with its data. Remove the line when the rename is "
        "done, or leave it.",
        "customer-old",
        "moves the data and restarts this tenant, once",
        None,
        "none",
    ),
)
