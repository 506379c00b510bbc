"""What each verb prints, what it asks of the controller, and its exit code."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from orchestrator.cli.parser import build
from tests.unit.cli.conftest import APPLIED, PLAN, STATUS
from tests.unit.recorded_controller import Lines, Problem, Recorded, Text


def test_status_is_a_table_with_the_reason_below_the_row(controller, tenantctl):
    code, out, _ = tenantctl("status")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split() == "CUSTOMER STATE TIER URL IMAGE USERS FILES MEMORY DATA".split()
    assert lines[1].split() == [
        "customer-a", "running", "small", "http://customer-a.localhost", "0a1b2c3d4e5f", "3", "5",
        "41", "MB", "3.1", "MB",
    ]  # fmt: skip
    assert lines[3].startswith("  failed 3 times in a row")
    assert "2 customers: 1 running, 1 failed · not settled" in out


def test_status_json_is_the_contract_to_the_letter(controller, tenantctl):
    answer = deepcopy(STATUS)
    answer["problems"] = []
    answer["tenants"][0]["hosts"] = ["customer-a.localhost"]
    controller.answers["GET /v1/status"] = answer
    code, out, _ = tenantctl("status", "--json")
    assert (code, json.loads(out)) == (0, STATUS)


def test_status_shows_problems_of_the_platform_in_both_forms(controller, tenantctl):
    controller.answers["GET /v1/status"] = {**STATUS, "problems": ["no engine"]}
    assert "! no engine" in tenantctl("status")[1]
    assert json.loads(tenantctl("status", "--json")[1])["problems"] == ["no engine"]


def test_status_of_one(controller, tenantctl):
    code, out, _ = tenantctl("status", "customer-b")
    assert code == 0
    assert "why           failed 3 times in a row" in out
    assert "customer-a" not in out


def test_status_of_nobody_names_those_that_exist(controller, tenantctl):
    code, _, err = tenantctl("status", "customer-x")
    assert code == 1
    assert "There is no customer 'customer-x'." in err
    assert "Customers: customer-a, customer-b." in err


def test_an_empty_fleet_says_how_to_begin(controller, tenantctl):
    controller.answers["GET /v1/status"] = {**STATUS, "tenants": []}
    assert "Add one: tenantctl add customer-a --apply" in tenantctl("status")[1]


def test_plan_in_words(controller, tenantctl):
    code, out, _ = tenantctl("plan")
    assert (code, out.splitlines()) == (
        0,
        [
            "~ customer-b  restart  memory 384m → 768m (tier small → medium)",
            "+ customer-c  start    new",
            "- customer-d  retire   it left tenants.yaml; its data is kept",
        ],
    )


def test_plan_with_steps(controller, tenantctl):
    assert "\n      create container tenant-customer-b\n" in tenantctl("plan", "--steps")[1]


def test_plan_of_nothing(controller, tenantctl):
    controller.answers["GET /v1/plan"] = {**PLAN, "tenants": []}
    assert tenantctl("plan")[:2] == (0, "= nothing to do\n")


def test_plan_names_problems_with_line_path_and_mend(controller, tenantctl):
    problem = {
        "line": 12, "path": "tenants.customer-a.tier", "message": "there is no tier 'smal'",
        "mend": "write small, medium or large", "tenant": "customer-a",
    }  # fmt: skip
    controller.answers["GET /v1/plan"] = {**PLAN, "problems": [problem]}
    code, _, err = tenantctl("plan")
    assert code == 1
    assert err.splitlines() == [
        "tenants.yaml:12: tenants.customer-a.tier: there is no tier 'smal'",
        "       write small, medium or large",
    ]


def test_plan_that_would_be_refused(controller, tenantctl):
    refused = {"detail": "3 tenants would retire", "mend": "--confirm-retire 3", "count": 3}
    controller.answers["GET /v1/plan"] = {**PLAN, "refused": refused}
    code, _, err = tenantctl("plan")
    assert (code, err) == (1, "refused: 3 tenants would retire\n       --confirm-retire 3\n")
    assert json.loads(tenantctl("plan", "--json")[1])["refused"] == refused


def test_apply_prints_plan_progress_and_end(controller, tenantctl):
    code, out, _ = tenantctl("apply")
    assert code == 0
    assert out.splitlines()[2:] == [
        "- customer-d  retire   it left tenants.yaml; its data is kept",
        "customer-c: create network tenant-customer-c",
        "customer-c: wait until customer-c is ready",
        "customer-c: started in 1.2 s",
        "routes confirmed",
        "done: 3 customers running, 1 retired",
    ]
    assert controller.asked == [("POST /v1/apply", {"confirm_retire": None, "wait": True})]


def test_apply_hands_its_options_on(controller, tenantctl):
    tenantctl("apply", "--confirm-retire", "3", "--no-wait")
    assert controller.asked[-1] == ("POST /v1/apply", {"confirm_retire": 3, "wait": False})


def test_apply_that_failed(controller, tenantctl):
    controller.answers["POST /v1/apply"] = Lines(
        ({"kind": "done", "ok": False, "text": "1 of 3 customers failed", "status": None},)
    )
    code, _, err = tenantctl("apply")
    assert code == 1
    assert err.startswith("failed: 1 of 3 customers failed\n")
    assert json.loads(tenantctl("apply", "--json")[1])["ok"] is False


def test_apply_json_is_one_document(controller, tenantctl):
    code, out, _ = tenantctl("apply", "--json")
    document = json.loads(out)
    assert (code, document["ok"], document["text"]) == (0, True, "3 customers running, 1 retired")
    assert document["progress"][0] == {
        "kind": "step", "tenant": "customer-c", "text": "create network tenant-customer-c",
    }  # fmt: skip


def test_apply_whose_stream_is_cut_off_is_no_success(controller, tenantctl):
    controller.answers["POST /v1/apply"] = Lines(APPLIED.lines[:2])
    code, _, err = tenantctl("apply")
    assert code == 1
    assert "how it ended is not known" in err


def test_apply_refused_until_confirmed(controller, tenantctl):
    refusal = {"status": 409, "detail": "3 tenants would retire at once", "count": 3, "mend": "No."}
    controller.answers["POST /v1/apply"] = Problem(409, refusal)
    code, out, err = tenantctl("apply")
    assert (code, err) == (1, "error: 3 tenants would retire at once\n       No.\n")
    assert "- customer-d  retire " in out  # what it is about
    code, out, _ = tenantctl("apply", "--json")
    assert json.loads(out)["error"] == {
        "kind": "ConfirmationNeeded", "detail": "3 tenants would retire at once", "mend": "No.",
        "count": 3,
    }  # fmt: skip


@pytest.mark.parametrize("verb", ["restart", "sleep", "wake"])
def test_work_on_one(controller, tenantctl, verb):
    controller.answers[f"POST /v1/tenants/customer-a/{verb}"] = APPLIED
    assert tenantctl(verb, "customer-a")[0] == 0


UPDATED = {
    "number": 3, "kind": "update", "at": 0.0, "state": "failed", "reason": "the canary a failed",
    "text": "update 3: 1 failed, 1 not touched", "pinned": ["own"],
    "tenants": [
        {
            "tenant": "a", "state": "failed", "reason": "the flux is missing", "image": "app:2",
            "wanted": "sha256:0123456789abcdef", "running": "sha256:fedcba9876543210",
            "version": "1.0",
        },
        {
            "tenant": "b", "state": "waiting", "reason": "", "image": "app:2",
            "wanted": "sha256:0123456789abcdef",
        },
    ],
}  # fmt: skip
OPTIONS = {"tenants": [], "canary": None, "batch": None, "max_failures": 0}


def test_update_that_failed_shows_each_customer(controller, tenantctl):
    end = {"kind": "done", "ok": False, "text": UPDATED["text"]}
    controller.answers |= {"POST /v1/update": Lines((end,)), "GET /v1/update": UPDATED}
    code, out, err = tenantctl("update", "--image", "app:2", "--canary", "a", "--batch", "2")
    assert code == 1
    assert ("POST /v1/update", {**OPTIONS, "image": "app:2", "canary": "a", "batch": 2}) in (
        controller.asked
    )
    assert out.splitlines() == [
        "CUSTOMER  OUTCOME  WANTED        RUNNING       VERSION",
        "a         failed   0123456789ab  fedcba987654  1.0",
        "  the flux is missing",
        "b         waiting  0123456789ab  -             -",
        "left alone, with an image of their own: own",
    ]
    assert err.startswith("failed: update 3: 1 failed, 1 not touched\n")
    code, out, _ = tenantctl("update", "--json")
    assert (code, json.loads(out)["update"]["tenants"][0]["state"]) == (1, "failed")
    assert tenantctl("update", "--show")[0] == 1


@pytest.mark.parametrize(
    ("argv", "asked"),
    [
        (("update", "--stop"), ("POST /v1/update/stop", {})),
        (("update", "--resume"), ("POST /v1/update/resume", {})),
        (("update", "a", "b"), ("POST /v1/update",
                                {**OPTIONS, "tenants": ["a", "b"], "image": None})),
        (("rollback", "a"), ("POST /v1/rollback", {**OPTIONS, "tenants": ["a"]})),
        (("rollback", "--all"), ("POST /v1/rollback", OPTIONS)),
    ],
)  # fmt: skip
def test_what_updates_ask(controller, tenantctl, argv, asked):
    end = Lines(({"kind": "done", "ok": True, "text": "done"},))
    controller.answers |= {asked[0]: end, "GET /v1/update": {**UPDATED, "state": "done"}}
    assert tenantctl(*argv)[0] == 0
    assert asked in controller.asked


@pytest.mark.parametrize(
    "argv", [("rollback",), ("rollback", "a", "--all"), ("update", "a", "--stop")]
)
def test_updates_that_are_not_clear_are_wrong_usage(controller, tenantctl, argv):
    assert tenantctl(*argv)[0] == 2
    assert not [asked for asked, _ in controller.asked if asked.startswith("POST")]


def test_logs(controller, tenantctl):
    controller.answers["GET /v1/tenants/customer-a/logs?tail=2&follow=0"] = Text("one\ntwo\n")
    assert tenantctl("logs", "customer-a", "--tail", "2")[:2] == (0, "one\ntwo\n")
    document = json.loads(tenantctl("logs", "customer-a", "--tail", "2", "--json")[1])
    assert document == {"tenant": "customer-a", "lines": ["one", "two"]}


def test_followed_logs_are_one_document_per_line(controller, tenantctl):
    controller.answers["GET /v1/tenants/customer-a/logs?tail=100&follow=1"] = Text("one\ntwo\n")
    out = tenantctl("logs", "customer-a", "-f", "--json")[1]
    assert [json.loads(line)["line"] for line in out.splitlines()] == ["one", "two"]


def test_events(controller, tenantctl):
    event = {"at": 1795410102.4, "tenant": None, "kind": "refused", "text": "too many"}
    controller.answers["GET /v1/events?limit=5"] = {"events": [event]}
    code, out, _ = tenantctl("events", "--limit", "5")
    assert (code, out) == (0, "2026-11-23 05:01:42Z  refused      platform: too many\n")
    assert json.loads(tenantctl("events", "--limit", "5", "--json")[1]) == {"events": [event]}


def test_doctor(controller, tenantctl):
    checks = [
        {"name": "engine", "ok": True, "detail": "26.1.5", "mend": ""},
        {"name": "disk", "ok": False, "detail": "97 % used", "mend": "Free some space."},
    ]
    controller.answers["GET /v1/doctor"] = {"ok": False, "checks": checks}
    code, out, _ = tenantctl("doctor")
    assert (code, out.splitlines()) == (
        1,
        ["ok    engine  26.1.5", "FAIL  disk    97 % used", "       Free some space.",
         "1 of 2 checks failed."],
    )  # fmt: skip


def test_doctor_finds_that_the_controller_is_away(away, tenantctl):
    code, out, _ = tenantctl("doctor", "--json")
    document = json.loads(out)
    assert (code, document["ok"], document["checks"][0]["name"]) == (1, False, "controller")


@pytest.mark.parametrize(
    "argv", [(), ("frobnicate",), ("sleep",), ("set", "customer-a"), ("logs",),
             ("set", "customer-a", "tier"), ("logs", "a", "--tail", "-1"), ("plan", "--step")],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2(tenantctl, argv):
    assert tenantctl(*argv)[0] == 2


@pytest.mark.parametrize("verb", "status plan apply restart logs events credentials".split())
def test_no_controller_is_one_sentence_and_a_mend(away, tenantctl, verb):
    named = ["customer-a"] if verb in ("restart", "logs") else []
    code, _, err = tenantctl(verb, *named)
    assert code == 1
    assert f"The controller does not answer at {away} (no such file or directory)." in err
    assert "make up" in err
    document = json.loads(tenantctl(verb, *named, "--json")[1])
    assert document["error"]["kind"] == "ControllerUnavailable"


def test_ids_that_cannot_be_never_reach_the_controller(controller: Recorded, tenantctl):
    for tenant in ("../customer-a", "customer-a/logs", "A", "a?b", ""):
        assert tenantctl("restart", tenant)[0] == 1
    assert controller.asked == []


def test_every_verb_has_help_with_examples(tenantctl):
    verbs = next(action for action in build()._actions if action.dest == "verb").choices
    for verb in verbs:
        code, out, _ = tenantctl(verb, "--help")
        assert code == 0
        assert f"examples:\n  tenantctl {verb}" in out
        assert "--json" in out


def test_validate_needs_no_controller(away, tmp_path, tenantctl):
    good = tmp_path / "good.yaml"
    good.write_text(
        "domain: localhost\ntls: off\ndefaults: {tier: small, image: 'data-agent:latest'}\n"
        "tiers:\n  small: {users: 5, csv_files: 10, memory: 384m, cpus: 0.5, disk: 1g}\n"
        "tenants:\n  customer-a: {name: Customer A}\n"
    )
    code, out, err = tenantctl("validate", str(good))
    assert (code, err) == (0, "")
    assert out == f"ok: {good} names 1 customer.\n"
    bad = tmp_path / "bad.yaml"
    bad.write_text(good.read_text().replace("name: Customer A", "teir: small"))
    code, _, err = tenantctl("validate", str(bad))
    assert code == 1
    assert err.startswith("bad.yaml:7: tenants.customer-a.teir: ")
    document = json.loads(tenantctl("validate", str(bad), "--json")[1])
    assert (document["ok"], document["tenants"]) == (False, 1)
    assert document["problems"][0]["line"] == 7
