"""How much of what the tier allows is used: shown before it bites."""

from __future__ import annotations

from dataclasses import dataclass

from data_agent.engine.storage import used_bytes
from data_agent.web.services import Services
from data_agent.web.staging import FULL_AT

NEARLY = 0.8  # from here on a limit is shown as a warning


@dataclass(frozen=True)
class Use:
    """`allowed` None: no limit."""

    name: str
    words: str
    used: int
    allowed: int | None

    @property
    def is_near(self) -> bool:
        return self.allowed is not None and self.used >= self.allowed * NEARLY

    @property
    def is_full(self) -> bool:
        return self.allowed is not None and self.used >= self.allowed


def questions_today(services: Services) -> Use:
    return Use("questions_today", "questions today", services.daily.used, services.daily.limit)


def users(services: Services) -> Use:
    """FilesDamaged."""
    book = services.people.users
    return Use("users", "users", len(book.all()), book.limit)


def csv_files(services: Services) -> Use:
    return Use("csv_files", "CSV files", services.library.count(), services.library.limit)


def storage(services: Services) -> Use:
    """Bytes of the data directory, against those above which nothing more is taken in."""
    settings = services.settings
    used, allowed = used_bytes(settings.data_dir), int(settings.disk_bytes * FULL_AT)
    return Use("storage_bytes", "storage", used, allowed)


def usage(services: Services) -> tuple[Use, ...]:
    """Users, files, questions of today and storage. FilesDamaged."""
    return (
        users(services), csv_files(services), questions_today(services), storage(services),
    )  # fmt: skip
