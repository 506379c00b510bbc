"""`python -m orchestrator.demo`, inside the controller's container: what `make demo` runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from orchestrator.cli import ending_quietly
from orchestrator.cli.screen import Screen
from orchestrator.cli.table import Column, Row, lines
from orchestrator.cli.text import clean
from orchestrator.client.blocking import Controller
from orchestrator.core.report import TenantStatus
from orchestrator.demo.agent_api import AgentApi
from orchestrator.demo.cast import DEMO, Customer
from orchestrator.demo.passwords import Passwords
from orchestrator.demo.seed import ADMIN, InUse, Tools, seed
from orchestrator.errors import OrchestratorError
from orchestrator.settings import Settings

CHANGED = "(changed)"
TRAEFIK = "127.0.0.1"
PASSWORDS_FILE = "demo-credentials.json"
COLUMNS = (
    Column("CUSTOMER"), Column("URL"), Column("USER"), Column("PASSWORD", whole=True),
    Column("ROLE", drop=1),
)  # fmt: skip


def main() -> int:
    """0 when every demo customer has its people and files, 1 when one was left alone or failed."""
    screen = Screen()
    try:
        return _seed_all(Settings.from_env(), screen)
    except OrchestratorError as error:
        screen.fail(error)
        return 1


def _seed_all(settings: Settings, screen: Screen) -> int:
    controller = Controller(settings.operator_socket)
    tenants = {tenant.id: tenant for tenant in controller.status().tenants}
    demo = _Demo(settings, controller, screen)
    seeded = [one for customer in DEMO if (one := demo.seed(customer, tenants.get(customer.id)))]
    _show_people(seeded, screen)
    _show_questions(seeded, screen)
    return 0 if len(seeded) == len(DEMO) else 1


@dataclass(frozen=True)
class _Seeded:
    customer: Customer
    url: str
    passwords: dict[str, str | None]


class _Demo:
    """One run over the demo customers."""

    def __init__(self, settings: Settings, controller: Controller, screen: Screen) -> None:
        self._port = settings.http_port
        self._passwords = Passwords(settings.platform_dir / PASSWORDS_FILE)
        self._controller = controller
        self._screen = screen

    def seed(self, customer: Customer, tenant: TenantStatus | None) -> _Seeded | None:
        """None when the customer was left alone; the reason is printed."""
        if tenant is None or tenant.state != "running":
            state = tenant.state if tenant else "not in tenants.yaml"
            self._screen.warn(f"{customer.id}: left out, it is {state}. See `make status`.")
            return None
        tools = Tools(
            browser=partial(AgentApi, tenant.url, TRAEFIK, self._port),
            passwords=self._passwords,
            credentials=self._controller.credentials(customer.id),
            tell=lambda line: self._screen.say(f"{customer.id}: {line}"),
        )
        try:
            return _Seeded(customer, tenant.url, seed(customer, tools))
        except InUse:
            tools.tell("somebody has changed its first password; it is left alone")
            return None


def _show_people(seeded: Sequence[_Seeded], screen: Screen) -> None:
    rows = [
        Row(
            (one.customer.id, clean(one.url), username, password or CHANGED, role),
            {"PASSWORD": "bold" if password else "dim"},
        )
        for one in seeded
        for username, role in ((ADMIN, ADMIN), *one.customer.people)
        for password in (one.passwords.get(username),)
    ]
    if rows:
        screen.say()
        for line in lines(COLUMNS, rows, screen):
            screen.say(line)


def _show_questions(seeded: Sequence[_Seeded], screen: Screen) -> None:
    for one in seeded:
        screen.say()
        screen.say(f"Ask at {screen.paint(clean(one.url), 'cyan')}, for example:")
        for question in one.customer.questions:
            screen.say(f"  {question}")


if __name__ == "__main__":
    sys.exit(ending_quietly(main))
