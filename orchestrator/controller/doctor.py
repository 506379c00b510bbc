"""`tenantctl doctor`: is everything there that the platform stands on?"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.controller import llm_check
from orchestrator.controller.publisher import Publisher
from orchestrator.controller.state import State
from orchestrator.core import routes
from orchestrator.core.report import StatusReport
from orchestrator.errors import OrchestratorError
from orchestrator.ports import Ports

DISK_FREE_MIN = 0.10  # of the data root's file system; below it uploads are near their end
ENGINE_MIN = (26, 1)
CHECK_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


class Doctor:
    """Looks at each thing on its own, so that one that hangs hides no other."""

    def __init__(
        self,
        state: State,
        *,
        ports: Ports,
        publisher: Publisher,
        data_root: Path,
        report: Callable[[], StatusReport],
    ) -> None:
        self._state = state
        self._engine = ports.engine
        self._firewall = ports.firewall
        self._publisher = publisher
        self._file = ports.tenants_file
        self._data_root = data_root
        self._report = report

    async def checks(self) -> list[Check]:
        """All checks, in the order to read them."""
        table: tuple[tuple[str, Callable[[], Check]], ...] = (
            ("Docker engine", self._check_engine),
            ("images", self._check_images),
            ("host firewall", self._check_firewall),
            ("tenants.yaml", self._check_file),
            ("disk", self._check_disk),
            ("routes", self._check_routes),
            ("limits", self._check_limits),
            ("customers", self._check_customers),
            ("LLM", self._check_llm),
        )
        return list(await asyncio.gather(*(_bounded(name, check) for name, check in table)))

    def _check_llm(self) -> Check:
        return Check("LLM", *llm_check.described(self._data_root / "platform"))

    def _check_engine(self) -> Check:
        version = self._engine.version()
        numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
        return Check(
            "Docker engine",
            numbers >= ENGINE_MIN,
            f"version {version}",
            "Version 26.1 or newer is what this was built and tested with.",
        )

    def _check_images(self) -> Check:
        missing = sorted({s.image for s in self._state.desired.values() if s.image_id is None})
        if not missing:
            return Check("images", ok=True, detail="every tenant's image is on this machine")
        names = ", ".join(missing)
        return Check("images", False, f"missing: {names}", "Build or pull it, then `make reload`.")

    def _check_firewall(self) -> Check:
        changed = self._firewall.ensure()
        return Check(
            "host firewall",
            ok=True,
            detail="was not as it must be; set again" if changed else self._closed(),
        )

    def _closed(self) -> str:
        counts = self._firewall.counts_sources
        also = "counts" if counts else "does not count"
        return f"closes the host to tenants, and {also} connections of each address"

    def _check_file(self) -> Check:
        problems = self._file.load().problems
        if not problems:
            return Check("tenants.yaml", ok=True, detail="no problems")
        return Check(
            "tenants.yaml", False, f"{len(problems)} problems", "Run `tenantctl validate`."
        )

    def _check_disk(self) -> Check:
        usage = shutil.disk_usage(self._data_root)
        share = usage.free / usage.total
        return Check(
            "disk",
            share >= DISK_FREE_MIN,
            f"{share:.0%} free under {self._data_root} ({usage.free / 1e9:.1f} GB)",
            "Free some space or grow the disk; uploads are refused when it is nearly full.",
        )

    def _check_routes(self) -> Check:
        return Check(
            "routes",
            self._publisher.confirmed,
            "Traefik serves them"
            if self._publisher.confirmed
            else "Traefik has not confirmed them",
            "Look at `docker compose ps` and `docker compose logs traefik`.",
        )

    def _check_limits(self) -> Check:
        """Never wrong; told, so that a 429 can be explained."""
        held = self._publisher.limits
        specs = sorted(self._state.desired.values(), key=lambda spec: spec.id)
        own = [spec.id for spec in specs if routes.limits_of(spec, held) != held]
        named = ", ".join(own[:10]) + (" …" if len(own) > 10 else "")
        others = f"; others for {named}: see `tenantctl status ID`" if own else ""
        text = f"{held.per_s} requests a second, {held.in_flight} at once, held for {held.hold_s} s"
        return Check("limits", ok=True, detail=text + others)

    def _check_customers(self) -> Check:
        failed = [row.id for row in self._report().tenants if row.state == "failed"]
        if not failed:
            return Check("customers", ok=True, detail="none has failed")
        return Check(
            "customers",
            ok=False,
            detail=f"failed: {', '.join(failed)}",
            mend="`tenantctl status` says why, `tenantctl logs ID` has the last words.",
        )


async def _bounded(name: str, check: Callable[[], Check]) -> Check:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            return await asyncio.to_thread(check)
    except OrchestratorError as error:
        return Check(name, False, str(error), error.mend)
    except TimeoutError:
        return Check(name, False, f"no answer within {CHECK_TIMEOUT_S:.0f} s")
