"""Each host leads to its own customer, and every other host to a page of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def two(stack: Stack) -> Iterator[tuple[Fleet, str, str]]:
    fleet = Fleet(stack)
    ada, bob = fleet.id("ada"), fleet.add("bob", domains=["data.bob.example"])
    fleet.start("ada")
    yield fleet, ada, bob
    fleet.clear()


def test_two_customers_each_reach_their_own_container(
    stack: Stack, two: tuple[Fleet, str, str]
) -> None:
    fleet, ada, bob = two
    for tenant, name in ((ada, "Ada"), (bob, "Bob")):
        answer = stack.get(tenant)
        assert answer.status == 200
        assert (answer.json()["tenant"], answer.json()["hostname"]) == (name, tenant)
        assert answer.json()["host"] == f"{tenant}.localhost"
        assert fleet.row(tenant)["url"] == f"http://{tenant}.localhost:{stack.http_port}"
    status = stack.status()
    assert (status["routes_confirmed"], status["converged"]) == (True, True)
    assert fleet.life(ada)[0] != fleet.life(bob)[0]


def test_a_domain_of_the_customers_own_leads_there_as_well(
    stack: Stack, two: tuple[Fleet, str, str]
) -> None:
    answer = stack.ask("data.bob.example")
    assert (answer.status, answer.json()["tenant"]) == (200, "Bob")


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost",
        "localhost",
        "127.0.0.1",
        "{ada}.localhost.example",
        "x.{ada}.localhost",
        "generation.orchestrator.invalid.example",
    ],
)
def test_an_unknown_host_gets_our_page(
    stack: Stack, two: tuple[Fleet, str, str], host: str
) -> None:
    answer = stack.ask(host.format(ada=two[1]), "/some/page?x=1")
    assert answer.status == 404
    assert "There is nothing at this address" in answer.body
    assert "Ada" not in answer.body
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "retry-after" not in answer.headers


def test_a_program_gets_a_problem_document(stack: Stack) -> None:
    answer = stack.get("nobody", "/api/v1/me", headers={"Accept": "application/json"})
    assert answer.status == answer.json()["status"] == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_writes_reach_the_customer_too(stack: Stack, two: tuple[Fleet, str, str]) -> None:
    answer = stack.get(two[1], "/form", method="POST", headers={"Content-Length": "0"})
    assert (answer.status, answer.json()["tenant"]) == (200, "Ada")


def test_a_second_apply_right_after_has_nothing_to_do(
    stack: Stack, two: tuple[Fleet, str, str]
) -> None:
    fleet, ada, bob = two
    before = [fleet.life(ada), fleet.life(bob)]
    assert stack.plan()["tenants"] == []
    done = stack.apply("--json")
    assert [line for line in done.json()["progress"] if line["kind"] == "step"] == []
    assert stack.plan()["tenants"] == []
    assert [fleet.life(ada), fleet.life(bob)] == before
