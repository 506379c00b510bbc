"""What is to be known about one key of tenants.yaml."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.core.fleet.values import Reader

REQUIRED = object()  # the key must be there

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
