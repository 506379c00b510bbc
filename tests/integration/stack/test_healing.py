"""What is broken by hand comes back by itself, and nobody else notices."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.docker_cli import docker, exists, inspect
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet
from tests.support.stack_load import load

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def two(stack: Stack) -> Iterator[tuple[Fleet, str, str]]:
    """One that is broken again and again, and one that is not to notice."""
    fleet = Fleet(stack)
    hurt, calm = fleet.start("hurt", "calm")
    yield fleet, hurt, calm
    fleet.clear()


def cut_off(name: str) -> None:
    docker("network", "disconnect", "--force", name, name)


def network_away(name: str) -> None:
    cut_off(name)
    docker("network", "rm", name)


BY_HAND: dict[str, Callable[[str], object]] = {
    "killed": lambda name: docker("kill", name),
    "stopped": lambda name: docker("stop", name),
    "removed": lambda name: docker("rm", "--force", name),
    "paused": lambda name: docker("pause", name),
    "renamed": lambda name: docker("rename", name, f"{name}-renamed"),
    "cut off": cut_off,
    "network away": network_away,
}


@pytest.mark.parametrize("act", BY_HAND)
def test_a_container_that_was(stack: Stack, two: tuple[Fleet, str, str], act: str) -> None:
    fleet, hurt, calm = two
    name, calm_before = f"tenant-{hurt}", fleet.life(calm)
    born = (stack.data(hurt) / "born").read_text()
    run = stack.get(hurt).json()["run"]
    with stack.visitors(calm) as visits:
        BY_HAND[act](name)
        stack.wait_until("it answers again", lambda: _answers_anew(stack, hurt, run, act), 45)
        stack.wait_until("it is settled", lambda: stack.status()["converged"])
    assert visits.failures == {}
    assert fleet.life(calm) == calm_before
    assert fleet.row(hurt)["state"] == "running"
    assert not exists("container", f"{name}-renamed")
    attached = inspect(name)["NetworkSettings"]["Networks"]
    assert [*attached] == [name]
    assert (stack.data(hurt) / "born").read_text() == born
    assert stack.get(hurt).json()["tenant"] == "Hurt"


def _answers_anew(stack: Stack, tenant: str, run: str, act: str) -> bool:
    """In a new run, except for the paused one, which may go on where it stood."""
    if inspect_state(tenant) != "running":
        return False
    try:
        answer = stack.get(tenant, timeout=5)
    except OSError:  # It was under way when the network went: nobody will ever answer it.
        return False
    return answer.status == 200 and (act == "paused" or answer.json()["run"] != run)


def inspect_state(tenant: str) -> str:
    return docker("inspect", "-f", "{{.State.Status}}", f"tenant-{tenant}", check=False)


GARBAGE = ["not a route file {{", "", "{}", "http: [", '{"http": {"routers": {}}}']


@pytest.mark.parametrize("text", GARBAGE)
def test_a_route_file_that_was_garbled(
    stack: Stack, two: tuple[Fleet, str, str], text: str
) -> None:
    fleet, hurt, calm = two
    before = fleet.life(hurt), fleet.life(calm)
    with stack.visitors(hurt, calm) as visits:
        stack.routes_file.write_text(text)
        _routes_are_good(stack, hurt, calm)
    assert visits.failures == {}
    assert (fleet.life(hurt), fleet.life(calm)) == before


def test_a_default_certificate_that_was_garbled_or_deleted(
    stack: Stack, two: tuple[Fleet, str, str]
) -> None:
    """Traefik takes no change of routes while a file beside them is no good."""
    fleet, hurt, calm = two
    certificate = stack.routes_file.with_name("default-certificate.yml")
    good = certificate.read_text()
    with stack.visitors(hurt, calm) as visits:
        for harm in (lambda: certificate.write_text("{{ no"), certificate.unlink):
            harm()
            stack.wait_until("a certificate", lambda: _is_certificate(certificate))
        assert certificate.read_text() != good
        fleet.change(calm, domains=["changed.example"])
        fleet.apply()
        assert stack.ask("changed.example", "/").status == 200
    assert visits.failures == {}


def _is_certificate(path: Path) -> bool:
    return path.exists() and "BEGIN CERTIFICATE" in path.read_text()


def test_a_route_file_that_was_deleted_fails_nobody(
    stack: Stack, two: tuple[Fleet, str, str]
) -> None:
    _, hurt, calm = two
    with load(stack.http_port, f"{hurt}.localhost", 8) as found, stack.visitors(calm) as visits:
        for _ in range(3):
            stack.routes_file.unlink()
            _routes_are_good(stack, hurt, calm)
        assert stack.get("nobody").status == 404
    assert found.failures == {}
    assert visits.failures == {}
    assert found.kept <= set(stack.get(hurt, "/kept").json())


def test_a_fallback_that_was_deleted_or_garbled_is_written_again(
    stack: Stack, two: tuple[Fleet, str, str]
) -> None:
    _, hurt, calm = two
    fallback = stack.routes_file.parent / "fallback" / "gate.yml"
    good = fallback.read_text()
    acts: list[Callable[[], object]] = [
        fallback.unlink,
        lambda: fallback.write_text("http: ["),  # Traefik takes in no routes beside this
        lambda: shutil.rmtree(fallback.parent),
    ]
    for act in acts:
        with stack.visitors(hurt, calm) as visits:
            act()
            stack.wait_until(
                "it is as it was", lambda: fallback.exists() and fallback.read_text() == good
            )
            stack.wait_until("it is settled", lambda: stack.status()["routes_confirmed"])
            stack.routes_file.unlink()
            _routes_are_good(stack, hurt, calm)
        assert visits.failures == {}


def test_a_route_that_was_bent_to_another_tenant(stack: Stack, two: tuple[Fleet, str, str]) -> None:
    _, hurt, calm = two
    document = json.loads(stack.routes_file.read_text())
    services = document["http"]["services"]
    services[f"tenant-{hurt}"] = services[f"tenant-{calm}"]
    stack.routes_file.write_text(json.dumps(document))
    _routes_are_good(stack, hurt, calm)


def _routes_are_good(stack: Stack, hurt: str, calm: str) -> None:
    def good() -> bool:
        answers = [stack.get(hurt), stack.get(calm)]
        if {answer.status for answer in answers} != {200}:
            return False
        names = [answer.json()["tenant"] for answer in answers]
        return names == ["Hurt", "Calm"] and stack.status()["routes_confirmed"]

    def written() -> bool:
        try:
            routers = json.loads(stack.routes_file.read_text())["http"]["routers"]
        except (ValueError, KeyError, TypeError, OSError):
            return False
        return {f"tenant-{hurt}", f"tenant-{calm}"} <= set(routers)

    stack.wait_until("the route file is written again", written)
    stack.wait_until("the routes are good", good)


def test_a_firewall_table_that_was_flushed_or_deleted(
    stack: Stack, two: tuple[Fleet, str, str]
) -> None:
    table = f"orchestrator_{stack.settings['BRIDGE_PREFIX']}"
    good = stack.nft("--stateless", "list", "table", "inet", table)
    assert "drop" in good
    for act in (("flush", "table", "inet", table), ("delete", "table", "inet", table)):
        stack.nft(*act)
        stack.wait_until(
            f"the table is whole again after {act[0]}",
            lambda: (
                _without_counts(
                    stack.nft("--stateless", "list", "table", "inet", table, check=False)
                )
                == _without_counts(good)
            ),
        )
    assert "healed" in stack.tenantctl("events", "--limit", "5").out


def _without_counts(listed: str) -> list[str]:
    return [line for line in listed.splitlines() if "packets" not in line]
