"""One agent, from its settings in the environment to its last answer."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import sys
from pathlib import Path

import uvicorn

from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.llm.asker import ModelAsker
from data_agent.server import PromptServer
from data_agent.settings import MIB, BadSetting, Settings, from_environment
from data_agent.today import Today
from data_agent.web.app import build_app
from data_agent.web.services import make_services

log = logging.getLogger("data_agent")
CONTAINER_MARK = Path("/.dockerenv")
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
MALLOC_BYTES = 128 * 1024  # glibc's own first value
EX_CONFIG = 78  # sysexits.h
# What this process itself needs, with two password hashes at once; the rest is for the workers.
WEB_PROCESS_BYTES = 64 * MIB
# Longer than any proxy keeps an idle connection, so that it is never closed under a request.
KEEP_ALIVE_S = 75
DRAIN_S = 20


def main() -> int:
    """Serve until SIGTERM or SIGINT, finish what runs, let go of the data; exit code."""
    try:
        settings = from_environment(os.environ)
    except BadSetting as error:
        sys.stderr.write(f"{error}\n")
        return EX_CONFIG
    os.umask(0o077)
    logging.basicConfig(
        level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(message)s"
    )
    if CONTAINER_MARK.exists() and not settings.data_dir.is_mount():
        log.warning("%s is no mount: the data will be gone with this container", settings.data_dir)
    today = Today(settings.time_zone)
    model = ModelAsker(settings.llm, today=today)
    engine = WorkerEngine(engine_settings(settings), model if settings.llm.usable else None, today)
    services = make_services(settings, engine, model=model)
    config = uvicorn.Config(
        build_app(services),
        host=os.environ.get("HOST", "0.0.0.0"),  # noqa: S104  a container's own network only
        port=settings.port,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    _exit_cleanly_after_signals()
    _give_memory_back()
    server = PromptServer(config, DRAIN_S)
    server.run()
    return 0 if server.started else 1


def engine_settings(settings: Settings) -> EngineSettings:
    """The engine's share of what the container has."""
    return EngineSettings(
        data_dir=settings.data_dir,
        memory_limit_bytes=settings.memory_bytes - WEB_PROCESS_BYTES,
        quota_bytes=settings.disk_bytes,
        max_file_bytes=settings.max_upload_bytes,
        writer_threads=None,
    )


def _exit_cleanly_after_signals() -> None:
    """uvicorn raises the signal again after a graceful stop; that must not look like a crash."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)


def _give_memory_back() -> None:
    """Fix glibc's thresholds, which otherwise grow with the largest block ever freed: the 19 MiB
    of a password hash would stay with this process for good."""
    with contextlib.suppress(OSError, AttributeError):  # another C library: nothing to fix
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, MALLOC_BYTES)
        libc.mallopt(M_TRIM_THRESHOLD, MALLOC_BYTES)
