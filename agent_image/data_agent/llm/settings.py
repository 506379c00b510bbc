"""Where a language model is, how long it may take, and what it may be told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Provider = Literal["openai", "anthropic"]
Privacy = Literal["nothing", "names", "samples"]


@dataclass(frozen=True)
class LlmSettings:
    """Either the platform's `gateway`, or `provider` and `base_url` of an endpoint; or neither.

    `privacy`: nothing = no model is ever asked; names = it is told tables, columns and types;
    samples = a few values of text columns with few values as well. Seconds throughout.
    """

    gateway: str = ""
    token_file: Path | None = None  # the platform's token, which the gateway asks for
    provider: Provider = "openai"
    base_url: str = ""
    model: str = ""
    key_file: Path | None = None
    headers_file: Path | None = None
    deadline_s: float = 60.0  # of one question, everything included
    privacy: Privacy = "names"
    backoff_s: float = 1.0  # before asking again where the endpoint does not say when
    connect_s: float = 10.0
    status_s: float = 3.0  # for the gateway's status
    keep_status_s: float = 30.0
    keep_problem_s: float = 1.0  # a gateway that restarts is back within seconds

    @property
    def usable(self) -> bool:
        """Whether there is anything to ask, and it may be asked."""
        return self.privacy != "nothing" and bool(self.gateway or self.base_url)
