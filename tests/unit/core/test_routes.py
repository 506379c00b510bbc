"""The route document: what Traefik is told."""

from __future__ import annotations

import json

from data_agent.web import activity

from orchestrator.core import routes
from orchestrator.core.fleet import Tenant
from orchestrator.core.observed import RouteEntry
from tests.support.fleets import tenant, wanted

DESIRED = wanted(tenant("a", domains=("data.example.com",)), "b")
TABLE = {spec.id: routes.entry(spec) for spec in DESIRED.values()}


def made() -> dict:
    return json.loads(json.dumps(routes.document(TABLE, generation="g1", gate_port=8481)))


def test_every_tenant_leads_to_its_own_address_and_no_other() -> None:
    http = made()["http"]
    assert http["routers"]["tenant-a"]["rule"] == "Host(`a.localhost`) || Host(`data.example.com`)"
    urls = {n: s["loadBalancer"]["servers"][0]["url"] for n, s in http["services"].items()}
    assert urls == {
        "gate": "http://127.0.0.1:8481",
        "tenant-a": "http://10.200.0.2:8000",
        "tenant-b": "http://10.200.0.10:8000",
    }


def test_everything_else_goes_to_the_gate_last() -> None:
    routers = made()["http"]["routers"]
    to_gate = {name: one for name, one in routers.items() if one["service"] == "gate"}
    assert set(to_gate) == {"gate", "gate-reads"}
    highest = max(one["priority"] for one in to_gate.values())
    assert highest < min(one["priority"] for name, one in routers.items() if name not in to_gate)
    assert routers["gate"]["priority"] < routers["gate-reads"]["priority"]


def test_an_edge_that_restarts_is_waited_for_and_only_reads_are_sent_again() -> None:
    http = made()["http"]
    every, reads = http["routers"]["gate"], http["routers"]["gate-reads"]
    assert (every["rule"], every["middlewares"]) == ("PathPrefix(`/`)", ["gate-hold"])
    assert reads["rule"] == routes.READS
    assert reads["middlewares"] == ["gate-again"]
    again = http["middlewares"]["gate-again"]["retry"]
    assert (again["status"], again["maxRequestBodyBytes"]) == (["502"], 0)
    assert again["timeout"] == "40s"  # held for 30 at most
    others = [one for name, one in http["middlewares"].items() if name != "gate-again"]
    assert not any("status" in one.get("retry", {}) for one in others)


DEFAULT = routes.Limits()


def fallback_of(*tenants: Tenant, limits: routes.Limits = DEFAULT) -> dict:
    table = {spec.id: routes.entry(spec) for spec in wanted(*tenants).values()}
    made = routes.fallback(table, gate_port=8481, limits=limits)
    return json.loads(json.dumps(made))


def test_without_the_routes_everybody_goes_to_the_gate() -> None:
    http = fallback_of(tenant("a"))["http"]
    assert http["services"] == {
        "fallback": {
            "loadBalancer": {
                "servers": [{"url": "http://127.0.0.1:8481"}], "passHostHeader": True,
            }
        }
    }  # fmt: skip
    rules = {one["rule"]: one["middlewares"] for one in http["routers"].values()}
    first = ["fallback-told", "fallback-rate"]
    assert rules == {
        "PathPrefix(`/`)": [*first, "fallback-hold"],
        routes.READS: [*first, "fallback-again"],
    }
    assert {one["service"] for one in http["routers"].values()} == {"fallback"}


def test_the_fallback_stands_alone_and_behind_all_routes() -> None:
    alone, beside = fallback_of(tenant("a"))["http"], made()["http"]
    named = {name for one in alone["routers"].values() for name in one["middlewares"]}
    assert named == set(alone["middlewares"])
    for kind in alone:
        assert not set(alone[kind]) & set(beside[kind])  # of one name, the first would count
    priorities = [one["priority"] for one in beside["routers"].values()]
    assert max(one["priority"] for one in alone["routers"].values()) < min(priorities)
    assert {tuple(one["entryPoints"]) for one in alone["routers"].values()} == {
        tuple(one["entryPoints"]) for one in beside["routers"].values()
    }


def test_the_fallback_has_the_limits_of_the_most_generous() -> None:
    fleet = tenant("a", requests_per_second=900), tenant("b", requests_at_once=8)
    ways = fallback_of(*fleet, limits=routes.Limits(per_s=7, in_flight=30))["http"]["middlewares"]
    told = ways["fallback-told"]["headers"]["customRequestHeaders"]
    assert told == {"X-Orchestrator-Limit": "tenant", "X-Orchestrator-At-Once": "30"}
    assert ways["fallback-rate"]["rateLimit"] == {
        "average": 900, "burst": 1800, "sourceCriterion": {"requestHost": True},
    }  # fmt: skip
    of_none = routes.fallback({}, gate_port=1, limits=routes.Limits(per_s=7))["http"]
    assert of_none["middlewares"]["fallback-rate"]["rateLimit"]["average"] == 7  # type: ignore[index]


def made_of(*tenants: Tenant, limits: routes.Limits) -> dict:
    table = {spec.id: routes.entry(spec) for spec in wanted(*tenants).values()}
    document = routes.document(table, generation="g1", gate_port=1, limits=limits)
    return json.loads(json.dumps(document))


BY_HEADER = {"requestHeaderName": "X-Orchestrator-Limit"}


def test_limits_come_before_what_waits_and_are_one_for_all_hosts_of_a_tenant() -> None:
    http = made_of(tenant("a"), limits=routes.Limits(per_s=7, in_flight=3))["http"]
    order = ["told", "rate", "in-flight", "honest-page", "hold"]
    assert http["routers"]["tenant-a"]["middlewares"] == order
    ways = http["middlewares"]
    assert ways["told"]["headers"]["customRequestHeaders"] == {
        "X-Orchestrator-Limit": "tenant",
        "X-Orchestrator-At-Once": "3",
    }
    assert ways["rate"]["rateLimit"] == {"average": 7, "burst": 14, "sourceCriterion": BY_HEADER}
    assert ways["in-flight"]["inFlightReq"] == {"amount": 17, "sourceCriterion": BY_HEADER}


def test_a_tenant_may_have_limits_of_its_own() -> None:
    both = tenant("a", requests_per_second=50, requests_at_once=8)
    rate, at_once = tenant("b", requests_per_second=50), tenant("c", requests_at_once=8)
    made = made_of(both, rate, at_once, limits=routes.Limits())
    http = made["http"]
    assert [http["routers"][f"tenant-{one}"]["middlewares"][:3] for one in "abc"] == [
        ["told-8", "rate-50", "in-flight-8-of-50"],
        ["told", "rate-50", "in-flight-of-50"],
        ["told-8", "rate", "in-flight-8"],
    ]
    ways = http["middlewares"]
    assert ways["told-8"]["headers"]["customRequestHeaders"]["X-Orchestrator-At-Once"] == "8"
    assert ways["rate-50"]["rateLimit"]["average"] == 50
    amounts = [
        ways[one]["inFlightReq"]["amount"]
        for one in ("in-flight-8-of-50", "in-flight-of-50", "in-flight-8")
    ]
    assert amounts == [108, 164, 408]
    assert routes.parse(made) == (
        "g1", {spec.id: routes.entry(spec) for spec in wanted(both, rate, at_once).values()},
    )  # fmt: skip


def test_the_agent_knows_the_header_that_it_is_told_its_limit_by() -> None:
    assert routes.AT_ONCE.lower() == activity.AT_ONCE


def test_a_document_of_an_earlier_version_is_read() -> None:
    old = made()
    for name in ("tenant-a", "tenant-b"):
        old["http"]["routers"][name]["middlewares"][:3] = ["one-bucket", "rate", "in-flight"]
    assert routes.parse(old) == ("g1", TABLE)
    old["http"]["routers"]["tenant-a"]["middlewares"] = ["hold"]
    assert routes.parse(old) is None


def test_no_list_or_map_is_empty_since_traefik_refuses_that() -> None:
    def walk(value: object) -> None:
        assert value not in ({}, [])
        for inner in value.values() if isinstance(value, dict) else ():
            walk(inner)

    walk(routes.document({}, generation="g", gate_port=1))
    walk(routes.fallback({}, gate_port=1))


def test_a_document_can_be_read_back() -> None:
    assert routes.parse(made()) == ("g1", TABLE)


def test_a_host_has_one_owner_whoever_publishes_last() -> None:
    moved = RouteEntry("10.200.0.10", ("b.localhost", "data.example.com"))
    table = routes.claimed(TABLE, "b", moved)
    assert table["a"].hosts == ("a.localhost",)
    assert table["b"] == moved
    assert TABLE["a"].hosts == ("a.localhost", "data.example.com")


def test_a_route_without_hosts_left_goes() -> None:
    table = {"a": RouteEntry("10.200.0.2", ("x.example.com",))}
    taken = RouteEntry("10.200.0.10", ("x.example.com",))
    assert routes.claimed(table, "b", taken) == {"b": taken}
    assert routes.claimed({"b": taken}, "b", None) == {}


def test_anything_else_is_not_taken_for_one() -> None:
    for other in (None, {}, [], {"http": {}}, {"http": {"middlewares": 3}}, "text"):
        assert routes.parse(other) is None


def test_no_template_can_be_smuggled_in() -> None:
    assert "{{" not in json.dumps(made())
