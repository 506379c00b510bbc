"""Run the host scripts, and single functions of their libraries, as a person's shell would."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

TOP = Path(__file__).parents[2]
LIBRARIES = ("common", "settings", "preflight")


def run(
    *words: str, cwd: Path = TOP, timeout: float = 60, **env: str
) -> subprocess.CompletedProcess[str]:
    """A command with nothing but PATH and HOME of our environment, and nobody at the keyboard."""
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        words,
        cwd=cwd,
        env=base | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def shell(script: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A script with the libraries of bin/lib loaded."""
    sources = "; ".join(f"source {TOP}/bin/lib/{name}.sh" for name in LIBRARIES)
    return run("bash", "-c", f"set -euo pipefail; {sources}; {script}", **env)
