"""The customer's glossary in the data directory, read again whenever its file has changed."""

from __future__ import annotations

from pathlib import Path

from data_agent.asking.glossary import FILENAME, Glossary, from_json
from data_agent.durable import DurableJson
from data_agent.errors import FilesDamaged


class GlossaryFile:
    """glossary.json: read before each question, which costs one look at the file's times."""

    def __init__(self, data_dir: Path) -> None:
        self._document = DurableJson(data_dir / FILENAME, Glossary.to_json, from_json)
        self._seen: tuple[int, int] | None = None
        self._glossary = Glossary()

    def current(self) -> Glossary:
        """The glossary; an empty one where there is none, or none that can be read."""
        try:
            found = self._document.path.stat()
        except OSError:
            self._seen, self._glossary = None, Glossary()
            return self._glossary
        seen = (found.st_mtime_ns, found.st_size)
        if seen != self._seen:
            self._seen = seen
            try:
                self._glossary = self._document.load() or Glossary()
            except FilesDamaged:
                self._glossary = Glossary()
        return self._glossary

    def save(self, glossary: Glossary) -> None:
        """Keep this one. StorageFull."""
        self._document.save(glossary)
        self._seen = None
