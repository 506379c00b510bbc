"""From the engine's JSON to what was observed, and to whom it belongs."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.adapters import docker_altered, docker_conflicts, docker_observe, docker_profile
from orchestrator.adapters.docker_streams import event_tenant
from orchestrator.core.desired import TenantSpec
from tests.unit.adapters.tenant_specs import tenant_spec

SPEC = tenant_spec("customer-a", 3)
LABELS = dict(docker_profile.labels(SPEC, "mine"))


def listed(**changes: object) -> dict[str, Any]:
    return {
        "Id": "c1",
        "Names": ["/tenant-customer-a"],
        "ImageID": "sha256:0",
        "State": "running",
        "Status": "Up 3 minutes",
        "Labels": LABELS,
        "NetworkSettings": {
            "Networks": {"tenant-customer-a": {"EndpointID": "e1", "IPAddress": "10.213.0.26"}}
        },
        **changes,
    }


def network(spec: TenantSpec = SPEC, **changes: object) -> dict[str, Any]:
    return {"Id": "n1", **docker_profile.network(spec, "mine"), **changes}


def test_labels_tell_the_spec_that_made_it() -> None:
    owner = docker_observe.ours(LABELS, "mine")
    assert owner is not None
    assert (owner.tenant, owner.index) == ("customer-a", 3)
    assert (owner.fingerprint, owner.fields) == (SPEC.fingerprint, SPEC.container_fields)


@pytest.mark.parametrize(
    "labels",
    [
        None,
        {},
        {**LABELS, "orchestrator.instance": "theirs"},
        {**LABELS, "orchestrator.tenant": "../etc"},
        {**LABELS, "orchestrator.tenant": ""},
        {**LABELS, "orchestrator.index": "-1"},
        {**LABELS, "orchestrator.index": "²"},
        {"orchestrator.instance": "mine"},
    ],
)
def test_what_is_not_wholly_ours_is_not_ours(labels: dict[str, str] | None) -> None:
    assert docker_observe.ours(labels, "mine") is None


@pytest.mark.parametrize("spec_label", ["", "[]", "{", "null"])
def test_an_unreadable_spec_differs_from_every_spec(spec_label: str) -> None:
    owner = docker_observe.ours({**LABELS, "orchestrator.spec": spec_label}, "mine")
    assert owner is not None
    assert owner.fields == {}


def test_a_start_shows_in_the_list_and_time_alone_does_not() -> None:
    later = listed(Status="Up 2 hours")
    endpoint = {"tenant-customer-a": {"EndpointID": "e2"}}
    restarted = listed(NetworkSettings={"Networks": endpoint})
    ended = listed(State="exited", Status="Exited (1) 5 minutes ago")
    ended_again = listed(State="exited", Status="Exited (1) 2 seconds ago")
    assert docker_observe.incarnation(listed()) == docker_observe.incarnation(later)
    different = {docker_observe.incarnation(e) for e in (listed(), restarted, ended, ended_again)}
    assert len(different) == 4


def test_an_unknown_state_is_no_usable_answer() -> None:
    owner = docker_observe.ours(LABELS, "mine")
    assert owner is not None
    details = docker_observe.Details("", "", "", None, False)
    assert docker_observe.container(listed(), owner, details).state == "running"
    with pytest.raises(KeyError):
        docker_observe.container(listed(State="levitating"), owner, details)


def test_a_detached_container_has_no_address() -> None:
    owner = docker_observe.ours(LABELS, "mine")
    assert owner is not None
    details = docker_observe.Details("", "", "", None, False)
    detached = listed(NetworkSettings={"Networks": {"bridge": {"IPAddress": "172.17.0.2"}}})
    assert docker_observe.container(detached, owner, details).address is None


def test_our_own_network_is_in_nobodys_way() -> None:
    assert docker_conflicts.is_there([network()], SPEC, "mine")
    assert docker_conflicts.taken_by([network()], SPEC, "mine") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"Labels": {}},
        {"Internal": False},
        {"Options": {}},
        {"IPAM": {"Config": [{"Subnet": "10.9.0.0/29"}]}},
    ],
)
def test_a_network_that_differs_is_not_the_tenants(changes: dict[str, Any]) -> None:
    assert not docker_conflicts.is_there([network(**changes)], SPEC, "mine")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"Labels": None}, "the name tenant-customer-a"),
        ({"Labels": None, "Name": "other"}, "the bridge bta3"),
        (
            {
                "Labels": None,
                "Name": "other",
                "Options": None,
                "IPAM": {"Config": [{"Subnet": "fd00::/64"}, {"Subnet": "10.213.0.0/24"}]},
            },
            "the subnet 10.213.0.0/24",
        ),
    ],
)
def test_who_is_in_the_way_is_named(changes: dict[str, Any], what: str) -> None:
    sentence = docker_conflicts.taken_by([network(**changes)], SPEC, "mine")
    assert sentence is not None
    assert what in sentence


def test_events_of_others_name_no_tenant() -> None:
    def event(kind: str, **attributes: str) -> dict[str, Any]:
        return {"Type": kind, "Actor": {"Attributes": attributes}}

    assert event_tenant(event("container", **LABELS), "mine") == "customer-a"
    assert event_tenant(event("container", **LABELS), "theirs") is None
    assert event_tenant(event("container", name="tenant-customer-a"), "mine") is None
    assert event_tenant(event("network", name="tenant-customer-a"), "mine") == "customer-a"
    assert event_tenant(event("network", name="bridge"), "mine") is None


@pytest.mark.parametrize(
    ("state", "status", "tells"),
    [
        ("running", "Up 2 seconds", True),
        ("exited", "Exited (1) Less than a second ago", False),
        ("exited", "Exited (1) 59 seconds ago", False),
        ("exited", "Exited (1) About a minute ago", True),
        ("exited", "Exited (0) 3 weeks ago", True),
    ],
)
def test_a_fresh_exit_may_be_another_one_than_a_moment_ago(
    state: str, status: str, tells: bool
) -> None:
    assert docker_observe.is_telling(listed(State=state, Status=status)) is tells


def inspected(**changes: object) -> dict[str, Any]:
    state = {"Status": "running", "StartedAt": "", "FinishedAt": "", "ExitCode": 0}
    config = {**docker_profile.host_config(SPEC), **changes}
    return {"Created": "", "State": {**state, "OOMKilled": False}, "HostConfig": config}


def altered(inspect: dict[str, Any], entry: dict[str, Any], info: dict[str, Any]) -> object:
    owner = docker_observe.ours(LABELS, "mine")
    assert owner is not None
    details = docker_observe.details(inspect, owner, docker_altered.enforced(info))
    return docker_observe.container(entry, owner, details).altered


ABLE = dict.fromkeys(("MemoryLimit", "SwapLimit", "CpuCfsQuota", "CPUShares", "PidsLimit"), True)


def test_one_as_it_was_made_is_not_altered() -> None:
    assert altered(inspected(), listed(), ABLE) == ()
    assert altered(inspected(RestartPolicy={"Name": ""}), listed(), ABLE) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Memory": 1 << 30}, "its memory limit"),
        ({"MemorySwap": -1}, "its swap limit"),
        ({"NanoCpus": 4_000_000_000}, "its cpu limit"),
        ({"CpuShares": 4096}, "its cpu weight"),
        ({"PidsLimit": None}, "its limit of processes"),
        ({"RestartPolicy": {"Name": "always"}}, "its restart policy"),
    ],
)
def test_limits_changed_by_hand_are_told(changes: dict[str, Any], words: str) -> None:
    assert altered(inspected(**changes), listed(), ABLE) == (words,)


def test_what_is_lent_for_a_start_is_no_hands_work() -> None:
    boosted = {"NanoCpus": 2_000_000_000, "CpuShares": docker_profile.BOOSTED_SHARES}
    owner = docker_observe.ours(LABELS, "mine")
    assert owner is not None
    for changes, is_boosted in ((boosted, True), ({}, False)):
        found = inspected(**changes)
        details = docker_observe.details(found, owner, docker_altered.enforced(ABLE))
        seen = docker_observe.container(listed(), owner, details)
        assert (seen.altered, seen.boosted) == ((), is_boosted)
    of_its_own = {**SPEC.container_fields, "limits.millicpus": 9765}
    assert docker_profile.processor(9765)["CpuShares"] == docker_profile.BOOSTED_SHARES
    assert not docker_altered.is_boosted(inspected(**boosted)["HostConfig"], of_its_own)
    assert not docker_altered.is_boosted(inspected(**boosted)["HostConfig"], {})
    both = inspected(**boosted, Memory=1 << 30)
    assert altered(both, listed(), ABLE) == ("its memory limit",)


def test_what_an_engine_cannot_enforce_is_not_taken_for_a_change() -> None:
    unable = inspected(Memory=0, MemorySwap=-1, PidsLimit=None, CpuShares=0)
    assert altered(unable, listed(), {"CpuCfsQuota": True}) == ()


def test_a_second_network_is_told() -> None:
    ends = {"tenant-customer-a": {"IPAddress": "10.213.0.26"}, "theirs": {"IPAddress": "172.9.0.2"}}
    entry = listed(NetworkSettings={"Networks": ends})
    assert altered(inspected(), entry, ABLE) == ("network theirs",)


def test_one_of_another_profile_is_made_anew_anyway() -> None:
    older = {**SPEC.container_fields, "profile": 0}
    assert docker_altered.host_config({"Memory": 5}, older, ("Memory",)) == []
    assert docker_altered.host_config({"Memory": 5}, {}, ("Memory",)) == []


def test_an_engine_that_alters_every_container_is_let_be() -> None:
    doubts, more = docker_altered.Doubts(), ("its memory limit",)
    assert doubts.told("a", "c1", more) == more
    assert doubts.told("a", "c1", more) == more  # until it is made anew
    assert [doubts.told("a", "c2", more) for _ in range(3)] == [(), (), ()]
    assert doubts.told("b", "c9", more) == more


def test_a_hand_that_does_it_again_is_told_again() -> None:
    doubts, more = docker_altered.Doubts(), ("its memory limit",)
    for container in ("c1", "c2", "c3"):
        assert doubts.told("a", container, ()) == ()
        assert doubts.told("a", container, more) == more
