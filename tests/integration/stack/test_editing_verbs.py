"""The verbs that edit tenants.yaml: its words stay, and a bad edit is refused."""

from __future__ import annotations

import pytest

from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


def test_add_set_and_remove_edit_the_file_and_keep_its_words(stack: Stack, fleet: Fleet) -> None:
    first = fleet.add("first")
    stack.file.write_text(f"# our customers\n{stack.file.read_text()}")
    fleet.apply()
    second = fleet.id("second")
    done = stack.tenantctl("add", second, "--name", "Second", "--apply")
    assert done.code == 0, done.err
    assert stack.get(second).json()["tenant"] == "Second"
    assert stack.tenantctl("add", second).code == 1

    changed = stack.tenantctl("set", second, "tier=medium", "--apply")
    assert changed.code == 0, changed.err
    assert stack.get(second).json()["users"] == "7"
    assert stack.tenantctl("set", second, "tier=huge").code == 1

    removed = stack.tenantctl("remove", second)
    assert removed.code == 0
    assert stack.get(second).status == 200
    fleet.apply()
    assert stack.get(second).status == 404
    assert stack.file.read_text().startswith("# our customers\n")
    assert stack.get(first).status == 200
