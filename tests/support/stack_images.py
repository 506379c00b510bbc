"""The images that a test stack runs: the platform's own, and stand-ins for the agent."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.support.docker_cli import docker
from tests.support.stack_site import TOP

MODES = ("good", "newer", "crash", "hang", "stubborn", "spoil", "fussy", "picky", "dies")
DOCKERFILE = """
FROM orchestrator-base:local
ARG MODE
ENV MODE=$MODE
COPY stack_agent.py /
HEALTHCHECK CMD ["python3", "-c", "pass"]
CMD ["python3", "-u", "/stack_agent.py"]
"""


def make_platform() -> None:
    """What `make up` makes first; seconds when nothing changed."""
    done = subprocess.run(
        [TOP / "bin/images"], capture_output=True, text=True, timeout=1800, check=False
    )
    assert done.returncode == 0, f"bin/images failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


def stand_in(project: str, mode: str = "good") -> str:
    """Name of the image of a stand-in in this mode; each stack has its own names."""
    return f"{project}-agent:{mode}"


def make_stand_ins(project: str) -> None:
    """All modes; they differ by one variable, so all layers are shared."""
    with tempfile.TemporaryDirectory() as context:
        shutil.copy(Path(__file__).with_name("stack_agent.py"), context)
        (Path(context) / "Dockerfile").write_text(DOCKERFILE)
        for mode in MODES:
            argument = f"MODE={mode}"
            tag = stand_in(project, mode)
            docker("build", "--quiet", "--build-arg", argument, "--tag", tag, context, timeout=300)


def remove_stand_ins(project: str) -> None:
    for mode in MODES:
        docker("image", "rm", "--force", stand_in(project, mode), check=False)
