"""Questions over HTTP: to the agents, whether they are ready; to Traefik, which routes are live."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus

from orchestrator.adapters.http_get import Answer, get
from orchestrator.core.desired import AGENT_PORT

READY, ACTIVITY = "/readyz", "/internal/activity"
SERVES = (HTTPStatus.OK, HTTPStatus.INSUFFICIENT_STORAGE)
AT_ONCE = 64  # open questions; more wait for their turn, which is not part of their deadline


class HttpProber:
    """Conforms to `orchestrator.ports.Prober`.

    `generation_host` and `generation_header` are those of the generated route; Traefik listens on
    `http_port` of the loopback. `timeout_s` is the deadline of one question, connecting included.
    """

    def __init__(
        self,
        *,
        http_port: int,
        http_address: str = "127.0.0.1",
        generation_host: str,
        generation_header: str,
        timeout_s: float = 1.0,
    ) -> None:
        self._http_port = http_port
        self._http_address = http_address
        self._generation_host = generation_host
        self._generation_header = generation_header.lower()
        self._timeout_s = timeout_s
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def ready(self, address: str) -> bool:
        """Whether the agent can serve. False without an answer, too.

        One without room to write (507) can: it refuses what would be written and answers the rest,
        and neither a restart nor a page of ours would make room.
        """
        answer = await self._get(address, AGENT_PORT, READY, {"Host": address})
        return answer is not None and answer.status in SERVES

    async def activity(self, address: str, token: str) -> Mapping[str, object] | None:
        """What the agent says of itself; None without an answer that is a JSON object."""
        headers = {"Host": address, "Authorization": f"Bearer {token}"}
        answer = await self._get(address, AGENT_PORT, ACTIVITY, headers)
        if answer is None or answer.status != 200:
            return None
        try:
            found = json.loads(answer.body)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    async def generation(self) -> str | None:
        """The route generation that Traefik serves; None when it does not answer with one."""
        headers = {"Host": self._generation_host}
        answer = await self._get(self._http_address, self._http_port, "/", headers)
        return answer.headers.get(self._generation_header) if answer else None

    async def _get(
        self, address: str, port: int, path: str, headers: Mapping[str, str]
    ) -> Answer | None:
        async with self._turns:
            return await get(address, port, path, headers, self._timeout_s)
