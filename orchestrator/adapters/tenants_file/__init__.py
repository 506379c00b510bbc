"""tenants.yaml on disk: read into a validated fleet, edited with everything else left as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from orchestrator.adapters.tenants_file import editing
from orchestrator.adapters.tenants_file.editing import Edit
from orchestrator.adapters.tenants_file.reading import Unreadable, read_source
from orchestrator.adapters.tenants_file.tree import parse
from orchestrator.adapters.tenants_file.writing import rewrite
from orchestrator.core.fleet import Validation, validate
from orchestrator.core.fleet.validation import unreadable
from orchestrator.errors import FleetInvalid

__all__ = ["add", "load_fleet", "load_text", "remove", "set_image", "set_values"]


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


def add(path: Path, tenant_id: str, settings: Mapping[str, object]) -> list[str]:
    """Add a tenant. Sentences of what changed; Refused or FleetInvalid, and nothing is written."""
    return _edit(path, lambda text: editing.add(text, tenant_id, settings))


def remove(path: Path, tenant_id: str) -> list[str]:
    """Remove a tenant from the file; its data is not touched. UnknownTenant, Refused."""
    return _edit(path, lambda text: editing.remove(text, tenant_id))


def set_values(path: Path, tenant_id: str, settings: Mapping[str, object]) -> list[str]:
    """Set keys of a tenant, None removes one. UnknownTenant, FleetInvalid, Refused."""
    return _edit(path, lambda text: editing.set_values(text, tenant_id, settings))


def set_image(path: Path, image: str) -> list[str]:
    """Set the image of all tenants that name none themselves. FleetInvalid, Refused."""
    return _edit(path, lambda text: editing.set_default(text, "image", image))


def _edit(path: Path, change: Callable[[str], Edit]) -> list[str]:
    changes: list[str] = []

    def new_text(text: str) -> str:
        edit = change(text)
        _refuse_new_problems(text, edit.text)
        changes.extend(edit.changes)
        return edit.text

    rewrite(path, new_text)
    return changes


def _refuse_new_problems(before: str, after: str) -> None:
    """What was wrong before may stay wrong: mending one tenant must be possible."""
    known = Counter(problem.identity for problem in load_text(before).problems)
    new: list[str] = []
    for problem in load_text(after).problems:
        known[problem.identity] -= 1
        if known[problem.identity] < 0:
            new.append(str(problem))
    if new:
        message = "tenants.yaml would not be valid any more; it was left as it is"
        raise FleetInvalid(message, tuple(new), mend="choose other values")
