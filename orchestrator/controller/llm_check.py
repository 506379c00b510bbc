"""What doctor says of the LLM: its settings, and whether the edge may read the key.

The key itself is not read here, and nobody is asked.
"""

from __future__ import annotations

import stat
from pathlib import Path

from orchestrator.errors import Refused
from orchestrator.llm_settings import LlmSettings

EDGE_ID = 65532  # uid and gid that compose.yaml runs edge as
MEND = f"Let the edge alone read it: chown root:{EDGE_ID} FILE && chmod 0640 FILE"


def described(platform_dir: Path) -> tuple[bool, str, str]:
    """Whether it is in order, in words, and what to do if not."""
    try:
        settings = LlmSettings.from_env(platform_dir)
    except Refused as error:
        return False, f"none is asked: {error}", error.mend
    if settings is None:
        return True, "not configured; questions are answered without one", ""
    words = f"{settings.provider}, {settings.model} at {settings.base_url}"
    for path in (settings.key_file, settings.headers_file, settings.ca_file):
        problem = _problem(path)
        if problem:
            return False, f"{words}; {path} {problem}", MEND.replace("FILE", str(path))
    without = "" if settings.key_file.exists() else f"; no key, there is no {settings.key_file}"
    return True, words + without, ""


def _problem(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"cannot be looked at: {(error.strerror or str(error)).lower()}"
    if not stat.S_ISREG(found.st_mode):
        return "is no file"
    if found.st_mode & stat.S_IRWXO and path.name != "ca.pem":
        return "may be read by everybody on this machine"
    owner = found.st_uid == EDGE_ID and found.st_mode & stat.S_IRUSR
    group = found.st_gid == EDGE_ID and found.st_mode & stat.S_IRGRP
    return "" if owner or group or found.st_mode & stat.S_IROTH else "may not be read by the edge"
