"""docs/agent.md names every setting and every address of the API."""

from __future__ import annotations

import re
from pathlib import Path

from data_agent import settings
from data_agent.web.api.routes import API

DOCS = (Path(__file__).parents[4] / "docs" / "agent.md").read_text("utf-8")


def test_every_variable_is_in_the_table() -> None:
    source = Path(settings.__file__).read_text("utf-8")
    read = set(re.findall(r'"((?:DATA_AGENT_|DATA_DIR|PORT)[A-Z_]*)"', source))
    documented = set(re.findall(r"^\| `([A-Z_]+)`", DOCS, re.MULTILINE))
    assert documented == read


def test_every_address_is_in_the_table() -> None:
    documented = set(re.findall(r"`((?:GET|POST|PATCH|DELETE) /[^`]*)`", DOCS))
    missing = {f"{method} {path.removeprefix('/api/v1')}" for method, path, _ in API} - documented
    assert missing == set()
