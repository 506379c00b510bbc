"""DATA_ROOT/platform/applied.json: the fleet that was applied last."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from orchestrator.adapters.atomic_file import open_directory, read_bounded, write_atomic
from orchestrator.adapters.data_errors import data_errors
from orchestrator.core.applied import Applied
from orchestrator.core.builds import Build, Held
from orchestrator.core.fleet import fleet_from_json, fleet_to_json
from orchestrator.errors import DataRootError, FleetInvalid

NAME = "applied.json"
FORMAT = 1
MAX_BYTES = 64 * 1024 * 1024


class JsonAppliedFile:
    """Conforms to `orchestrator.ports.AppliedFile`."""

    def __init__(self, platform_dir: Path) -> None:
        self._dir = platform_dir

    def read(self) -> Applied | None:
        """None when nothing was applied yet. DataRootError when it is there and unreadable."""
        with data_errors(f"read {self._dir / NAME}"), open_directory(self._dir) as platform:
            try:
                content = read_bounded(platform, NAME, MAX_BYTES)
            except FileNotFoundError:
                return None
        try:
            return _parsed(json.loads(content))
        except (FleetInvalid, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataRootError(
                f"{self._dir / NAME} does not hold an applied fleet",
                mend="Run `tenantctl apply`: it is written again from tenants.yaml.",
            ) from error

    def write(self, applied: Applied) -> None:
        document = {
            "format": FORMAT,
            "generation": applied.generation,
            "fleet": fleet_to_json(applied.fleet),
            "image_ids": dict(applied.image_ids),
            "kept": dict(applied.kept),
            "held": {tenant: asdict(one) for tenant, one in applied.held.items()},
        }
        content = json.dumps(document, indent=1, sort_keys=True).encode()
        with data_errors(f"write {self._dir / NAME}"), open_directory(self._dir) as platform:
            write_atomic(platform, NAME, content, mode=0o600)


def _parsed(document: dict[str, object]) -> Applied:
    if document["format"] != FORMAT:
        raise ValueError("unknown format")
    return Applied(
        generation=int(str(document["generation"])),
        fleet=fleet_from_json(document["fleet"]),
        image_ids=_texts(document["image_ids"]),
        kept=_texts(document["kept"]),
        held=_held(document.get("held", {})),  # earlier versions wrote none
    )


def _held(value: object) -> dict[str, Held]:
    if not isinstance(value, dict):
        raise TypeError("not a mapping")
    return {
        str(tenant): Held(
            _build(one["build"]),
            _build(one["instead_of"]),
            str(one["why"]),
            "asked" if one.get("until") == "asked" else "changed",  # earlier versions wrote none
        )
        for tenant, one in value.items()
    }


def _build(value: object) -> Build:
    texts = _texts(value)
    return Build(texts["image"], texts["image_id"])


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError("not a mapping")
    return {str(key): str(text) for key, text in value.items()}
