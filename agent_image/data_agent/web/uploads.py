"""Receives uploaded files: streamed to the data directory, bounded, then imported one by one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

import anyio
import anyio.to_thread
from starlette.requests import ClientDisconnect, Request

from data_agent.engine.storage import used_bytes
from data_agent.errors import BadRequest, DataAgentError, Invalid, StorageFull, TooLarge
from data_agent.people.values import User
from data_agent.settings import MIB, Settings
from data_agent.values import Column, ImportReport
from data_agent.web.difference import Difference, difference
from data_agent.web.file_names import free_name, shown_name
from data_agent.web.library import Library
from data_agent.web.multipart import PartData, PartEnd, PartStart, Splitter
from data_agent.web.services import Services
from data_agent.web.shelf import StoredFile
from data_agent.web.staging import FULL_AT, Staged, may_be_packed, open_new, unpack_staged
from data_agent.web.waiting import WaitingUpload

FIELD = "file"
MAX_PARTS = 100
WRITE_BYTES = MIB  # one hop to a thread for so much
# Most browsers show an answer only after they could send; so much more is read and thrown away.
DRAIN_BYTES = 8 * MIB
DRAIN_S = 5.0


@dataclass(frozen=True)
class Outcome:
    """What became of one uploaded file: `file` and `report`, or `waiting` for a decision, or
    `error`. `difference`: from the file that it replaced."""

    name: str
    file: StoredFile | None = None
    report: ImportReport | None = None
    error: DataAgentError | None = None
    waiting: WaitingUpload | None = None
    difference: Difference | None = None


@dataclass(frozen=True)
class Wish:
    """What is to become of the files of a request. `append_to`: a table that the rows are added
    to. `if_exists`: what to do with a name that is there already."""

    append_to: str = ""
    if_exists: str = "replace"


IF_EXISTS = ("replace", "ask", "keep")


def wish_of(request: Request, *, otherwise: str) -> Wish:
    """?append_to= and ?if_exists= of the address. Invalid."""
    query = request.query_params
    if_exists = query.get("if_exists", "") or otherwise
    if if_exists not in IF_EXISTS:
        raise Invalid(f'"if_exists" is one of {", ".join(IF_EXISTS)}.')
    return Wish(query.get("append_to", ""), if_exists)


async def receive_and_import(
    request: Request, services: Services, *, user: User, wish: Wish
) -> list[Outcome]:
    """Take all files of the request in. TooLarge, StorageFull, BadRequest, Invalid for the request
    as a whole, with nothing kept; what is wrong with one file stands in its outcome."""
    library, settings = services.library, services.settings
    receiver = _Receiver(library, settings)
    try:
        await receiver.receive(request)
        return [
            await _import(staged, services, user, wish)
            for staged in await unpack_staged(receiver.staged, library, settings)
        ]
    except DataAgentError:
        await _drain(request)
        raise
    finally:
        receiver.clean_up()


def imported_names(outcomes: list[Outcome]) -> str:
    """For the audit list: the files that became tables, or wait for a decision."""
    return ", ".join(outcome.name for outcome in outcomes if outcome.file or outcome.waiting)


async def _import(staged: Staged, services: Services, user: User, wish: Wish) -> Outcome:
    if staged.path is None:
        return Outcome(staged.name, error=staged.error)
    try:
        return await _imported(staged.path, shown_name(staged.name), services, user, wish)
    except DataAgentError as error:
        return Outcome(staged.name, error=error)


async def _imported(path: Path, name: str, services: Services, user: User, wish: Wish) -> Outcome:
    library = services.library
    older = None if wish.append_to else library.named(name)
    if older and wish.if_exists == "ask":
        return Outcome(name, waiting=await services.replacing.hold(path, older, name, user))
    if older and wish.if_exists == "keep":
        name, older = free_name(name, [file.name for file in library.all()]), None
    before = library.columns(older) if older else ()
    file, report = await library.add(path, name, user=user, append_to=wish.append_to)
    changes = None
    if older:
        after = tuple(Column(column.name, column.type) for column in report.columns)
        changes = difference(before, after, rows=(older.rows, file.rows))
    return Outcome(file.name, file=file, report=report, difference=changes)


class _Receiver:
    """Writes the parts of one request to disk as they arrive."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self.staged: list[Staged] = []
        self._library = library
        self._most = settings.max_upload_bytes
        self._data_dir = settings.data_dir
        self._allowed = int(settings.disk_bytes * FULL_AT)
        self._room = self._allowed - used_bytes(self._data_dir)
        self._received = 0
        self._parts = 0
        self._file: BinaryIO | None = None
        self._buffer = bytearray()

    async def receive(self, request: Request) -> None:
        self._check_size(_announced_length(request))
        splitter = Splitter(request.headers.get("content-type", ""))
        try:
            async for piece in request.stream():
                self._received += len(piece)
                self._check_size(self._received)
                for event in splitter.feed(piece):
                    await self._take(event)
        except ClientDisconnect:
            raise BadRequest(
                "The connection broke off before the whole file had arrived."
            ) from None
        if not splitter.complete:
            raise BadRequest("The upload ended in the middle. Send it again.")
        if not self.staged:
            raise Invalid(f'There was no file in the request. Send it in a field named "{FIELD}".')

    def clean_up(self) -> None:
        if self._file:
            self._file.close()
        for staged in self.staged:
            if staged.path:
                staged.path.unlink(missing_ok=True)

    def _check_size(self, size: int) -> None:
        if size > self._most:
            raise TooLarge(
                f"An upload may have {self._most / MIB:,.0f} MiB. Send fewer files at once, or "
                "split the file."
            )
        if size > self._room:
            self._refuse_for_room(self._room)

    def _check_room(self) -> None:
        room = self._allowed - used_bytes(self._data_dir)
        if room < 0:
            self._refuse_for_room(room)

    def _refuse_for_room(self, room: int) -> NoReturn:
        raise StorageFull(
            f"There is room for {max(0, room) / MIB:,.1f} MiB, which is not enough for this "
            "upload. Delete files first, or ask for a larger tier."
        )

    async def _take(self, event: PartStart | PartData | PartEnd) -> None:
        if isinstance(event, PartStart):
            self._begin(event)
        elif isinstance(event, PartData) and self._file:
            self._buffer += event.data
            if len(self._buffer) >= WRITE_BYTES:
                await anyio.to_thread.run_sync(self._write)
        elif isinstance(event, PartEnd) and self._file:
            await anyio.to_thread.run_sync(self._finish)

    def _begin(self, part: PartStart) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise BadRequest(f"A request may have {MAX_PARTS} parts.")
        if part.field != FIELD or not part.filename:
            return
        staged = Staged(part.filename)
        self.staged.append(staged)
        others = [each.name for each in self.staged if each.path]
        coming = sum(not self._library.named(name) for name in others)
        try:
            if not may_be_packed(part.filename):  # what is in it is counted when it is unpacked
                self._library.check_may_add(part.filename, coming=coming)
        except DataAgentError as error:
            staged.error = error
            return
        staged.path = self._library.shelf.new_incoming()
        with _storage_errors():
            self._file = open_new(staged.path)

    def _write(self) -> None:
        if self._file:
            with _storage_errors():
                self._file.write(self._buffer)
            self._buffer.clear()
            self._check_room()  # again, because others may be uploading too

    def _finish(self) -> None:
        self._write()
        if self._file:
            with _storage_errors():
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
            self._file = None


@contextlib.contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageFull(
            f"The upload could not be written ({error.strerror}). Nothing was kept."
        ) from error


def _announced_length(request: Request) -> int:
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else 0


async def _drain(request: Request) -> None:
    """Read a little more of a refused upload, so that the sender gets to see the answer."""
    left = DRAIN_BYTES
    with contextlib.suppress(ClientDisconnect, RuntimeError), anyio.move_on_after(DRAIN_S):
        async for piece in request.stream():
            left -= len(piece)
            if left <= 0:
                break
