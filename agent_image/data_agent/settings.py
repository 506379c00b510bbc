"""What the agent is told from outside: environment variables, read once, checked at once.

A value that makes no sense stops the start with one sentence that names the variable and the mend.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import cast, get_args

from data_agent.llm.settings import LlmSettings, Privacy, Provider
from data_agent.llm.wire.address import address_of
from data_agent.people.hashing import HashCost
from data_agent.today import UTC, is_zone

VERSION = "0.1.0"
MIB = 1024 * 1024
UNLIMITED = "unlimited"
Network = IPv4Network | IPv6Network


class BadSetting(Exception):
    """A variable of the environment has an impossible value; the text names it and the mend."""


@dataclass(frozen=True)
class Settings:
    """Settings of one agent. Bytes and seconds; None for a limit means unlimited."""

    data_dir: Path = Path("/data")
    port: int = 8000
    tenant_name: str = "Data agent"
    version: str = VERSION
    max_users: int | None = None
    max_csv_files: int | None = None
    memory_bytes: int = 384 * MIB  # of the whole container
    disk_bytes: int = 1024 * MIB  # quota of the data directory
    questions_per_day: int | None = None
    max_upload_bytes: int = 200 * MIB  # of one request, all its files together
    platform_token_file: Path | None = None
    trusted_proxies: tuple[Network, ...] = ()
    hash_cost: HashCost = field(default_factory=HashCost)
    time_zone: str = UTC  # what "today" in a question is counted in
    llm: LlmSettings = field(default_factory=LlmSettings)


def from_environment(env: Mapping[str, str]) -> Settings:
    """Settings from environment variables. BadSetting names the first one that is wrong."""
    defaults = Settings()
    token_file = env.get("DATA_AGENT_PLATFORM_TOKEN_FILE", "").strip()
    return Settings(
        data_dir=_directory(env, "DATA_DIR", defaults.data_dir),
        port=_integer(env, "PORT", defaults.port, low=1, high=65535),
        tenant_name=env.get("DATA_AGENT_TENANT_NAME", "").strip()[:120] or defaults.tenant_name,
        version=env.get("DATA_AGENT_VERSION", "").strip() or VERSION,
        max_users=_limit(env, "DATA_AGENT_MAX_USERS"),
        max_csv_files=_limit(env, "DATA_AGENT_MAX_CSV_FILES"),
        memory_bytes=_integer(env, "DATA_AGENT_MEMORY_BYTES", defaults.memory_bytes, low=128 * MIB),
        disk_bytes=_integer(env, "DATA_AGENT_DISK_BYTES", defaults.disk_bytes, low=16 * MIB),
        questions_per_day=_limit(env, "DATA_AGENT_QUESTIONS_PER_DAY"),
        max_upload_bytes=_integer(
            env, "DATA_AGENT_MAX_UPLOAD_BYTES", defaults.max_upload_bytes, low=1024
        ),
        platform_token_file=Path(token_file) if token_file else None,
        trusted_proxies=_networks(env, "DATA_AGENT_TRUSTED_PROXY"),
        time_zone=_time_zone(env),
        llm=_language_model(env, Path(token_file) if token_file else None),
    )


def _language_model(env: Mapping[str, str], token_file: Path | None) -> LlmSettings:
    defaults = LlmSettings()
    gateway, base_url = _url(env, "DATA_AGENT_LLM_GATEWAY"), _url(env, "DATA_AGENT_LLM_BASE_URL")
    model = env.get("DATA_AGENT_LLM_MODEL", "").strip()
    if base_url and not gateway and not model:
        raise BadSetting(
            "DATA_AGENT_LLM_MODEL is '', but with DATA_AGENT_LLM_BASE_URL it must name a model."
        )
    deadline = _integer(env, "DATA_AGENT_LLM_DEADLINE_S", int(defaults.deadline_s), low=5, high=600)
    provider = _word(env, "DATA_AGENT_LLM_PROVIDER", defaults.provider, get_args(Provider))
    privacy = _word(env, "DATA_AGENT_LLM_PRIVACY", defaults.privacy, get_args(Privacy))
    return LlmSettings(
        gateway=gateway,
        token_file=token_file,
        provider=cast("Provider", provider),
        base_url=base_url,
        model=model,
        key_file=_file(env, "DATA_AGENT_LLM_API_KEY_FILE"),
        headers_file=_file(env, "DATA_AGENT_LLM_HEADERS_FILE"),
        deadline_s=float(deadline),
        privacy=cast("Privacy", privacy),
    )


def _time_zone(env: Mapping[str, str]) -> str:
    name = env.get("DATA_AGENT_TIME_ZONE", "").strip() or UTC
    if not is_zone(name):
        raise BadSetting(
            f"DATA_AGENT_TIME_ZONE is {name!r}, but must be a time zone such as Europe/Berlin."
        )
    return name


def _url(env: Mapping[str, str], name: str) -> str:
    text = env.get(name, "").strip()
    try:
        if text:
            address_of(text)
    except ValueError as error:
        shown = repr(text) if "@" not in text else "no usable address"  # it may hold a password
        raise BadSetting(f"{name} is {shown}, but must be an address: {error}.") from None
    return text


def _word(env: Mapping[str, str], name: str, default: str, words: tuple[str, ...]) -> str:
    text = env.get(name, "").strip() or default
    if text not in words:
        raise BadSetting(f"{name} is {text!r}, but must be one of: {', '.join(words)}.")
    return text


def _file(env: Mapping[str, str], name: str) -> Path | None:
    """A file that is read when it is used: it may come and change later."""
    text = env.get(name, "").strip()
    return Path(text) if text else None


def _integer(
    env: Mapping[str, str], name: str, default: int, *, low: int, high: int = 2**62
) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        bound = f"from {low} to {high}" if high < 2**62 else f"of at least {low}"
        raise BadSetting(f"{name} is {text!r}, but must be a whole number {bound}.")
    return int(text)


def _limit(env: Mapping[str, str], name: str) -> int | None:
    text = env.get(name, "").strip()
    if not text or text == UNLIMITED:
        return None
    if not (text.isascii() and text.isdigit() and int(text) >= 1):
        raise BadSetting(f'{name} is {text!r}, but must be a whole number above 0, or "unlimited".')
    return int(text)


def _directory(env: Mapping[str, str], name: str, default: Path) -> Path:
    path = Path(env.get(name, "").strip() or default)
    if not path.is_dir():
        raise BadSetting(f"{name} is {str(path)!r}, which is not a directory. Create or mount it.")
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise BadSetting(
            f"{name} is {str(path)!r}, which user {os.getuid()}:{os.getgid()} may not write. "
            f"Give it to that user: chown {os.getuid()}:{os.getgid()} {path}"
        )
    return path.resolve()


def _networks(env: Mapping[str, str], name: str) -> tuple[Network, ...]:
    try:
        return tuple(
            ip_network(text.strip()) for text in env.get(name, "").split(",") if text.strip()
        )
    except ValueError as error:
        raise BadSetting(
            f"{name} is {env[name]!r}, but must be addresses or networks such as 10.200.0.1/32, "
            f"separated by commas: {error}."
        ) from None
