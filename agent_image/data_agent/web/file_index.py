"""The list of uploaded files as a document, and what a file hands on to the one after it. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from data_agent.importing.choices import LOSSY
from data_agent.values import ImportReport
from data_agent.web.shelf import StoredFile

Index = dict[str, StoredFile]


def remembered(older: StoredFile | None) -> dict[str, str]:
    """What was chosen for the file that this one replaces; that values were given up for empty was
    said of those values only."""
    choices = older.choices if older else {}
    return {name: choice.removesuffix(LOSSY) for name, choice in choices.items()}


def still_there(choices: dict[str, str], report: ImportReport) -> dict[str, str]:
    """Without choices for columns that the file does not have."""
    names = {column.name for column in report.columns}
    return {name: choice for name, choice in choices.items() if name in names}


def encode(index: Index) -> dict[str, Any]:
    return {"files": [asdict(file) for file in index.values()]}


def decode(document: dict[str, Any]) -> Index:
    return {entry["id"]: StoredFile(**entry) for entry in document["files"]}
