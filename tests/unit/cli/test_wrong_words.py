"""Words that tenantctl cannot take: ids that nobody has, options that do not go together."""

from __future__ import annotations

import json

import pytest

from tests.unit.cli.test_verbs import UPDATED


def test_events_of_nobody_are_a_mistake_and_not_a_quiet_history(controller, tenantctl):
    controller.answers["GET /v1/events?tenant=customer-x&limit=50"] = {"events": []}
    code, out, err = tenantctl("events", "customer-x")
    assert (code, out) == (1, "")
    assert "There is no customer 'customer-x'." in err
    assert "Customers: customer-a, customer-b." in err
    assert json.loads(tenantctl("events", "customer-x", "--json")[1])["error"]["kind"] == (
        "UnknownTenant"
    )


def test_events_of_one_that_was_purged_are_still_there(controller, tenantctl):
    event = {"at": 1795410102.4, "tenant": "gone", "kind": "purged", "text": "3 bytes"}
    controller.answers["GET /v1/events?tenant=gone&limit=50"] = {"events": [event]}
    assert tenantctl("events", "gone")[:2] == (
        0, "2026-11-23 05:01:42Z  purged       gone: 3 bytes\n"
    )  # fmt: skip


def test_events_of_one_to_whom_nothing_happened(controller, tenantctl):
    controller.answers["GET /v1/events?tenant=customer-a&limit=50"] = {"events": []}
    assert tenantctl("events", "customer-a")[:2] == (0, "Nothing has happened yet.\n")


@pytest.mark.parametrize(
    ("argv", "what", "whose"),
    [
        ((), "VERB", "tenantctl --help"),
        (("sleep",), "ID", "tenantctl sleep --help"),
        (("update", "--stop", "--abort"), "not allowed with", "tenantctl update --help"),
        (("update", "--batch", "0"), "'0' is no number from 1", "tenantctl update --help"),
        (("frobnicate",), "frobnicate", "tenantctl --help"),
    ],
)
def test_wrong_usage_says_what_and_where_to_look_in_both_forms(tenantctl, argv, what, whose):
    code, out, err = tenantctl(*argv)
    assert (code, out) == (2, "")
    assert what in err
    assert err.endswith(f"       How it is used: `{whose}`.\n")
    code, out, err = tenantctl(*argv, "--json")
    document = json.loads(out)["error"]
    assert (code, err, document["kind"]) == (2, "", "WrongUsage")
    assert what in document["detail"]


def test_show_tells_when_it_was_begun(controller, tenantctl):
    controller.answers["GET /v1/update"] = {**UPDATED, "at": 1795410102.4}
    last = tenantctl("update", "--show")[1].splitlines()[-1]
    assert last == "update 3: 1 failed, 1 not touched; begun 2026-11-23 05:01:42Z"
