"""Images are tried once before any tenant is stopped for them, however many tenants wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from orchestrator.core.desired import TenantSpec


class Tryouts:
    """Verdicts by image id: "" is good, for as long as the controller runs; others until
    `forgive`."""

    def __init__(self, attempt: Callable[[TenantSpec], Awaitable[str]]) -> None:
        self._attempt = attempt
        self._verdicts: dict[str, str] = {}
        self._turn = asyncio.Lock()

    async def verdict(self, spec: TenantSpec) -> str:
        """Why the image is no good, or "". EngineError when it could not be tried."""
        image = spec.image_id or spec.image
        async with self._turn:
            if image not in self._verdicts:
                self._verdicts[image] = await self._attempt(spec)
            return self._verdicts[image]

    def forgive(self) -> None:
        """Try again what was no good."""
        self._verdicts = {
            image: verdict for image, verdict in self._verdicts.items() if not verdict
        }
