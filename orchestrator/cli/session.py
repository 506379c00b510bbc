"""What every verb is handed."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.cli.screen import Screen
from orchestrator.client.blocking import Controller
from orchestrator.settings import Settings


@dataclass(frozen=True)
class Session:
    """One run of tenantctl."""

    controller: Controller
    screen: Screen
    settings: Settings
