"""Publishes routes: many changes, one file, one confirmation.

Whoever changes a route waits until Traefik serves a generation that holds the change. Changes that
arrive together are written together. The table in memory is the truth once it was read or rebuilt;
the file is output and is put right when somebody changed it. Only what Traefik confirmed counts as
observed. A second file leads everybody to the gate, for when the first one is gone.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Mapping
from dataclasses import replace

from orchestrator.core import routes
from orchestrator.core.observed import RouteEntry, Unknown
from orchestrator.errors import DataRootError, RoutesUnconfirmed
from orchestrator.ports import Prober, RouteFile

COALESCE_S = 0.01
POLL_S = 0.02  # Traefik takes 40 to 200 ms from rename to live
POLL_SLOW_S = 0.5  # once it has not confirmed for CONFIRM_PATIENCE_S
CONFIRM_PATIENCE_S = 1.0
CONFIRM_TIMEOUT_S = 15.0

log = logging.getLogger(__name__)


class Publisher:
    """The table of routes, its file, and what Traefik has confirmed of it."""

    def __init__(
        self,
        file: RouteFile,
        prober: Prober,
        gate_port: int,
        limits: routes.Limits = routes.Limits(),  # noqa: B008 - a frozen value
        *,
        fallback: RouteFile,
    ) -> None:
        self._file = file
        self._fallback_file = fallback
        self._prober = prober
        self._gate_port = gate_port
        self._limits = limits
        self._table: dict[str, RouteEntry] | Unknown = Unknown("the route file was not read yet")
        self._live: dict[str, RouteEntry] | Unknown = self._table
        self._document: routes.Document | None = None
        self._fallback: routes.Document | None = None  # None: not known yet
        self._generation = ""
        self._version = 0
        self._confirmed_version = -1
        self._dirty = asyncio.Event()
        self._confirmation = asyncio.Condition()

    @property
    def limits(self) -> routes.Limits:
        """Of requests, where a tenant has none of its own."""
        return self._limits

    @property
    def live(self) -> Mapping[str, RouteEntry] | Unknown:
        """The routes that Traefik confirmed last, by tenant id: what is observed of them."""
        return self._live if isinstance(self._live, Unknown) else dict(self._live)

    @property
    def confirmed(self) -> bool:
        """Traefik serves the table as it stands."""
        return self._confirmed_version == self._version

    async def load(self) -> None:
        """Take over the file of an earlier controller; an unreadable one leaves it Unknown."""
        try:
            found = await asyncio.to_thread(self._file.read)
        except DataRootError as error:
            self._table = self._live = Unknown(str(error))
            return
        parsed = routes.parse(found) if found is not None else ("", {})
        if parsed is None:
            self._table = Unknown("the route file is not one that the platform wrote")
            self._live = self._table
            return
        self._table, self._live = parsed[1], dict(parsed[1])
        self._touch()

    def rebuild(self, table: Mapping[str, RouteEntry]) -> None:
        """Replace an unreadable file by what runs and is ready."""
        self._table, self._live = dict(table), dict(table)
        self._touch()

    async def route(self, tenant: str, entry: RouteEntry) -> None:
        """Publish a tenant's route and wait for Traefik. RoutesUnconfirmed."""
        await self._change(tenant, entry)

    async def narrow(self, tenant: str, hosts: tuple[str, ...]) -> None:
        """Take back the tenant's hosts that are not among these. RoutesUnconfirmed."""
        held = None if isinstance(self._table, Unknown) else self._table.get(tenant)
        left = tuple(host for host in held.hosts if host in hosts) if held else ()
        await self._change(tenant, replace(held, hosts=left) if held and left else None)

    async def unroute(self, tenant: str) -> None:
        """Take a tenant's route back and wait for Traefik. RoutesUnconfirmed."""
        await self._change(tenant, None)

    async def heal(self) -> bool:
        """Write the files again when one was changed or removed, or Traefik serves other routes."""
        if self._document is None or isinstance(self._table, Unknown):
            return False
        written = await self._write_fallback()
        same = await _holds(self._file, self._document) and not written
        if same and (not self.confirmed or await self._prober.generation() == self._generation):
            return False
        self._touch()
        return not same

    async def run(self) -> None:
        """Write whenever something changed, then confirm; for ever."""
        while True:
            await self._dirty.wait()
            await asyncio.sleep(COALESCE_S)
            self._dirty.clear()
            await self._publish()

    async def _change(self, tenant: str, entry: RouteEntry | None) -> None:
        if isinstance(self._table, Unknown):
            raise RoutesUnconfirmed(f"the routes are unknown: {self._table.why}")
        changed = routes.claimed(self._table, tenant, entry)
        if changed != self._table:
            self._table = changed
            self._touch()
        await self._confirmed_up_to(self._version)

    def _touch(self) -> None:
        self._version += 1
        self._dirty.set()

    async def _confirmed_up_to(self, version: int) -> None:
        try:
            async with asyncio.timeout(CONFIRM_TIMEOUT_S), self._confirmation:
                await self._confirmation.wait_for(lambda: self._confirmed_version >= version)
        except TimeoutError as error:
            raise RoutesUnconfirmed(
                f"Traefik did not confirm the routes within {CONFIRM_TIMEOUT_S:.0f} s",
                mend="Look at `docker compose logs traefik`.",
            ) from error

    async def _publish(self) -> None:
        if isinstance(self._table, Unknown):
            return
        version, table = self._version, self._table
        await self._fall_back(table)
        self._generation = uuid.uuid4().hex[:12]
        self._document = routes.document(
            table,
            generation=self._generation,
            gate_port=self._gate_port,
            limits=self._limits,
        )
        try:
            await asyncio.to_thread(self._file.write, self._document)
        except DataRootError:
            await asyncio.sleep(POLL_SLOW_S)
            self._dirty.set()
            return
        await self._confirm(version, table)

    async def _fall_back(self, table: Mapping[str, RouteEntry]) -> None:
        """Before the routes, whose change makes Traefik read both. They do not depend on it."""
        self._fallback = routes.fallback(table, gate_port=self._gate_port, limits=self._limits)
        await self._write_fallback()

    async def _write_fallback(self) -> bool:
        """True when it was not as it must be, and is now. What fails is tried again by `heal`."""
        if self._fallback is None or await _holds(self._fallback_file, self._fallback):
            return False
        try:
            await asyncio.to_thread(self._fallback_file.write, self._fallback)
        except DataRootError as error:
            log.warning("%s. %s", error, error.mend)
            return False
        return True

    async def _confirm(self, version: int, table: dict[str, RouteEntry]) -> None:
        """Poll until confirmed; give way to newer changes after a while."""
        loop = asyncio.get_running_loop()
        patience = loop.time() + CONFIRM_PATIENCE_S
        while await self._prober.generation() != self._generation:
            late = loop.time() > patience
            if late and self._dirty.is_set():
                return
            await asyncio.sleep(POLL_SLOW_S if late else POLL_S)
        async with self._confirmation:
            self._confirmed_version, self._live = version, table
            self._confirmation.notify_all()


async def _holds(file: RouteFile, document: routes.Document) -> bool:
    """Nobody changed or removed it."""
    try:
        return await asyncio.to_thread(file.read) == document
    except DataRootError:
        return False
