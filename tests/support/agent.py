"""One agent in this process, with a clock that stands still and hashing that costs nothing."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from data_agent.people.hashing import HashCost
from data_agent.settings import Settings
from data_agent.web.app import build_app
from data_agent.web.services import Services, make_services

from tests.support.fake_engine import FakeEngine

with warnings.catch_warnings():
    # It would rather have httpx2, which is not in the lock file.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

HOST = "http://customer-a.localhost"
PASSWORD = "a good long passphrase"
CHEAP = HashCost(memory_kib=8, time=1)


@dataclass
class Clock:
    """Time that passes only when a test says so."""

    seconds: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Agent:
    """A running agent and how to reach it."""

    settings: Settings
    services: Services
    engine: FakeEngine
    clock: Clock
    app: Any
    portal: Any

    def client(self, base_url: str = HOST, **headers: str) -> TestClient:
        """A browser or script of its own, with its own cookies."""
        made = TestClient(
            self.app,
            base_url=base_url,
            headers=headers,
            follow_redirects=False,
            client=("127.0.0.1", 50000),
        )
        made.portal = self.portal  # one event loop for all, as in the real process
        return made

    @property
    def first_password(self) -> str:
        return (self.settings.data_dir / "initial-admin-password").read_text().strip()

    def admin(self, base_url: str = HOST) -> TestClient:
        """A script signed in as admin, whose password is PASSWORD."""
        client = self.client(base_url)
        path = self.settings.data_dir / "initial-admin-password"
        if path.exists():
            first = self.first_password
            self.sign_in(client, "admin", first)
            answer = client.post("/api/v1/me/password", json={"current": first, "new": PASSWORD})
            assert answer.status_code == 200, answer.text
        else:
            self.sign_in(client, "admin", PASSWORD)
        return client

    def user(self, name: str = "bob") -> TestClient:
        """A script signed in as a plain user, whose password is PASSWORD."""
        added = self.admin().post("/api/v1/users", json={"username": name})
        first = added.json()["first_password"]
        client = self.client()
        self.sign_in(client, name, first)
        client.post("/api/v1/me/password", json={"current": first, "new": PASSWORD})
        return client

    def sign_in(self, client: TestClient, name: str, password: str) -> None:
        answer = client.post("/api/v1/session", json={"username": name, "password": password})
        assert answer.status_code == 200, answer.text


def upload(client: TestClient, name: str = "sales.csv", text: str = "a,b\n1,2\n") -> Any:
    """POST one file as a script does that holds a cookie."""
    files = {"file": (name, text.encode(), "text/csv")}
    return client.post("/api/v1/files", files=files, headers={"Origin": HOST})


StartAgent = Callable[..., Agent]


@contextmanager
def running(settings: Settings, engine: FakeEngine, clock: Clock) -> Iterator[Agent]:
    services = make_services(settings, engine, clock)
    app = build_app(services)
    with TestClient(app, base_url=HOST) as first:
        yield Agent(settings, services, engine, clock, app, first.portal)
