"""Settings from the environment: defaults, units, and a sentence for each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from data_agent.settings import BadSetting, from_environment


def test_nothing_set_is_a_working_small_agent(tmp_path: Path) -> None:
    settings = from_environment({"DATA_DIR": str(tmp_path)})
    assert (settings.port, settings.tenant_name) == (8000, "Data agent")
    assert settings.max_users is settings.max_csv_files is settings.questions_per_day is None
    assert settings.platform_token_file is None
    assert settings.trusted_proxies == ()


def test_everything_set(tmp_path: Path) -> None:
    settings = from_environment(
        {
            "DATA_DIR": str(tmp_path),
            "PORT": "8080",
            "DATA_AGENT_TENANT_NAME": "  Customer A  ",
            "DATA_AGENT_MAX_USERS": "3",
            "DATA_AGENT_MAX_CSV_FILES": "unlimited",
            "DATA_AGENT_QUESTIONS_PER_DAY": "200",
            "DATA_AGENT_MEMORY_BYTES": str(384 * 1024**2),
            "DATA_AGENT_DISK_BYTES": str(1024**3),
            "DATA_AGENT_MAX_UPLOAD_BYTES": "5000",
            "DATA_AGENT_PLATFORM_TOKEN_FILE": "/run/token",
            "DATA_AGENT_TIME_ZONE": "Europe/Berlin",
            "DATA_AGENT_TRUSTED_PROXY": "10.200.0.1/32, fd00::1",
        }
    )
    assert (settings.port, settings.tenant_name, settings.max_users) == (8080, "Customer A", 3)
    assert (settings.max_csv_files, settings.questions_per_day) == (None, 200)
    assert (settings.max_upload_bytes, settings.time_zone) == (5000, "Europe/Berlin")
    assert [str(network) for network in settings.trusted_proxies] == [
        "10.200.0.1/32",
        "fd00::1/128",
    ]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("PORT", "٣"),
        ("DATA_AGENT_MAX_USERS", "0"),
        ("DATA_AGENT_MAX_USERS", "3.5"),
        ("DATA_AGENT_MAX_CSV_FILES", "-1"),
        ("DATA_AGENT_QUESTIONS_PER_DAY", "Unlimited!"),
        ("DATA_AGENT_DISK_BYTES", "1g"),
        ("DATA_AGENT_MEMORY_BYTES", "1"),
        ("DATA_AGENT_TRUSTED_PROXY", "10.0.0.1/99"),
        ("DATA_AGENT_TRUSTED_PROXY", "traefik"),
        ("DATA_AGENT_LLM_PROVIDER", "OpenAI!"),
        ("DATA_AGENT_LLM_PRIVACY", "everything"),
        ("DATA_AGENT_LLM_DEADLINE_S", "1"),
        ("DATA_AGENT_LLM_BASE_URL", "api.example/v1"),
        ("DATA_AGENT_LLM_GATEWAY", "ftp://10.200.0.1:8482/v1"),
        ("DATA_AGENT_TIME_ZONE", "Berlin"),
        ("DATA_AGENT_TIME_ZONE", "../etc/passwd"),
        ("DATA_DIR", "/nonexistent"),
        ("DATA_DIR", "/etc/passwd"),
    ],
)
def test_an_impossible_value_is_named(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        from_environment({"DATA_DIR": str(tmp_path), variable: value})
    assert str(caught.value).startswith(f"{variable} is {value!r}, ")
    assert str(caught.value).endswith((".", "'"))


def test_a_language_model_of_its_own(tmp_path: Path) -> None:
    env = {
        "DATA_DIR": str(tmp_path),
        "DATA_AGENT_LLM_PROVIDER": "anthropic",
        "DATA_AGENT_LLM_BASE_URL": "http://192.168.1.9:4000",
        "DATA_AGENT_LLM_MODEL": "m",
        "DATA_AGENT_LLM_API_KEY_FILE": "/run/key",
        "DATA_AGENT_LLM_HEADERS_FILE": "/run/headers.json",
        "DATA_AGENT_LLM_DEADLINE_S": "30",
        "DATA_AGENT_LLM_PRIVACY": "samples",
    }
    llm = from_environment(env).llm
    assert llm.usable and (llm.provider, llm.privacy, llm.deadline_s) == (
        "anthropic",
        "samples",
        30,
    )
    assert (str(llm.key_file), str(llm.headers_file)) == ("/run/key", "/run/headers.json")
    assert not from_environment({**env, "DATA_AGENT_LLM_PRIVACY": "nothing"}).llm.usable
    with pytest.raises(BadSetting, match="DATA_AGENT_LLM_MODEL is '', but with"):
        from_environment({**env, "DATA_AGENT_LLM_MODEL": ""})


def test_a_password_in_an_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path), "DATA_AGENT_LLM_BASE_URL": "https://me:secret@host/v1"}
    with pytest.raises(BadSetting, match="a key does not belong into it") as caught:
        from_environment(env)
    assert "secret" not in str(caught.value)
