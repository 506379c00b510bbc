"""Who may change what was uploaded."""

from __future__ import annotations

from data_agent.errors import NotAllowed
from data_agent.people.values import User
from data_agent.web.shelf import StoredFile


def check_may_change(user: User, file: StoredFile) -> None:
    """Admins may replace, re-type and delete every file, others what they brought. NotAllowed."""
    if not (user.is_admin or file.by == user.name):
        raise NotAllowed(f"{file.name} was uploaded by {file.by}. Ask them or an admin.")
