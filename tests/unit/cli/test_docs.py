"""Every example of docs/cli.md prints what it says there, and no verb lacks one."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from orchestrator.cli.parser import build
from tests.unit.cli.doc_answers import ANSWERS, FLEET, OF_VERB

PAGE = (Path(__file__).parents[3] / "docs/cli.md").read_text()
BLOCKS = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
EXAMPLES = [
    (command, output)
    for block in BLOCKS
    for command, output in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
]


@pytest.mark.parametrize(("command", "output"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_examples(command, output, controller, tenantctl, tmp_path, monkeypatch):
    controller.answers = ANSWERS | OF_VERB.get(command.split()[1], {})
    for name, tier in (("tenants.yaml", "medium"), ("new.yaml", "huge")):
        (tmp_path / name).write_text(FLEET % tier)
    monkeypatch.setenv("ORCHESTRATOR_TENANTS_FILE", str(tmp_path / "tenants.yaml"))
    monkeypatch.chdir(tmp_path)
    program, *argv = shlex.split(command)
    assert program == "tenantctl"
    _, out, err = tenantctl(*argv)
    assert (out + err).replace(str(tmp_path), "/config") == output


def test_every_verb_has_a_section_with_an_example():
    verbs = next(action for action in build()._actions if action.dest == "verb").choices
    assert re.findall(r"^### `(\w+)", PAGE, re.MULTILINE) == list(verbs)
    assert {command.split()[1] for command, _ in EXAMPLES} == set(verbs)
