"""A customer's agent hangs, dies in its work, or its files are damaged or have no room: it is told,
mended as far as can be, and nobody else notices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support import small_disk
from tests.support.docker_cli import docker
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker

REAL = {"image": "data-agent:latest", "tier": "large"}
SALES = "region,amount\n" + "".join(f"r{n},{n}\n" for n in range(500))
PASSWORD = "a good long passphrase"
COUNT = {"sql": "SELECT count(*) FROM sales"}


def test_an_agent_that_stands_still_is_started_again(stack: Stack, fleet: Fleet) -> None:
    stuck, calm = fleet.start("stuck", "calm")
    before, run = fleet.life(calm), stack.get(stuck).json()["run"]
    with stack.visitors(calm) as visits:
        docker("exec", f"tenant-{stuck}", "python3", "-c", STAND_STILL)
        stack.wait_until("it is started again", lambda: anew(stack, stuck, run), 120)
        stack.wait_for_state(stuck, "running", 60)
    assert visits.failures == {}
    assert fleet.life(calm) == before
    assert "it stopped answering /readyz" in stack.tenantctl("events", stuck).out


# All but the container's first process, which is the engine's own init, and this one itself.
STAND_STILL = """
import os, signal
for one in os.listdir("/proc"):
    if one.isdigit() and int(one) not in (1, os.getpid()):
        os.kill(int(one), signal.SIGSTOP)
"""


def anew(stack: Stack, tenant: str, run: str) -> bool:
    try:
        answer = stack.get(tenant, timeout=5)
    except OSError:  # taken by the one that stands still
        return False
    return answer.status == 200 and answer.json()["run"] != run


@pytest.fixture(scope="module")
def customer(stack: Stack) -> Iterator[tuple[Fleet, str, httpx.Client]]:
    """One with the real agent and a table, and its admin, signed in."""
    fleet = Fleet(stack)
    tenant = fleet.add("real", **REAL)
    fleet.apply()
    with script(stack, tenant) as admin:
        first = stack.tenantctl("credentials", tenant, "--json").json()["password"]
        sign_in(admin, first).raise_for_status()
        change = {"current": first, "new": PASSWORD}
        admin.post("/api/v1/me/password", json=change).raise_for_status()
        upload(admin).raise_for_status()
        yield fleet, tenant, admin
    fleet.clear()


def script(stack: Stack, tenant: str) -> httpx.Client:
    """A program that uses the tenant's API through Traefik."""
    origin = f"http://{tenant}.localhost:{stack.http_port}"
    headers = {"Host": f"{tenant}.localhost:{stack.http_port}", "Origin": origin}
    url = f"http://127.0.0.1:{stack.http_port}"
    return httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)


def sign_in(client: httpx.Client, password: str = PASSWORD) -> httpx.Response:
    body = {"username": "admin", "password": password}
    return client.post("/api/v1/session", json=body)


def upload(client: httpx.Client, name: str = "sales.csv") -> httpx.Response:
    return client.post("/api/v1/files", files={"file": (name, SALES.encode(), "text/csv")})


def rows(client: httpx.Client) -> object:
    answer = client.post("/api/v1/sql", json=COUNT)
    answer.raise_for_status()
    return answer.json()["rows"]


@contextmanager
def laid_down(stack: Stack, tenant: str) -> Iterator[Path]:
    """Its data while it sleeps; awake again afterwards."""
    done = stack.tenantctl("sleep", tenant)
    assert done.code == 0, done.out + done.err
    yield stack.data(tenant)
    done = stack.tenantctl("wake", tenant)
    assert done.code == 0, done.out + done.err


def test_kill_9_right_after_an_import_loses_no_row(
    stack: Stack, customer: tuple[Fleet, str, httpx.Client]
) -> None:
    _, tenant, admin = customer
    upload(admin).raise_for_status()
    docker("kill", f"tenant-{tenant}")  # what it had not written into the database is in its log
    stack.wait_until("it is back", lambda: sign_in(admin).status_code < 300, 60)
    assert rows(admin) == [[500]]
    assert "crashed" in stack.tenantctl("events", tenant).out


def test_a_garbled_users_file_is_taken_from_its_copy(
    stack: Stack, customer: tuple[Fleet, str, httpx.Client]
) -> None:
    _, tenant, admin = customer
    with laid_down(stack, tenant) as data:
        (data / "users.json").write_bytes(b"\x00garbage" * 50)
    sign_in(admin).raise_for_status()
    assert rows(admin) == [[500]]
    assert list(stack.data(tenant).glob("users.json.damaged-*"))


def test_users_damaged_with_their_copy_let_nobody_in_until_they_are_put_back(
    stack: Stack, customer: tuple[Fleet, str, httpx.Client]
) -> None:
    _, tenant, admin = customer
    names = ("users.json", "users.json.bak")
    good = {name: (stack.data(tenant) / name).read_bytes() for name in names}
    assert stack.tenantctl("sleep", tenant).code == 0
    for name in names:
        (stack.data(tenant) / name).write_bytes(b"")
    answer = stack.get(tenant, "/login", headers={"Accept": "text/html"})  # which wakes it
    assert answer.status == 503
    assert not (stack.data(tenant) / "initial-admin-password").exists()
    for name, content in good.items():
        (stack.data(tenant) / name).write_bytes(content)
    docker("kill", f"tenant-{tenant}", check=False)  # for the next try to come now
    stack.wait_until("it is back", lambda: sign_in(admin).status_code < 300, 120)
    stack.wait_for_state(tenant, "running")
    assert rows(admin) == [[500]]


def test_a_full_disk_refuses_writes_keeps_reading_and_passes(
    stack: Stack, customer: tuple[Fleet, str, httpx.Client]
) -> None:
    _, tenant, admin = customer
    filler = stack.data(tenant) / "filler"
    with laid_down(stack, tenant) as data:
        small_disk.mount(data, 48)
        small_disk.fill(filler)
    try:
        assert admin.get("/readyz").status_code == 507
        assert rows(admin) == [[500]]
        assert upload(admin, "more.csv").status_code == 507
        filler.unlink()
        upload(admin, "more.csv").raise_for_status()
        assert rows(admin) == [[500]]
    finally:
        with laid_down(stack, tenant) as data:
            small_disk.unmount(data)
    sign_in(admin).raise_for_status()
    assert rows(admin) == [[500]]
