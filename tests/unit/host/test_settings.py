"""Settings: the environment, then .env, then the default; wrong ones refused in one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.support.shell import TOP, shell


def defaults() -> dict[str, str]:
    text = (TOP / "bin/lib/settings.sh").read_text()
    table = re.search(r"SETTINGS=\((.*?)\n\)", text, re.DOTALL)
    assert table
    return dict(line.strip().split("=", 1) for line in table[1].strip().splitlines())


def test_compose_file_has_the_same_defaults() -> None:
    text = (TOP / "compose.yaml").read_text()
    used = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", text))
    known = defaults()
    used["COMPOSE_PROJECT_NAME"] = yaml.safe_load(text)["name"]
    assert used == known


@pytest.mark.parametrize("document", [".env.example", "docs/operations.md"])
def test_every_setting_is_documented(document: str) -> None:
    text = (TOP / document).read_text()
    assert [name for name in defaults() if name not in text] == []


def test_environment_wins_over_file_and_file_over_default(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# ports\nHTTP_PORT=8081\nexport GATE_PORT='8082'\nAPI_PORT=\"8083\"\r\nHTTP_PORT=8084\n"
    )
    answer = shell(
        f'TOP={tmp_path}; load_settings; echo "$HTTP_PORT $GATE_PORT $API_PORT $BRIDGE_PREFIX"',
        API_PORT="9000",
    )
    assert answer.stdout == "8084 8082 9000 brt\n"


def test_settings_reach_the_commands_called() -> None:
    answer = shell("load_settings; env", DATA_ROOT="/srv/x", DOCKER_SOCKET="/run/other.sock")
    assert "DATA_ROOT=/srv/x" in answer.stdout.splitlines()
    assert "DOCKER_HOST=unix:///run/other.sock" in answer.stdout.splitlines()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("HTTP_PORT", "http", "HTTP_PORT is 'http', which is not a port."),
        ("HTTP_PORT", "0", "HTTP_PORT is '0', which is not a port."),
        ("API_PORT", "65536", "API_PORT is '65536', which is not a port."),
        ("GATE_PORT", "80", "no two may be the same"),
        ("LLM_PORT", "8480", "no two may be the same"),
        ("LLM_PROVIDER", "gpt", "LLM_PROVIDER is 'gpt'."),
        ("LLM_PROVIDER", "openai", "an LLM needs both"),
        ("LLM_MODEL", "some-model", "an LLM needs both"),
        ("DATA_ROOT", "data", "DATA_ROOT is 'data', which is not an absolute path"),
        ("DATA_ROOT", "/srv/my data", "DATA_ROOT is '/srv/my data'"),
        ("BRIDGE_PREFIX", "averylongprefix", "it takes 1 to 10 letters a-z"),
        ("SUBNET_POOL", "10.200.0.0", "which is not a network like 10.200.0.0/16"),
        ("COMPOSE_PROJECT_NAME", "My Stack", "it takes a-z, 0-9, '-' and '_'"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence(name: str, value: str, sentence: str) -> None:
    answer = shell("load_settings", **{name: value})
    assert answer.returncode == 1
    what, mend = answer.stderr.splitlines()
    assert what.startswith("error: ") and sentence in what
    assert mend.strip()


def test_output_is_plain_where_nobody_watches() -> None:
    answer = shell("step one; done_line two; warn three; die four five", TERM="xterm-256color")
    assert answer.stdout == "==> one\n  ok  two\n"
    assert answer.stderr == "warning: three\nerror: four\n       five\n"
