"""Which LLM: none, one, or a sentence about what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import Refused
from orchestrator.llm_settings import LlmSettings

PLATFORM = Path("/data/platform")
GOOD = {"PROVIDER": "openai", "MODEL": "qwen3:8b"}


def read(**given: str) -> LlmSettings | None:
    env = {f"ORCHESTRATOR_LLM_{key}": value for key, value in given.items()}
    return LlmSettings.from_env(PLATFORM, env)


def test_none() -> None:
    assert read() is None
    assert read(PROVIDER="", MODEL=" ", CONCURRENCY="7") is None


def test_the_least_and_the_most() -> None:
    assert read(**GOOD) == LlmSettings(
        "openai", "qwen3:8b", "https://api.openai.com/v1", PLATFORM / "llm/key", 60, 2, 16
    )
    found = read(
        PROVIDER="anthropic", MODEL="claude", BASE_URL="http://10.0.0.5:8080/proxy/v1/",
        KEY_FILE="/secrets/key", DEADLINE_S="120", CONCURRENCY="4", CONCURRENCY_TOTAL="40",
    )  # fmt: skip
    assert found == LlmSettings(
        "anthropic", "claude", "http://10.0.0.5:8080/proxy/v1", Path("/secrets/key"), 120, 4, 40
    )
    assert found.headers_file == Path("/secrets/headers.json")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1"),
        ("http://localhost:11434/", "http://localhost:11434"),
        ("https://[fd00::1]:8443/v1", "https://[fd00::1]:8443/v1"),
    ],
)
def test_a_base_url_without_a_path_means_v1(written: str, meant: str) -> None:
    found = read(**GOOD, BASE_URL=written)
    assert found is not None
    assert found.base_url == meant


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"MODEL": "m"}, "LLM_PROVIDER is missing"),
        ({"BASE_URL": "http://x"}, "LLM_PROVIDER is missing"),
        ({"PROVIDER": "openai"}, "LLM_MODEL is missing"),
        ({**GOOD, "PROVIDER": "gpt"}, "LLM_PROVIDER is 'gpt'"),
        ({**GOOD, "BASE_URL": "localhost:11434"}, "LLM_BASE_URL is 'localhost:11434'"),
        ({**GOOD, "BASE_URL": "ftp://x/v1"}, "LLM_BASE_URL is"),
        ({**GOOD, "BASE_URL": "http://x:99999/v1"}, "LLM_BASE_URL is"),
        ({**GOOD, "BASE_URL": "http://x/v1?key=1"}, "LLM_BASE_URL is"),
        ({**GOOD, "BASE_URL": "http://me:secret@x/v1"}, "LLM_BASE_URL holds a password"),
        ({**GOOD, "DEADLINE_S": "0"}, "LLM_DEADLINE_S is '0'"),
        ({**GOOD, "CONCURRENCY": "many"}, "LLM_CONCURRENCY is 'many'"),
        ({**GOOD, "CONCURRENCY_TOTAL": "1001"}, "LLM_CONCURRENCY_TOTAL is '1001'"),
    ],
)
def test_what_is_wrong_is_named_with_a_mend(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        read(**given)
    assert refused.value.mend
    assert "secret" not in str(refused.value)
