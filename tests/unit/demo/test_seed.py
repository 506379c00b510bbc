"""Seeding: once is enough, a broken-off run is finished, and what others use is left alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from orchestrator.client.answers import Credentials
from orchestrator.demo.agent_api import AgentRefused
from orchestrator.demo.cast import DEMO
from orchestrator.demo.passwords import Passwords
from orchestrator.demo.seed import InUse, Tools, seed
from orchestrator.errors import DataRootError

CUSTOMER = DEMO[1]  # admin and carla; two files


@dataclass
class Agent:
    """The rules of an agent that matter here: passwords, first passwords, files."""

    people: dict[str, tuple[str, bool]] = field(default_factory=lambda: {"admin": ("first", True)})
    uploads: list[str] = field(default_factory=list)
    sign_ins: int = 0
    breaks_at: str = ""

    def visit(self) -> Visit:
        return Visit(self)

    def credentials(self) -> Credentials:
        password, first = self.people["admin"]
        return Credentials("admin", password if first else None, "unused" if first else "used")


class Visit:
    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.me = ""

    def sign_in(self, username: str, password: str) -> dict:
        self.agent.sign_ins += 1
        if self.agent.people.get(username, ("", False))[0] != password:
            raise AgentRefused("wrong", 401)
        self.me = username
        return {}

    def change_password(self, current: str, new: str) -> None:
        self._break("change_password")
        assert self.agent.people[self.me][0] == current
        self.agent.people[self.me] = (new, False)

    def users(self) -> dict[str, bool]:
        self._signed_in()
        return {name: first for name, (_, first) in self.agent.people.items()}

    def add_user(self, username: str, role: str) -> str:
        self._signed_in()
        assert username not in self.agent.people
        self.agent.people[username] = (f"first of {username}", True)
        self._break("add_user")
        return f"first of {username}"

    def reset_password(self, username: str) -> str:
        self._signed_in()
        self.agent.people[username] = ("reset", True)
        return "reset"

    def files(self) -> set[str]:
        return set(self.agent.uploads)

    def upload(self, name: str, content: bytes) -> None:
        self._signed_in()
        self._break("upload")
        self.agent.uploads.append(name)

    def _signed_in(self) -> None:
        assert self.agent.people[self.me][1] is False, "the first password must be changed first"

    def _break(self, where: str) -> None:
        if self.agent.breaks_at == where:
            raise ConnectionError(where)


def run(agent: Agent, file: Path) -> tuple[dict[str, str | None], list[str]]:
    told: list[str] = []
    tools = Tools(agent.visit, Passwords(file), agent.credentials(), told.append)
    return seed(CUSTOMER, tools), told


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "demo-credentials.json"


def test_a_fresh_customer_gets_people_and_files(file):
    agent = Agent()
    people, _ = run(agent, file)
    assert agent.people == {name: (password, False) for name, password in people.items()}
    assert list(people) == ["admin", "carla"]
    assert agent.uploads == ["expenses.csv", "inventory.csv"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_second_run_changes_nothing(file):
    agent = Agent()
    first, _ = run(agent, file)
    before = (dict(agent.people), list(agent.uploads))
    second, told = run(agent, file)
    assert (second, (agent.people, agent.uploads)) == (first, before)
    assert told == ["user carla is there", "expenses.csv is there", "inventory.csv is there"]


@pytest.mark.parametrize("where", ["change_password", "add_user", "upload"])
def test_a_run_that_broke_off_is_finished_by_the_next(file, where):
    agent = Agent(breaks_at=where)
    with pytest.raises(ConnectionError):
        run(agent, file)
    agent.breaks_at = ""
    people, _ = run(agent, file)
    assert agent.people == {name: (password, False) for name, password in people.items()}
    assert agent.uploads == ["expenses.csv", "inventory.csv"]


def test_a_customer_that_somebody_uses_is_left_alone(file):
    agent = Agent(people={"admin": ("theirs", False)})
    with pytest.raises(InUse):
        run(agent, file)
    assert (agent.people, agent.uploads) == ({"admin": ("theirs", False)}, [])


def test_an_admin_password_changed_after_the_demo_is_left_alone(file):
    agent = Agent()
    run(agent, file)
    agent.people["admin"] = ("theirs", False)
    with pytest.raises(InUse):
        run(agent, file)
    assert agent.people["admin"] == ("theirs", False)


def test_a_user_who_changed_the_password_keeps_it(file):
    agent = Agent()
    run(agent, file)
    agent.people["carla"] = ("hers", False)
    people, told = run(agent, file)
    assert people["carla"] is None
    assert agent.people["carla"] == ("hers", False)
    assert "user carla is there, with a password of their own" in told


def test_data_that_was_purged_is_seeded_again(file):
    run(Agent(), file)
    agent = Agent()
    people, _ = run(agent, file)
    assert agent.people["admin"] == (people["admin"], False)


def test_passwords_are_on_disk_before_they_are_used(file):
    chosen = Passwords(file).make("customer-b", "admin")
    assert Passwords(file).get("customer-b", "admin") == chosen
    assert Passwords(file).make("customer-b", "admin") == chosen
    assert len(chosen) == 19


def test_a_damaged_password_file_is_not_taken_for_an_empty_one(file):
    file.write_text('{"customer-b": {"adm')
    with pytest.raises(DataRootError, match="cannot be read"):
        Passwords(file)
    assert file.read_text() == '{"customer-b": {"adm'
