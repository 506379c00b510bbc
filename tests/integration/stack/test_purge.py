"""Purge is the one act that removes data: only of the retired, only when the id is typed again."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


def test_purge(stack: Stack, fleet: Fleet) -> None:
    gone, kept = fleet.start("gone", "kept")
    number = json.loads((stack.data(gone) / "tenant.json").read_text())["index"]
    refused = stack.tenantctl("purge", gone, "--confirm", gone)
    assert refused.code == 1
    assert "is in the applied fleet" in refused.err
    assert stack.get(gone).status == 200

    fleet.drop(gone)
    fleet.apply()
    for typed in ((), ("--confirm", kept), ("--confirm", ""), ("--confirm", f"{gone} ")):
        refused = stack.tenantctl("purge", gone, *typed)
        assert refused.code == 1, refused.out
        assert (stack.data(gone) / "born").exists()

    done = stack.tenantctl("purge", gone, "--confirm", gone, "--json")
    assert done.code == 0, done.err
    assert done.json()["purged"] == gone
    assert not stack.data(gone).exists()
    assert not (stack.root / "platform/secrets" / gone).exists()
    assert fleet.row(gone)["state"] == "absent"
    assert (stack.data(kept) / "born").exists()
    assert stack.get(kept).status == 200

    fleet.add("gone")
    fleet.apply()
    assert json.loads((stack.data(gone) / "tenant.json").read_text())["index"] > number


def test_nobody_unknown_is_purged(stack: Stack) -> None:
    for tenant in ("nobody-at-all", "../platform", "."):
        done = stack.tenantctl("purge", tenant, "--confirm", tenant)
        assert done.code == 1
        assert done.err.startswith("error: ")
    assert (stack.root / "platform").is_dir()


def test_a_tenant_that_comes_back_while_it_is_purged_keeps_all_or_begins_anew(
    stack: Stack, fleet: Fleet
) -> None:
    back, kept = fleet.start("back", "kept")
    for _ in range(3):
        fleet.drop(back)
        fleet.apply()
        number = json.loads((stack.data(back) / "tenant.json").read_text())["index"]
        fleet.add("back")
        with ThreadPoolExecutor(2) as both:
            purge = both.submit(stack.tenantctl, "purge", back, "--confirm", back)
            apply = both.submit(fleet.apply)
        purged = purge.result().code == 0
        assert apply.result().code == 0
        now = json.loads((stack.data(back) / "tenant.json").read_text())["index"]
        assert (now > number) if purged else (now == number)
        assert (stack.data(back) / "born").exists()
        assert stack.get(back).status == 200
    assert stack.get(kept).status == 200
