"""Which LLM the operator has chosen: read once from the environment, by edge and by the doctor.

The key is no setting: it stands in a file that only the edge reads, at each request, so that it
can be exchanged without a restart.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from orchestrator.errors import Refused

PREFIX = "ORCHESTRATOR_LLM_"
Provider = Literal["openai", "anthropic"]
# The vendors' own addresses; any other server that speaks the same will do.
BASE_URLS: Mapping[Provider, str] = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com/v1",
}
DEADLINE_S = 60
CONCURRENCY = 2  # requests of one tenant at a time
CONCURRENCY_TOTAL = 16  # requests of all tenants at a time


@dataclass(frozen=True)
class LlmSettings:
    """One endpoint. `base_url` has no slash at its end; the files beside the key are optional."""

    provider: Provider
    model: str
    base_url: str
    key_file: Path
    deadline_s: int = DEADLINE_S
    concurrency: int = CONCURRENCY
    concurrency_total: int = CONCURRENCY_TOTAL

    @property
    def headers_file(self) -> Path:
        """A JSON object of further headers, for endpoints that want some."""
        return self.key_file.with_name("headers.json")

    @property
    def ca_file(self) -> Path:
        """Certificates to trust besides the system's; read at the start."""
        return self.key_file.with_name("ca.pem")

    @classmethod
    def from_env(
        cls, platform_dir: Path, env: Mapping[str, str] | None = None
    ) -> LlmSettings | None:
        """None when no LLM is set up. Refused names the variable that is wrong or missing."""
        given = os.environ if env is None else env

        def text(name: str) -> str:
            return given.get(PREFIX + name, "").strip()

        provider, model = text("PROVIDER"), text("MODEL")
        if not provider and not model and not text("BASE_URL"):
            return None
        chosen = _provider(provider)
        if not model or not model.isprintable():
            raise Refused("LLM_MODEL is missing", mend="Name the model that the endpoint has.")
        return cls(
            provider=chosen,
            model=model,
            base_url=_base_url(text("BASE_URL") or BASE_URLS[chosen]),
            key_file=Path(text("KEY_FILE") or platform_dir / "llm" / "key"),
            **_numbers(text),
        )


def _numbers(text: Callable[[str], str]) -> dict[str, int]:
    limits = {
        "DEADLINE_S": (DEADLINE_S, 600),
        "CONCURRENCY": (CONCURRENCY, 1000),
        "CONCURRENCY_TOTAL": (CONCURRENCY_TOTAL, 1000),
    }
    return {name.lower(): _number(name, text(name), *limit) for name, limit in limits.items()}


def _number(name: str, text: str, fallback: int, most: int) -> int:
    if not text:
        return fallback
    if text.isdecimal() and 1 <= int(text) <= most:
        return int(text)
    raise Refused(f"LLM_{name} is {text!r}", mend=f"Give a number from 1 to {most}.")


def _provider(text: str) -> Provider:
    match text:
        case "openai" | "anthropic":
            return text
        case "":
            raise Refused("LLM_PROVIDER is missing", mend="Give openai or anthropic.")
    raise Refused(
        f"LLM_PROVIDER is {text!r}",
        mend="Give openai (every server with that API: vLLM, Ollama, llama.cpp …) or anthropic.",
    )


def _base_url(text: str) -> str:
    """Without a path it gets /v1, where these APIs are; `http://host:port/` keeps the root."""
    mend = "Give something like http://10.0.0.5:11434/v1."
    try:
        parts = urlsplit(text)
        wrong = not parts.hostname or parts.scheme not in ("http", "https")
        wrong = wrong or bool(parts.query or parts.fragment) or parts.port == 0
    except ValueError:
        wrong = True
    if wrong or not text.isascii() or not text.isprintable() or " " in text:
        raise Refused(f"LLM_BASE_URL is {text!r}", mend=mend)
    if "@" in parts.netloc:
        raise Refused("LLM_BASE_URL holds a password", mend="Keys belong into the key file.")
    return f"{text}/v1" if not parts.path else text.rstrip("/")
