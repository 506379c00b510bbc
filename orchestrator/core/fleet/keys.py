"""Every key of tenants.yaml, once: how it is read, what it defaults to, and what people are told.

Validation reads this table, and so does the generator of docs/tenants-yaml.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.core.fleet import values
from orchestrator.core.fleet.model import NOT_SAID
from orchestrator.core.fleet.values import Reader

REQUIRED = object()  # the key must be there
DEFAULT_IMAGE = "data-agent:latest"

RESTARTS_TENANT = "restarts this tenant"
RESTARTS_TIER = "restarts every tenant of the tier"


@dataclass(frozen=True)
class Key:
    """One key: `field` is its name in the model when the file's word is another one.

    `default` is the value of the model when the key is left out, `default_words` is how the
    reference calls it, `effect` what the next `apply` does after the key was changed.
    """

    name: str
    read: Reader
    type: str
    about: str
    example: str
    effect: str
    default: object = REQUIRED
    default_words: str = "required"
    field: str = ""
    many: bool = False  # a list, and `read` is for each item

    @property
    def target(self) -> str:
        """The field of the model that takes the value."""
        return self.field or self.name


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
        "Processor cores that the container may use at most.",
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

SECTIONS = ("defaults", "tiers", "tenants")  # of the file, besides FILE_KEYS
