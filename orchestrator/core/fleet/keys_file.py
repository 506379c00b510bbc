"""The keys at the top of tenants.yaml, and those of `defaults`."""

from __future__ import annotations

from orchestrator.core.fleet import values
from orchestrator.core.fleet.key import Key

DEFAULT_IMAGE = "data-agent:latest"

FILE_KEYS = (
    Key(
        "domain",
        values.platform_domain,
        "`localhost` or a DNS name",
        "Every tenant is reached at `ID.DOMAIN`. With `localhost` every browser finds the tenants "
        "of this machine, without any DNS.",
        "data.example.com",
        "re-routes every tenant; restarts none",
        "localhost",
        "`localhost`",
    ),
    Key(
        "tls",
        values.tls,
        "`off`",
        "Certificates. This version serves HTTP only, so put it behind something that ends TLS "
        "before you go to the internet.",
        "off",
        "nothing yet",
        "off",
        "`off`",
    ),
    Key(
        "watch",
        values.boolean,
        "`true` or `false`",
        "With `true` a saved file is applied at once when it has no problem. With `false` it waits "
        "for `make reload` or `tenantctl apply`.",
        "true",
        "counts from that save on; restarts nobody",
        False,
        "`false`",
    ),
)

DEFAULT_KEYS = (
    Key(
        "tier",
        values.tier_name,
        "name of a tier",
        "The tier of every tenant that does not name one.",
        "small",
        "restarts the tenants whose limits change",
        None,
        "none: then every tenant names its tier",
    ),
    Key(
        "image",
        values.image,
        "image reference",
        "The image of every tenant that does not name one.",
        "data-agent:1.4.2",
        "restarts the tenants that use it",
        DEFAULT_IMAGE,
        f"`{DEFAULT_IMAGE}`",
    ),
    Key(
        "sleep_after",
        values.duration(values.MIN_SLEEP_AFTER),
        "duration, or `never`",
        "How long nobody may use a tenant before it is put to sleep: its container is stopped, "
        "takes no memory, and is started by the next request, which waits for it. Up to a tenth "
        "longer, so that not all stop at once.",
        "30m",
        "restarts nobody",
        None,
        "`never`",
    ),
    Key(
        "llm_privacy",
        values.llm_privacy,
        "`nothing`, `names` or `samples`",
        "What an LLM may be told of a tenant's data, where the operator has set one up: `nothing` "
        "(it is never asked), `names` of tables and columns, or `samples` of their values as well.",
        "nothing",
        "restarts the tenants that do not say otherwise",
        "names",
        "`names`",
    ),
)
