"""Who may change what was uploaded."""

from __future__ import annotations

from data_agent.errors import Conflict, NotAllowed
from data_agent.people.values import User
from data_agent.web.shelf import StoredFile


def check_may_change(user: User, file: StoredFile) -> None:
    """Admins may replace, re-type and delete every file, others what they brought. NotAllowed."""
    if not (user.is_admin or file.by == user.name):
        raise NotAllowed(f"{file.name} was uploaded by {file.by}. Ask them or an admin.")


def check_may_replace(user: User, file: StoredFile, *, parts: int) -> None:
    """As above; and a table that has the rows of several files (`parts`) is replaced by none of
    them. Conflict, NotAllowed."""
    check_may_change(user, file)
    if parts > 1:
        raise Conflict(
            f"Table {file.table} has the rows of several files, {file.name} among them. Delete "
            f"{file.name} first, then add the new one to the table."
        )
