"""One worker process, seen from the web process: start, ask, end, kill."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from data_agent import errors
from data_agent.engine.cores import cores, writer_threads
from data_agent.engine.settings import EngineSettings
from data_agent.worker.orders import Mode, Orders
from data_agent.worker.wire import HEADER, body_length, pack

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
EXIT_DEADLINE_S = 15.0  # a closing writer checkpoints; measured 12 ms, more on a slow disk
DEATH_DEADLINE_S = 3.0  # from the end of its pipe to its exit code
ENDING = ("Z", "X")  # states of a process in /proc once its first thread has ended
OUT_OF_MEMORY = (
    "This needed more memory than your tier has, so it was stopped; nothing was changed. "
    "Ask for fewer rows or columns, or filter first."
)
CRASHED = (
    "The query engine ended unexpectedly and was started again; nothing was changed. Try again."
)
KINDS = {
    kind.__name__: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.DataAgentError)
}


class WorkerProcess:
    """A running worker. Whoever asks has it to himself until the answer is there."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, settings: EngineSettings, mode: Mode, **told: object) -> WorkerProcess:
        """`told`: fields of its orders that are not those of every worker of this mode."""
        given = replace(orders(settings, mode), **told)  # type: ignore[arg-type]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-B", "-S", "-m", "data_agent.worker", given.to_json()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": os.pathsep.join([str(PACKAGE_ROOT), *_site_paths()])},
            cwd="/",
            start_new_session=True,
        )
        return cls(process)

    @property
    def alive(self) -> bool:
        """Asked of the kernel: asyncio learns of a death a moment later."""
        if self._process.returncode is not None:
            return False
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        except ChildProcessError:
            return False

    @property
    def usable(self) -> bool:
        """Alive, and not a process whose threads are still ending after it was killed."""
        try:
            state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state not in ENDING and self.alive

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(self, command: str, arguments: dict[str, object], deadline_s: float) -> object:
        """The command's answer. After OverDeadline, WorkerDied and cancellation it is dead."""
        try:
            async with asyncio.timeout(deadline_s):
                reply = await self._exchange(pack({"do": command, "with": arguments}))
        except TimeoutError:
            await self.kill()
            raise errors.OverDeadline(
                f"Stopped after {deadline_s:g} seconds; nothing was changed. "
                "Filter first, or ask for less at once."
            ) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            await self._exited(DEATH_DEADLINE_S)
            raise self._death() from None
        except BaseException:
            await self.kill()
            raise
        return _value(reply)

    async def end(self) -> None:
        """Let it close its database and exit; kill it when it does not."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._exited(EXIT_DEADLINE_S)

    async def kill(self) -> None:
        """kill -9, and wait until the process is gone and its lock on the database with it."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await asyncio.shield(self._process.wait())

    async def _exited(self, deadline_s: float) -> None:
        try:
            async with asyncio.timeout(deadline_s):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    async def _exchange(self, request: bytes) -> object:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise ConnectionError("the worker has no pipes")
        stdin.write(request)
        await stdin.drain()
        header = await stdout.readexactly(HEADER.size)
        return json.loads(await stdout.readexactly(body_length(header)))

    def _death(self) -> errors.DataAgentError:
        code = self._process.returncode
        if code == -signal.SIGXCPU:
            return errors.OverDeadline("Stopped: it used too much processor time.")
        # SIGKILL that we did not send is the kernel's out-of-memory killer; SIGABRT and SIGSEGV
        # are what is left of a C++ allocation that failed where nobody could catch it.
        memory = code in {-signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV}
        return errors.WorkerDied(OUT_OF_MEMORY if memory else CRASHED)


def orders(settings: EngineSettings, mode: Mode) -> Orders:
    """What a worker of this mode is told."""
    reader = mode != "writer"
    deadline = settings.query_deadline_s if mode == "reader" else settings.import_deadline_s
    return Orders(
        mode=mode,
        database=str(settings.database),
        scratch_dir=str(settings.scratch_dir),
        memory_bytes=settings.reader_memory_bytes if reader else settings.writer_memory_bytes,
        # Each of an exporter's threads would hold rows of its own.
        threads={"exporter": 1, "writer": _writer_threads(settings)}.get(mode, settings.threads),
        file_bytes=settings.quota_bytes,
        cpu_s=int(deadline * settings.threads) + 5,
        max_columns=settings.max_columns,
        max_result_bytes=settings.max_result_bytes,
    )


def _writer_threads(settings: EngineSettings) -> int:
    """Of now: while the agent starts, the platform may lend it more cores than it has later."""
    given = settings.writer_threads
    return writer_threads(cores()) if given is None else given


def _site_paths() -> list[str]:
    """Where this process finds its libraries; the worker's environment is empty otherwise."""
    return [path for path in sys.path if path.endswith("-packages")]


def _value(reply: object) -> object:
    if not isinstance(reply, dict):
        raise errors.WorkerDied(CRASHED)
    if "error" in reply:
        error = reply["error"]
        raise KINDS.get(error["type"], errors.QueryFailed)(error["message"])
    return reply["ok"]
