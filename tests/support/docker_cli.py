"""The docker command, bounded, for tests."""

from __future__ import annotations

import json
import subprocess
from typing import Any


def docker(
    *arguments: str, check: bool = True, timeout: float = 60, stdin: str | None = None
) -> str:
    """Standard output of `docker …`; what it complained of is in the failure."""
    done = subprocess.run(
        ["docker", *arguments],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0 or not check, f"docker {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


def inspect(name: str, kind: str = "container") -> dict[str, Any]:
    """All that the engine tells about a container or network."""
    found: list[dict[str, Any]] = json.loads(docker(kind, "inspect", name))
    return found[0]


def life(name: str) -> tuple[str, str, int]:
    """What stays the same while nobody touches a container: id, start, and its process."""
    found = inspect(name)
    return found["Id"], found["State"]["StartedAt"], found["State"]["Pid"]


def exists(kind: str, name: str) -> bool:
    """Whether there is such a `container` or `network`."""
    return docker(kind, "inspect", "--format", "x", name, check=False) == "x"


def remove_labelled(label: str) -> None:
    """Every container, then every network, that carries it."""
    for container in docker("ps", "--all", "--quiet", "--filter", f"label={label}").split():
        docker("rm", "--force", container, check=False)
    for network in docker("network", "ls", "--quiet", "--filter", f"label={label}").split():
        docker("network", "rm", network, check=False)
