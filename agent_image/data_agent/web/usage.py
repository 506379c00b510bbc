"""How much of what the tier allows is used: shown before it bites."""

from __future__ import annotations

from dataclasses import dataclass

from data_agent.web.services import Services

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


def questions_today(services: Services) -> Use:
    return Use("questions_today", "questions today", services.daily.used, services.daily.limit)


def usage(services: Services) -> tuple[Use, ...]:
    """Users, files and questions of today. FilesDamaged."""
    users = services.people.users
    return (
        Use("users", "users", len(users.all()), users.limit),
        Use("csv_files", "CSV files", services.library.count(), services.library.limit),
        questions_today(services),
    )
