"""The generated files that Traefik reads, written so that Traefik never sees half of one.

Two: the routes, and in a directory below what holds without them. A hand that removes one of them,
or every file beside the routes, leaves the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from orchestrator.adapters.atomic_file import open_directory, read_bounded, write_atomic
from orchestrator.adapters.data_errors import data_errors
from orchestrator.errors import DataRootError

FILE_NAME = "tenants.yml"
# Traefik reads directories below its own, and does not watch them: what stands here is taken in
# with the next change of the routes.
FALLBACK_DIRECTORY, FALLBACK_NAME = "fallback", "gate.yml"
LIMIT = 64 * 1024 * 1024  # bytes; 10,000 tenants need about 10 MB
MEND = "Remove the file: the controller writes it anew at once."


class TraefikRouteFile:
    """Conforms to `orchestrator.ports.RouteFile`.

    `directory` is watched by Traefik, so the temporary file stands in `temp_directory`, which must
    be on the same file system.
    """

    def __init__(self, directory: Path, temp_directory: Path, name: str = FILE_NAME) -> None:
        self._directory = directory
        self._temp_directory = temp_directory
        self._name = name
        self._path = directory / name

    def read(self) -> Mapping[str, object] | None:
        """The document as it stands; None when there is none. DataRootError when unreadable."""
        content = self._content()
        if content is None:
            return None
        try:
            document = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise self._damaged() from error
        if not isinstance(document, dict):
            raise self._damaged()
        return document

    def write(self, document: Mapping[str, object]) -> None:
        """Replace the file as a whole, and read it back."""
        content = render(document).encode()
        with (
            data_errors(f"write the routes to {self._path}"),
            open_directory(self._temp_directory) as temp,
            open_directory(self._directory) as directory,
        ):
            write_atomic(directory, self._name, content, mode=0o644, temp_directory=temp)
        if self._content() != content:
            raise DataRootError(
                f"{self._path} does not hold what was just written to it",
                mend="Find out what else writes there; nothing but the controller may.",
            )

    def _content(self) -> bytes | None:
        with (
            data_errors(f"read the routes in {self._path}"),
            open_directory(self._directory) as directory,
        ):
            try:
                return read_bounded(directory, self._name, LIMIT)
            except FileNotFoundError:
                return None

    def _damaged(self) -> DataRootError:
        return DataRootError(f"{self._path} is not the JSON that was written", mend=MEND)


class TraefikFallbackFile(TraefikRouteFile):
    """Conforms to `orchestrator.ports.RouteFile`. `routes` is the directory of the routes; its own
    below is made when it is missing."""

    def __init__(self, routes: Path, temp_directory: Path) -> None:
        super().__init__(routes / FALLBACK_DIRECTORY, temp_directory, FALLBACK_NAME)

    def write(self, document: Mapping[str, object]) -> None:
        """As the routes are written."""
        with data_errors(f"make {self._directory}"), suppress(FileExistsError):
            self._directory.mkdir(mode=0o755)
        super().write(document)


def render(document: Mapping[str, object]) -> str:
    """JSON, which is YAML as well, and which Traefik's template engine leaves as it is.

    With an indent no two braces stand side by side but inside of a string, and there the second is
    written by its code: a Go template action cannot begin.
    """
    text = json.dumps(document, indent=1, sort_keys=True)
    return text.replace("{{", "{\\u007b") + "\n"
