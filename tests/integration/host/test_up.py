"""`make up`: from nothing to routed customers; again without any change; back to nothing."""

from __future__ import annotations

import os
import re
import subprocess
import uuid
from pathlib import Path

import pytest

from tests.support.docker_cli import docker, exists, life
from tests.support.shell import TOP, run
from tests.support.stack_http import ask

pytestmark = pytest.mark.docker


@pytest.fixture
def customers(site: dict[str, str]) -> tuple[str, str]:
    """The shipped fleet under ids that no other platform on this machine has."""
    ids = (f"up-a-{uuid.uuid4().hex[:6]}", f"up-b-{uuid.uuid4().hex[:6]}")
    write(site, *(f"{one}: {{name: Customer}}" for one in ids))
    return ids


def write(site: dict[str, str], *entries: str) -> None:
    head, _ = (TOP / "tenants.yaml").read_text().split("\ntenants:\n")
    text = "\n  ".join((f"{head}\ntenants:", *entries))
    (Path(site["CONFIG_DIR"]) / "tenants.yaml").write_text(f"{text}\n")


def up(site: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return run(str(TOP / "bin/up"), timeout=280, **site)


def lives(site: dict[str, str], customers: tuple[str, str]) -> list[tuple[str, str, int]]:
    project = site["COMPOSE_PROJECT_NAME"]
    services = [f"{project}-{service}-1" for service in ("traefik", "controller", "edge")]
    return [life(name) for name in (*services, *(f"tenant-{one}" for one in customers))]


def passwords(said: str, customers: tuple[str, str]) -> list[str]:
    """The first passwords in the printed table."""
    found = [
        re.search(rf"^{one} +http://\S+ +admin +(\S+) +running$", said, re.M) for one in customers
    ]
    assert all(found), said
    return [row[1] for row in found if row]


def test_up_again_and_down(site: dict[str, str], customers: tuple[str, str]) -> None:
    first = up(site)
    assert first.returncode == 0, first.stdout + first.stderr
    first_passwords = passwords(first.stdout, customers)
    port = int(site["HTTP_PORT"])
    for one in customers:
        assert ask(port, f"{one}.localhost", "/login").status == 200
    assert ask(port, "nobody.localhost").status == 404
    before = lives(site, customers)

    second = up(site)
    assert second.returncode == 0, second.stdout + second.stderr
    assert passwords(second.stdout, customers) == first_passwords
    assert "building" not in second.stdout and "\x1b" not in second.stdout
    assert lives(site, customers) == before

    assert run(str(TOP / "bin/down"), timeout=120, **site).returncode == 0
    running = docker("ps", "--format", "{{.Names}}")
    assert not [one for one in customers if one in running]
    assert site["COMPOSE_PROJECT_NAME"] not in running

    third = up(site)
    assert passwords(third.stdout, customers) == first_passwords
    removed = run(str(TOP / "bin/down"), "--remove", timeout=120, **site)
    assert removed.returncode == 0, removed.stderr
    for one in customers:
        assert not exists("container", f"tenant-{one}")
        assert not exists("network", f"tenant-{one}")
        assert (Path(site["DATA_ROOT"]) / f"tenants/{one}/users.json").exists()


def test_one_customer_that_fails_keeps_nobody_else_waiting(
    site: dict[str, str], customers: tuple[str, str]
) -> None:
    good, bad = customers
    image = "no-such-image:local"
    write(site, f"{good}: {{name: Good}}", f'{bad}: {{name: Bad, image: "{image}"}}')
    answer = up(site)
    assert answer.returncode == 1
    assert re.search(rf"^{good} .* running$", answer.stdout, re.M), answer.stdout
    assert image in answer.stdout + answer.stderr
    assert "tenants.yaml is not applied in full" in answer.stderr
    assert ask(int(site["HTTP_PORT"]), f"{good}.localhost", "/login").status == 200


def test_tenantctl_says_that_the_controller_was_killed_under_it(
    site: dict[str, str], customers: tuple[str, str]
) -> None:
    assert up(site).returncode == 0
    follower = subprocess.Popen(
        [str(TOP / "bin/tenantctl"), "logs", customers[0], "--follow"],
        env={**os.environ, **site},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert follower.stdout is not None
    assert follower.stdout.readline()  # it follows: the controller is at work for it
    docker("kill", f"{site['COMPOSE_PROJECT_NAME']}-controller-1")
    _, said = follower.communicate(timeout=60)
    assert follower.returncode == 1
    assert "the controller was killed meanwhile" in said
    assert "Traceback" not in said
