"""The operator's access to the endpoint: the key, and further headers, each from its file.

Both are read for each question, so that a new key counts at once and an old one nowhere. Neither
goes into a log, an error or a value that outlives the question.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.edge.llm_gateway.kinds import refusal
from orchestrator.edge.llm_gateway.redactor import Redactor
from orchestrator.errors import LlmError
from orchestrator.llm_settings import LlmSettings

FILE_BYTES = 8192  # of either file, at most
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")  # of a header: RFC 9110, 5.6.2
SECRET_MIN = 8  # characters: shorter ones are versions and names

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Access:
    """Headers that open the endpoint."""

    headers: Mapping[str, str] = field(repr=False)

    def redacted(self, text: bytes) -> bytes:
        """Without the key, for endpoints that repeat what they were sent."""
        redactor = Redactor(self.secrets)
        return redactor.feed(text) + redactor.rest()

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """What must not be repeated to an agent."""
        values = [value.removeprefix("Bearer ").strip() for value in self.headers.values()]
        return tuple(value.encode() for value in values if len(value) >= SECRET_MIN)


def read_access(settings: LlmSettings) -> Access:
    """As the files are now. No key file: no key, as servers of one's own often want none.

    LlmError when a file is there and cannot be used.
    """
    key, more = _key(settings.key_file), _more_headers(settings.headers_file)
    if not key:
        return Access(more)
    if settings.provider == "anthropic":
        return Access({"x-api-key": key, **more})
    return Access({"authorization": f"Bearer {key}", **more})


def _key(path: Path) -> str:
    text = _read(path).strip()
    if not _is_header(text):
        raise _damaged(path.name)
    return text


def _more_headers(path: Path) -> dict[str, str]:
    try:
        found: Mapping[str, object] = json.loads(_read(path) or "{}")
        headers = {str(name).lower(): str(value).strip() for name, value in found.items()}
    except (ValueError, AttributeError) as error:
        raise _damaged(path.name) from error
    if not all(NAME.fullmatch(name) and _is_header(value) for name, value in headers.items()):
        raise _damaged(path.name)
    return headers


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise _damaged(path.name) from error
    if len(content) > FILE_BYTES or not content.isascii():
        raise _damaged(path.name)
    return content.decode("ascii")


def _is_header(text: str) -> bool:
    return not text or (text.isascii() and text.isprintable())


def _damaged(name: str) -> LlmError:
    log.warning("the LLM cannot be asked: %s cannot be used; see `tenantctl doctor`", name)
    return unusable_access()


def unusable_access() -> LlmError:
    """The key or a header is there, and is none."""
    return refusal("not_configured", "The operator's access to the LLM is not in order.")
