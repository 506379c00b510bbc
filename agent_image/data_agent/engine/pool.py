"""Who may hold the database file: several readers, or one writer.

DuckDB lets many processes read a file or one write it, never both. So the writer waits for the
running questions (each has a deadline), ends the idle readers, and new questions wait for it.
What takes long is prepared in a copy instead (beside.py): half of the readers go on meanwhile.
A reader that is not asked for a while is ended: an idle customer has no worker at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from data_agent.engine.beside import Copy, to_its_end
from data_agent.engine.process import WorkerProcess
from data_agent.engine.settings import EngineSettings
from data_agent.errors import Busy, WorkerDied
from data_agent.worker.landlock import version
from data_agent.worker.orders import Mode

log = logging.getLogger("data_agent")

CLOSED = "The agent is shutting down. Try again in a few seconds."


class WorkerPool:
    """Hands out worker processes under the rule above."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._changed = asyncio.Condition()
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._started: list[WorkerProcess] = []
        self._reading = 0
        self._waiting = 0
        self._writers = 0  # waiting or at work
        self._writing = False
        self._closed = False
        self._reaper: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._changing = asyncio.Lock()  # one change at a time, in place or in a copy
        self._exporting = asyncio.Lock()
        self._preparing = False
        self._outdated: set[WorkerProcess] = set()  # readers of a file that was replaced

    async def read(self, command: str, **arguments: object) -> object:
        """Ask a reader. Busy when too many wait already or it took too long to get one."""
        async with self._reader() as worker:
            return await worker.ask(command, arguments, self._settings.query_deadline_s)

    async def write(self, command: str, **arguments: object) -> object:
        """Ask the one writer; when this returns, the change is in the file and the writer gone."""
        async with self._change(), self._writer() as worker:
            return await worker.ask(command, arguments, self._settings.import_deadline_s)

    async def write_beside(self, command: str, **arguments: object) -> object:
        """The same in a copy, which then takes the file's place: questions go on meanwhile.
        WorkerDied when the copy cannot be used; nothing was changed then."""
        async with self._change(), self._beside():
            copy = Copy(self._settings)
            try:
                await to_its_end(copy.make)
                reply = await self._ask_preparer(copy, command, arguments)
                await to_its_end(copy.adopt)
            except BaseException:
                await to_its_end(copy.discard)
                raise
            self._outdated |= self._busy
            await self._end_idle()
            return reply

    async def export(
        self, command: str, target: str, *, file_bytes: int, deadline_s: float, **arguments: object
    ) -> object:
        """Ask a worker of its own, which may make the file `target` and no larger than that. One
        such at a time, so that questions go on beside it. Busy."""
        await self._enter_exporting()
        worker: WorkerProcess | None = None
        try:
            await self._enter_reading()
            try:
                worker = await self._start("exporter", target=target, file_bytes=file_bytes)
                return await worker.ask(command, arguments, deadline_s)
            finally:
                if worker is not None:
                    await asyncio.shield(worker.end())
                await asyncio.shield(self._leave_reading(None))
        finally:
            self._exporting.release()

    def pids(self) -> frozenset[int]:
        """The processes that may hold the file now, those that are ending included."""
        return frozenset(worker.pid for worker in self._started if worker.alive)

    async def close(self, deadline_s: float) -> None:
        """Refuse new work, let the running work finish within the deadline, end every worker."""
        self._closed = True
        async with self._changed:
            self._changed.notify_all()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(deadline_s):
                    await self._changed.wait_for(self._is_quiet)
        await asyncio.gather(*(worker.kill() for worker in self._busy))
        await self._end_idle()

    async def _ask_preparer(self, copy: Copy, command: str, arguments: dict[str, object]) -> object:
        worker = await self._start(
            "writer",
            database=str(copy.path),
            memory_bytes=self._settings.preparer_memory_bytes,
        )
        self._busy.add(worker)
        try:
            return await worker.ask(command, arguments, self._settings.import_deadline_s)
        finally:
            await asyncio.shield(worker.end())
            self._busy.discard(worker)

    @contextlib.asynccontextmanager
    async def _change(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._settings.import_deadline_s):
                await self._changing.acquire()
        except TimeoutError:
            raise Busy("Another import is still running. Try again later.") from None
        try:
            yield
        finally:
            self._changing.release()

    @contextlib.asynccontextmanager
    async def _beside(self) -> AsyncIterator[None]:
        """Room for a preparer: so many readers less may run, and they have ended."""
        self._preparing = True
        try:
            async with self._changed:
                await self._changed.wait_for(self._may_prepare)
                self._refuse_when_closed()
            await self._end_idle()
            yield
        finally:
            self._preparing = False
            await asyncio.shield(self._tell())

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _may_prepare(self) -> bool:
        return self._closed or self._reading <= self._settings.readers_beside

    @contextlib.asynccontextmanager
    async def _reader(self) -> AsyncIterator[WorkerProcess]:
        await self._enter_reading()
        worker: WorkerProcess | None = None
        try:
            worker = await self._idle_or_new()
            self._busy.add(worker)
            yield worker
        finally:
            await asyncio.shield(self._leave_reading(worker))

    @contextlib.asynccontextmanager
    async def _writer(self) -> AsyncIterator[WorkerProcess]:
        await self._enter_writing()
        worker: WorkerProcess | None = None
        try:
            await self._end_idle()
            worker = await self._start("writer")
            self._busy.add(worker)
            yield worker
        finally:
            await asyncio.shield(self._leave_writing(worker))

    async def _enter_reading(self) -> None:
        if self._waiting >= self._settings.queue_length:
            raise Busy("Too many questions are waiting. Try again in a few seconds.")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._settings.queue_deadline_s), self._changed:
                await self._changed.wait_for(self._may_read)
                self._refuse_when_closed()
                self._reading += 1
        except TimeoutError:
            raise Busy(
                "Others' questions or an import are still running. Try again in a few seconds."
            ) from None
        finally:
            self._waiting -= 1

    async def _enter_exporting(self) -> None:
        try:
            async with asyncio.timeout(self._settings.queue_deadline_s):
                await self._exporting.acquire()
        except TimeoutError:
            raise Busy("Another download is still being made. Try again in a minute.") from None

    async def _enter_writing(self) -> None:
        self._writers += 1
        try:
            async with asyncio.timeout(self._settings.import_deadline_s), self._changed:
                await self._changed.wait_for(self._may_write)
                self._refuse_when_closed()
                self._writing = True
        except BaseException as error:
            self._writers -= 1
            if isinstance(error, TimeoutError):
                raise Busy("Another import is still running. Try again later.") from None
            raise

    def _may_read(self) -> bool:
        most = self._settings.readers_beside if self._preparing else self._settings.readers
        free = self._reading < most
        return self._closed or (free and not self._writers)

    def _may_write(self) -> bool:
        return self._closed or (not self._reading and not self._writing)

    def _is_quiet(self) -> bool:
        return not self._reading and not self._writing and not self._preparing

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise WorkerDied(CLOSED)

    async def _leave_reading(self, worker: WorkerProcess | None) -> None:
        if worker is not None:
            self._busy.discard(worker)
            if worker in self._outdated:
                self._outdated.discard(worker)
                await worker.end()
            elif worker.alive:
                self._idle.append(worker)
                self._reap_later()
        async with self._changed:
            self._reading -= 1
            self._changed.notify_all()

    async def _leave_writing(self, worker: WorkerProcess | None) -> None:
        if worker is not None:
            await worker.end()
            self._busy.discard(worker)
        async with self._changed:
            self._writing = False
            self._writers -= 1
            self._changed.notify_all()

    async def _idle_or_new(self) -> WorkerProcess:
        while self._idle:
            worker = self._idle.pop()
            if worker.usable:
                return worker
        return await self._start("reader")

    async def _start(self, mode: Mode, **told: object) -> WorkerProcess:
        worker = await WorkerProcess.start(self._settings, mode, **told)
        self._note(worker)
        return worker

    def _note(self, worker: WorkerProcess) -> None:
        if not self._started and not version():
            log.warning("This kernel has no Landlock (Linux 5.13): workers run without that fence.")
        self._started = [other for other in self._started if other.alive] + [worker]

    async def _end_idle(self) -> None:
        idle, self._idle = self._idle, []
        await asyncio.gather(*(worker.end() for worker in idle), *self._ending)

    def _reap_later(self) -> None:
        if self._reaper is not None:
            self._reaper.cancel()
        loop = asyncio.get_running_loop()
        self._reaper = loop.call_later(self._settings.idle_s, self._reap)

    def _reap(self) -> None:
        task = asyncio.ensure_future(self._end_all(self._idle))
        self._idle = []
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end_all(self, workers: list[WorkerProcess]) -> None:
        await asyncio.gather(*(worker.end() for worker in workers))
