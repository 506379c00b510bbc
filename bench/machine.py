"""What it was measured on: the machine, the versions, the commit."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.shell import CommandFailed, run

GIB = 2**30


def describe(image: str) -> list[tuple[str, str]]:
    """Pairs of name and value for the page; "unknown" for what the machine does not tell."""
    return [
        ("date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        ("commit", _commit()),
        ("machine", f"{os.cpu_count()} cores ({_cpu()}), {_memory()} of memory"),
        ("system", f"{_system()}, Linux {platform.release()}"),
        ("load before", f"{os.getloadavg()[0]:.2f} (one minute)"),
        ("engine", _first(["docker", "version", "--format", "{{.Server.Version}}"])),
        ("compose", _first(["docker", "compose", "version", "--short"])),
        ("Traefik", f"{_traefik()}, both sides"),
        ("agent", f"{image}, both sides"),
        ("Python of the core's figures", f"{platform.python_version()}, pydantic {_pydantic()}"),
    ]


def _first(words: list[str]) -> str:
    try:
        return run(words).splitlines()[0].strip()
    except (CommandFailed, IndexError):
        return "unknown"


def _commit() -> str:
    commit = _first(["git", "rev-parse", "--short", "HEAD"])
    try:
        changed = run(["git", "status", "--porcelain", "--untracked-files=no"]).strip()
    except CommandFailed:
        return commit
    return f"{commit} with local changes" if changed else commit


def _traefik() -> str:
    image = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "traefik"]
    try:
        said = run([*image, "orchestrator-traefik:local", "version"])
    except CommandFailed:
        return "unknown"
    found = [line.split()[-1] for line in said.splitlines() if line.startswith("Version:")]
    return found[0] if found else "unknown"


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / GIB:.0f} GiB"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return "unknown system"


def _pydantic() -> str:
    return version("pydantic")
