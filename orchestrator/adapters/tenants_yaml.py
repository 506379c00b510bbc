"""tenants.yaml as the controller's port sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from orchestrator.adapters import tenants_file
from orchestrator.core.fleet import Validation


class YamlTenantsFile:
    """Conforms to `orchestrator.ports.TenantsFile`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Validation:
        """Whatever is wrong with the file is a problem in the outcome, never an exception."""
        return tenants_file.load_fleet(self._path)

    def add(self, tenant_id: str, values: Mapping[str, object]) -> list[str]:
        return tenants_file.add(self._path, tenant_id, values)

    def remove(self, tenant_id: str) -> list[str]:
        return tenants_file.remove(self._path, tenant_id)

    def set_values(self, tenant_id: str, values: Mapping[str, object]) -> list[str]:
        return tenants_file.set_values(self._path, tenant_id, values)

    def set_image(self, image: str) -> list[str]:
        return tenants_file.set_image(self._path, image)
