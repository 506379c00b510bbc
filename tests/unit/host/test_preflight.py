"""Preflight: what a machine lacks is said in one sentence each, before anything changes."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.support.shell import TOP, run, shell

ABSENT = "/nonexistent/docker.sock"


def check(call: str, **env: str) -> str:
    """The problems that one check finds, as a person reads them."""
    answer = shell(f"load_settings; {call}; report_problems", **({"DOCKER_SOCKET": ABSENT} | env))
    assert answer.returncode == (1 if answer.stderr else 0), answer.stderr
    return answer.stderr


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("10.200.0.0/16", "10.200.3.8/29", True),
        ("10.200.3.8/29", "10.200.0.0/16", True),
        ("10.200.0.0/16", "10.201.0.0/16", False),
        ("10.0.0.0/8", "10.200.0.0/16", True),
        ("10.200.255.255", "10.200.0.0/16", True),
        ("192.168.1.1", "10.200.0.0/16", False),
        ("172.17.0.0/16", "172.16.0.0/12", True),
    ],
)
def test_networks_overlap(one: str, other: str, expected: bool) -> None:
    assert (shell(f"overlap {one} {other}").returncode == 0) is expected


@pytest.mark.parametrize(
    ("version", "minimum", "expected"),
    [
        ("26.1.5+dfsg1", "26.1", True),
        ("26.1", "26.1", True),
        ("26.0.9", "26.1", False),
        ("100.0", "26.1", True),
        ("2.26.1-4", "2.26", True),
        ("2.9.0", "2.26", False),
    ],
)
def test_versions_compare_by_number(version: str, minimum: str, expected: bool) -> None:
    assert (shell(f"at_least {version} {minimum}").returncode == 0) is expected


def test_low_memory(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 2000000 kB\nMemAvailable: 204800 kB\n")
    said = check("check_memory", MEMINFO=str(tmp_path / "meminfo"))
    assert said.startswith("error: Only 200 MB of memory are free; 1024 MB are needed to start.")


def test_low_disk_at_a_place_that_does_not_exist_yet(tmp_path: Path) -> None:
    place = tmp_path / "not" / "yet"
    said = check(f"check_disk {place} 'customer data'", MIN_DISK_MB="999999999")
    assert f"MB are free at {place} (customer data); 999999999 MB are needed." in said


def test_missing_tenants_file(tmp_path: Path) -> None:
    said = check("check_tenants_file", CONFIG_DIR=str(tmp_path))
    assert said.startswith(f"error: There is no readable {tmp_path}/tenants.yaml.")


def test_a_taken_port_names_its_holder_and_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        said = check(f"check_port {port} HTTP_PORT")
    assert f"Port {port} is taken by " in said
    assert f"(process {os.getpid()})" in said
    assert "choose another port: echo HTTP_PORT=" in said


def test_a_free_port_is_no_problem() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert check(f"check_port {port} HTTP_PORT") == ""


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    said = check(
        "check_tenants_file; check_memory", CONFIG_DIR=str(tmp_path), MIN_MEMORY_MB="99999999"
    )
    assert said.count("error: ") == 2


def test_make_up_changes_nothing_when_the_machine_is_not_fit(tmp_path: Path) -> None:
    root = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        answer = run(
            str(TOP / "bin/up"), HTTP_PORT=port, DATA_ROOT=str(root), COMPOSE_PROJECT_NAME="unfit"
        )
    assert answer.returncode == 1
    assert f"Port {port} is taken by " in answer.stderr
    assert not root.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_without_root_and_group_it_says_so(tmp_path: Path) -> None:
    sources = f"source {TOP}/bin/lib/common.sh; source {TOP}/bin/lib/preflight.sh"
    script = f"{sources}; check_rights; report_problems"
    answer = run(
        "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "bash", "-c", script,
        DOCKER_SOCKET=ABSENT,
    )  # fmt: skip
    assert answer.returncode == 1
    assert answer.stderr.splitlines() == [
        "error: make up needs root or the group docker, and you are nobody.",
        "       Run: sudo make up",
    ]
