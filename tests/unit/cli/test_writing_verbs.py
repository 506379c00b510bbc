"""The verbs that hand out, edit and remove: what they send, and what they refuse to send."""

from __future__ import annotations

import json

import pytest

from tests.unit.recorded_controller import Problem


def test_credentials_json_is_the_contract_to_the_letter(controller, tenantctl):
    login = {"username": "admin", "password": "sunny-river", "state": "unused"}
    controller.answers["GET /v1/tenants/customer-a/credentials"] = login
    code, out, _ = tenantctl("credentials", "customer-a", "--json")
    assert (code, json.loads(out)) == (0, login)
    assert "password  sunny-river" in tenantctl("credentials", "customer-a")[1]


def test_credentials_that_are_used(controller, tenantctl):
    controller.answers["GET /v1/tenants/customer-a/credentials"] = {
        "username": "admin", "password": None, "state": "used",
    }  # fmt: skip
    assert "has been used and changed" in tenantctl("credentials", "customer-a")[1]


def test_credentials_of_all(controller, tenantctl):
    controller.answers["GET /v1/tenants/customer-a/credentials"] = {
        "username": "admin", "password": "sunny-river", "state": "unused",
    }  # fmt: skip
    controller.answers["GET /v1/tenants/customer-b/credentials"] = Problem(
        409, {"detail": "customer-b has not started yet"}
    )
    code, out, _ = tenantctl("credentials")
    assert code == 0
    assert out.splitlines()[1].split() == [
        "customer-a", "http://customer-a.localhost", "admin", "sunny-river", "running",
    ]  # fmt: skip
    assert "(not started yet)" in out
    assert (
        json.loads(tenantctl("credentials", "--json")[1])["tenants"][0]["password"] == "sunny-river"
    )


def test_purge_without_a_terminal_says_how(controller, tenantctl):
    code, _, err = tenantctl("purge", "customer-c")
    assert (code, controller.asked) == (1, [])
    assert "tenantctl purge customer-c --confirm customer-c" in err


def test_purge_with_another_id_removes_nothing(controller, tenantctl):
    assert tenantctl("purge", "customer-c", "--confirm", "customer-d")[0] == 1
    assert controller.asked == []


def test_purge(controller, tenantctl):
    controller.answers["POST /v1/tenants/customer-c/purge"] = {
        "purged": "customer-c",
        "bytes": 2048,
    }
    code, out, _ = tenantctl("purge", "customer-c", "--confirm", "customer-c")
    assert (code, out) == (0, "The data of customer-c is gone: 2.0 KB.\n")
    assert controller.asked == [("POST /v1/tenants/customer-c/purge", {"confirm": "customer-c"})]


def test_add_sends_what_was_given_and_nothing_else(controller, tenantctl):
    edited = {"file": "tenants.yaml", "changed": ["tenants.customer-c added"]}
    controller.answers["POST /v1/tenants"] = edited
    code, out, _ = tenantctl(
        "add", "customer-c", "--name", "C & Sons", "--domain", "a.example", "--domain", "b.example"
    )
    assert code == 0
    assert out.startswith("tenants.yaml: tenants.customer-c added\nNot applied yet")
    assert controller.asked == [
        (
            "POST /v1/tenants",
            {"id": "customer-c", "name": "C & Sons", "domains": ["a.example", "b.example"]},
        )
    ]


def test_add_and_apply_as_one_document(controller, tenantctl):
    edited = {"file": "tenants.yaml", "changed": ["tenants.customer-c added"]}
    controller.answers["POST /v1/tenants"] = edited
    document = json.loads(tenantctl("add", "customer-c", "--apply", "--json")[1])
    assert document["changed"] == edited["changed"]
    assert document["apply"]["ok"] is True


def test_add_that_would_not_validate(controller, tenantctl):
    problem = {"detail": "tenants.yaml would have a problem", "problems": ["line 3: no tier"]}
    controller.answers["POST /v1/tenants"] = Problem(409, problem)
    code, _, err = tenantctl("add", "customer-c", "--tier", "huge")
    assert (code, err) == (1, "error: tenants.yaml would have a problem\n  line 3: no tier\n")


def test_set_values_lists_and_defaults(controller, tenantctl):
    controller.answers["PATCH /v1/tenants/customer-a"] = {"file": "tenants.yaml", "changed": ["…"]}
    tenantctl("set", "customer-a", "tier=medium", "domains=a.example, b.example", "sleep_after=")
    assert controller.asked == [
        (
            "PATCH /v1/tenants/customer-a",
            {"tier": "medium", "domains": ["a.example", "b.example"], "sleep_after": None},
        )
    ]


@pytest.mark.parametrize(("verb", "state"), [("suspend", "suspended"), ("resume", None)])
def test_suspend_and_resume_edit_the_file_and_apply_it(controller, tenantctl, verb, state):
    controller.answers["PATCH /v1/tenants/customer-a"] = {"file": "tenants.yaml", "changed": ["…"]}
    assert tenantctl(verb, "customer-a")[0] == 0
    asked = [what for what, _ in controller.asked]
    assert controller.asked[0] == ("PATCH /v1/tenants/customer-a", {"state": state})
    assert asked[-1] == "POST /v1/apply"


def test_set_of_a_key_that_does_not_exist(controller, tenantctl):
    code, _, err = tenantctl("set", "customer-a", "teir=medium")
    assert (code, controller.asked) == (1, [])
    assert "The keys are: name, tier" in err


def test_remove(controller, tenantctl):
    controller.answers["DELETE /v1/tenants/customer-a"] = {"file": "tenants.yaml", "changed": ["x"]}
    code, out, _ = tenantctl("remove", "customer-a", "--apply")
    assert code == 0
    assert out.endswith("done: 3 customers running, 1 retired\n")
