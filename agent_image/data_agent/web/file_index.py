"""The list of uploaded files as a document, new entries, and what a file hands on to the next."""

from __future__ import annotations

import secrets
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from data_agent.values import ImportReport
from data_agent.web.file_names import kept_name
from data_agent.web.shelf import StoredFile

Index = dict[str, StoredFile]


def new_entry(
    name: str, report: ImportReport, *, taken: Index, size: int, by: str, at: float
) -> StoredFile:
    """What the list says of a file that was imported just now; `at` is in seconds since 1970."""
    return StoredFile(
        id=secrets.token_hex(8),
        name=name,
        kept=kept_name(name, [each.kept for each in taken.values()]),
        size=size,
        table=report.table,
        rows=report.rows_kept,
        rejected=report.rejected,
        uploaded_at=datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
        by=by,
        choices={c.name: c.choice for c in report.columns if c.choice},
    )


def remembered(older: StoredFile | None) -> dict[str, str]:
    """What was chosen for the file that this one replaces; that values were given up for empty was
    said of those values only."""
    from data_agent.importing.choices import LOSSY  # late: no start of the agent waits for it

    choices = older.choices if older else {}
    return {name: choice.removesuffix(LOSSY) for name, choice in choices.items()}


def reread(file: StoredFile, choices: dict[str, str], report: ImportReport) -> StoredFile:
    """The entry of a file that was read again with other choices, which can be taken back."""
    return replace(
        file,
        choices=still_there(choices, report),
        undo=file.choices,
        rows=report.rows_kept,
        rejected=report.rejected,
    )


def exchanged(index: Index, older: StoredFile, newer: StoredFile) -> Index:
    """The index with `newer` at the place of `older`: the order of a table's files is that of its
    rows."""
    files = (newer if file == older else file for file in index.values())
    return {file.id: file for file in files}


def still_there(choices: dict[str, str], report: ImportReport) -> dict[str, str]:
    """Without choices for columns that the file does not have."""
    names = {column.name.casefold() for column in report.columns}
    return {name: choice for name, choice in choices.items() if name.casefold() in names}


def encode(index: Index) -> dict[str, Any]:
    return {"files": [asdict(file) for file in index.values()]}


def decode(document: dict[str, Any]) -> Index:
    return {entry["id"]: StoredFile(**entry) for entry in document["files"]}
