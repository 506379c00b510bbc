"""The host scripts' refusals, and the list of make targets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.shell import TOP, run

ABSENT = "/nonexistent/docker.sock"
TARGETS = "up down reload status logs demo doctor clean backup test test-fast lint bench".split()


@pytest.fixture
def no_engine_path(tmp_path: Path) -> str:
    """A PATH with the usual tools, and neither an engine nor apt-get."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for directory in ("/usr/bin", "/bin"):
        for tool in Path(directory).iterdir():
            link = tools / tool.name
            if tool.name not in {"docker", "dockerd", "apt-get"} and not link.is_symlink():
                link.symlink_to(tool)
    return str(tools)


def test_install_docker_no_refuses_and_says_what_to_install(no_engine_path: str) -> None:
    answer = run(str(TOP / "bin/engine"), PATH=no_engine_path, INSTALL_DOCKER="no")
    assert answer.returncode == 1
    assert "Docker Engine is not installed, and INSTALL_DOCKER=no forbids" in answer.stderr
    assert "26.1 or newer with Compose and Buildx" in answer.stderr
    assert answer.stdout == ""


def test_a_system_without_apt_is_told_where_to_look(no_engine_path: str) -> None:
    answer = run(str(TOP / "bin/engine"), PATH=no_engine_path)
    assert answer.returncode == 1
    assert "this system has no apt" in answer.stderr
    assert answer.stdout == ""


def test_no_second_engine_is_started_beside_a_socket_of_the_operators_own() -> None:
    answer = run(str(TOP / "bin/engine"), DOCKER_SOCKET=ABSENT)
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"error: No Docker Engine answers at {ABSENT}.")


def test_make_alone_lists_every_target() -> None:
    listed = re.findall(r"^  make (\S+)", run("make").stdout, re.MULTILINE)
    assert sorted(listed) == sorted(["help", *TARGETS])


def test_backup_says_that_it_is_not_there_and_what_to_do() -> None:
    answer = run(str(TOP / "bin/backup"), DATA_ROOT="/srv/customers")
    assert answer.returncode == 1
    assert "Backups are not in this version." in answer.stderr
    assert "make down, copy /srv/customers" in answer.stderr


def test_logs_asks_which_customer() -> None:
    answer = run("make", "logs")
    assert answer.returncode == 2
    assert "make logs T=customer-a" in answer.stderr


def test_clean_never_goes_ahead_unasked() -> None:
    answer = run(str(TOP / "bin/down"), "--remove", DOCKER_SOCKET=ABSENT)
    assert answer.returncode == 1
    assert "YES=1 make clean" in answer.stderr


@pytest.mark.parametrize("name", ["down", "tenantctl"])
def test_without_an_engine_one_sentence(name: str) -> None:
    answer = run(str(TOP / "bin" / name), DOCKER_SOCKET=ABSENT)
    said = answer.stdout + answer.stderr
    assert "no Docker engine answers" in said or "Docker does not answer" in said
    assert len(said.splitlines()) <= 2
