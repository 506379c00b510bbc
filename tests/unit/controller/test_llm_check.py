"""What doctor says of the LLM, from settings and the files beside the key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.controller.llm_check import described

WORDS = "openai, m at http://10.0.0.5:11434/v1"


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("ORCHESTRATOR_LLM_")]:
        monkeypatch.delenv(name)
    for name, value in (("PROVIDER", "openai"), ("MODEL", "m")):
        monkeypatch.setenv(f"ORCHESTRATOR_LLM_{name}", value)
    monkeypatch.setenv("ORCHESTRATOR_LLM_BASE_URL", "http://10.0.0.5:11434")
    (tmp_path / "llm").mkdir()
    return tmp_path


def test_none_is_fine(platform: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PROVIDER", "MODEL", "BASE_URL"):
        monkeypatch.delenv(f"ORCHESTRATOR_LLM_{name}")
    assert described(platform)[:2] == (
        True, "not configured; questions are answered without one",
    )  # fmt: skip


def test_settings_that_are_wrong(platform: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_LLM_PROVIDER", "gpt")
    ok, detail, mend = described(platform)
    assert (ok, detail) == (False, "none is asked: LLM_PROVIDER is 'gpt'")
    assert "openai" in mend


def test_no_key_is_told(platform: Path) -> None:
    assert described(platform)[:2] == (
        True, f"{WORDS}; no key, there is no {platform}/llm/key",
    )  # fmt: skip


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another group")
@pytest.mark.parametrize(
    ("mode", "owner", "group", "problem"),
    [
        (0o640, 0, 65532, ""),
        (0o400, 65532, 0, ""),
        (0o644, 0, 65532, "may be read by everybody on this machine"),
        (0o600, 0, 65532, "may not be read by the edge"),
        (0o640, 0, 0, "may not be read by the edge"),
    ],
)
def test_who_may_read_the_key(
    platform: Path, mode: int, owner: int, group: int, problem: str
) -> None:
    key = platform / "llm" / "key"
    key.write_text("k")
    key.chmod(mode)
    os.chown(key, owner, group)
    ok, detail, mend = described(platform)
    assert (ok, detail) == (not problem, f"{WORDS}; {key} {problem}" if problem else WORDS)
    assert (str(key) in mend) == bool(problem)
