"""tenants.yaml on disk: read into a validated fleet, edited with everything else left as it is."""

from __future__ import annotations

from pathlib import Path

from orchestrator.adapters.tenants_file.reading import Unreadable, read_source
from orchestrator.adapters.tenants_file.tree import parse
from orchestrator.core.fleet import Validation, validate
from orchestrator.core.fleet.validation import unreadable

__all__ = ["load_fleet", "load_text"]


def load_fleet(path: Path) -> Validation:
    """Read and validate the file. Whatever is wrong with it is a problem in the outcome."""
    try:
        source = read_source(path)
    except Unreadable as error:
        return unreadable(error.problem)
    return load_text(source.text)


def load_text(text: str) -> Validation:
    """Validate a text of tenants.yaml."""
    parsed = parse(text)
    if parsed.root is None:
        return unreadable(*parsed.problems)
    return validate(parsed.root, parsed.problems)
