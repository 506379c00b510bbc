"""The Docker engine, behind the port `Engine`. The only file that uses the Docker SDK's client.

Safe to use from many threads at once: the SDK's session keeps one connection per call under way.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import requests
from docker import APIClient
from docker.errors import APIError, NotFound, create_api_error_from_http_exception

from orchestrator.adapters import docker_conflicts, docker_profile, docker_text, docker_tryout
from orchestrator.adapters.docker_boost import Boost
from orchestrator.adapters.docker_errors import engine_errors
from orchestrator.adapters.docker_look import Look
from orchestrator.adapters.docker_observe import ours
from orchestrator.adapters.docker_streams import EventStream, LogStream
from orchestrator.core import names
from orchestrator.core.desired import TenantSpec
from orchestrator.errors import EngineRefused, NameTaken, NotThere
from orchestrator.ports import EngineSnapshot

Json = Mapping[str, Any]

API_VERSION = "1.44"  # Engine 25 and later; the oldest that Engine 29 still answers
CONNECTIONS = 64
MAX_TAIL = 10_000  # lines; the log files themselves are bounded by the profile
EVENTS = {
    "type": ["container", "network"],
    "event": (
        "create start restart die oom kill stop destroy pause unpause rename update "
        "connect disconnect"
    ).split(),
}


class DockerEngine:
    """Conforms to `orchestrator.ports.Engine`. Nothing is asked of the engine when it is made.

    `socket` is the path of the engine's unix socket; `timeout_s` bounds each wait for an answer
    (a stop waits for its grace period as well).
    """

    def __init__(
        self, socket: str, instance: str, *, timeout_s: int = 60, log: logging.Logger
    ) -> None:
        self._instance = instance
        self._timeout_s = timeout_s
        self._log = log
        self._client = APIClient(
            base_url=f"unix://{socket}",
            version=API_VERSION,
            timeout=timeout_s,
            max_pool_size=CONNECTIONS,
        )
        self._client.trust_env = False  # no proxy and no netrc has a say on a unix socket
        self._look = Look(self._client, instance)
        self._boost = Boost(self._ask, instance, log)

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def version(self) -> str:
        """The engine's version, as "26.1.5"."""
        with engine_errors("ask the engine for its version"):
            return str(self._client.version()["Version"])

    def snapshot(self) -> EngineSnapshot:
        """All that is ours, in two calls and an inspect per container that changed since.

        EngineUnavailable for every failure at all: never a part of the world.
        """
        return self._look.snapshot()

    def image_id(self, image: str) -> str | None:
        """The id of a local image; None when there is none of that name."""
        try:
            with engine_errors(f"look for the image {image}"):
                path = f"/images/{quote(image, safe='/:@')}/json"
                return str(self._ask("GET", path).json()["Id"])
        except NotThere:
            return None

    def create_network(self, spec: TenantSpec) -> None:
        """Make the tenant's network; one of ours that is the same already is left as it is."""
        wanted = docker_profile.network(spec, self._instance)
        with engine_errors(f"create network {wanted['Name']}"):
            try:
                self._create("/networks/create", wanted)
            except APIError as refusal:
                networks = self._client.networks()
                if docker_conflicts.is_there(networks, spec, self._instance):
                    return
                taken = docker_conflicts.taken_by(networks, spec, self._instance)
                if taken is None:
                    raise
                raise NameTaken(taken, mend=docker_conflicts.MEND) from refusal

    def remove_network(self, network_id: str) -> None:
        """Remove it. EngineRefused, naming them, while containers hang on it."""
        doing = f"remove network {network_id[:12]}"
        try:
            with engine_errors(doing):
                found = self._client.inspect_network(network_id)
                self._refuse_foreign("network", found["Name"], found["Labels"])
                attached = [end["Name"] for end in (found["Containers"] or {}).values()]
                if attached:
                    raise EngineRefused(
                        f"Cannot remove network {found['Name']}: still attached: "
                        + ", ".join(sorted(attached)),
                        mend="Remove or disconnect these containers, then run `tenantctl apply`.",
                    )
                self._client.remove_network(network_id)
        except NotThere:
            self._log.debug("network %s was gone already", network_id[:12])

    def create_container(self, spec: TenantSpec) -> None:
        """Create it, not started. NotThere when its image is not on this machine any more."""
        name = names.container_name(spec.id)
        if spec.image_id is None:
            raise EngineRefused(
                f"Cannot create container {name}: no image {spec.image} is on this machine",
                mend=f"Build it with `make up`, or fetch it: `docker pull {spec.image}`.",
            )
        config = docker_profile.container(spec, self._instance)
        with engine_errors(f"create container {name}"):
            try:
                self._create("/containers/create", config, {"name": name})
            except APIError as refusal:
                if refusal.status_code != HTTPStatus.CONFLICT:
                    raise
                self._own(name)

    def start_container(self, name: str) -> None:
        """Start it with processor time lent until `settle`, or let it go on when it is paused.

        Silent when it runs.
        """
        with engine_errors(f"start container {name}"):
            found = self._own(name)
            if found["State"]["Paused"]:
                self._client.unpause(found["Id"])
            elif not found["State"]["Running"]:
                self._boost.lend(found)
                self._client.start(found["Id"])

    def settle(self, name: str) -> None:
        """Take back the processor time lent for the start. Silent when there is nothing to."""
        with engine_errors(f"take back what was lent to container {name}"):
            try:
                found = self._own(name)
                if self._boost.is_lent(found):
                    self._boost.take_back(found)
                    self._look.forget(found["Id"])  # its event may come after the next look
            except (NotFound, NameTaken):
                self._log.debug("container %s was gone already", name)

    def stop_container(self, container_id: str, grace_s: int, cut: bool = False) -> None:
        """SIGTERM (with `cut` twice), SIGKILL after `grace_s` seconds; returns at its end."""
        with engine_errors(f"stop container {container_id[:12]}"):
            try:
                found = self._own(container_id)
                if found["State"]["Paused"]:  # it could not act on SIGTERM
                    self._client.unpause(container_id)
                hurry = cut and found["State"]["Running"]
                if hurry:
                    self._boost.lend(found)
                    self._tell_to_end(container_id)
                self._client.stop(container_id, timeout=grace_s)
                self._client.wait(container_id, timeout=self._timeout_s, condition="not-running")
                if hurry:
                    self._boost.take_back_quietly(found)
            except NotFound:
                self._log.debug("container %s was gone already", container_id[:12])

    def _tell_to_end(self, container_id: str) -> None:
        try:
            self._client.kill(container_id, signal="SIGTERM")
        except APIError as refusal:
            if refusal.status_code != HTTPStatus.CONFLICT:  # it has ended meanwhile
                raise

    def remove_container(self, container_id: str) -> None:
        """Remove one that does not run, never its volumes; returns when it is gone."""
        with engine_errors(f"remove container {container_id[:12]}"):
            try:
                found = self._own(container_id)
                if found["State"]["Status"] == "removing":
                    self._client.wait(container_id, timeout=self._timeout_s, condition="removed")
                else:
                    self._client.remove_container(container_id)
            except NotFound:
                self._log.debug("container %s was gone already", container_id[:12])

    def is_running(self, name: str) -> bool:
        """Whether a container of ours of this name runs now; False when there is none."""
        try:
            with engine_errors(f"look at container {name}"):
                return bool(self._own(name)["State"]["Running"])
        except (NotThere, NameTaken):
            return False

    def try_image(self, spec: TenantSpec) -> str:
        """Start the image apart from network and data, then remove it. Why it is no good, or ""."""
        with engine_errors(f"try image {spec.image}"):
            return docker_tryout.try_image(self._ask, spec, self._instance)

    def logs(self, name: str, tail: int) -> str:
        """The last `tail` lines of both streams, safe for a terminal."""
        with engine_errors(f"read the logs of {name}"):
            return "".join(docker_text.lines([self._logs(name, tail, follow=False).content]))

    def follow_logs(self, name: str, tail: int) -> LogStream:
        """The last `tail` lines and all that follow, until the container ends or `close()`."""
        doing = f"follow the logs of {name}"
        with engine_errors(doing):
            return LogStream(self._logs(name, tail, follow=True), doing)

    def memory_bytes(self, container_id: str) -> int | None:
        """Memory in use without the page cache that can be given back, as `docker stats` counts.

        None when it does not run or is gone.
        """
        try:
            with engine_errors(f"read the memory of {container_id[:12]}"):
                found = self._client.stats(container_id, stream=False, one_shot=True)
                memory = found.get("memory_stats") or {}
                if "usage" not in memory:
                    return None
                counters = memory.get("stats") or {}
                cache = counters.get("inactive_file", counters.get("total_inactive_file", 0))
                return max(0, int(memory["usage"]) - int(cache))
        except NotThere:
            return None

    def events(self) -> EventStream:
        """Tenant ids as things happen. Blocks between events; `close()` ends it from any thread."""
        with engine_errors("follow the engine's events"):
            response = self._ask("GET", "/events", {"filters": json.dumps(EVENTS)}, stream=True)
            return EventStream(response, self._instance, self._look.forget)

    def _logs(self, name: str, tail: int, *, follow: bool) -> requests.Response:
        found = self._own(name)
        wanted = max(0, min(tail, MAX_TAIL))
        query = {"stdout": 1, "stderr": 1, "follow": int(follow), "tail": wanted}
        return self._ask("GET", f"/containers/{found['Id']}/logs", query, stream=follow)

    def _own(self, ref: str) -> Json:
        """Inspect a container of ours. NameTaken when it is somebody else's: it is not touched."""
        found: Json = self._client.inspect_container(ref)
        self._refuse_foreign(
            "container", found["Name"].removeprefix("/"), found["Config"]["Labels"]
        )
        return found

    def _refuse_foreign(self, kind: str, name: str, labels: Mapping[str, str] | None) -> None:
        if ours(labels, self._instance) is None:
            raise NameTaken(
                f"The {kind} {name} is not of this platform", mend=docker_conflicts.MEND
            )

    def _create(self, path: str, body: Json, query: Json | None = None) -> None:
        """An answer without an id was cut off: whether it was created is not known."""
        created = self._ask("POST", path, query, body=body).json()["Id"]
        self._log.debug("%s: %s", path, created)

    def _ask(
        self,
        method: str,
        path: str,
        query: Json | None = None,
        *,
        body: Json | None = None,
        stream: bool = False,
        timeout_s: float | None = None,
    ) -> requests.Response:
        """A call that the SDK has no bounded, closable or complete form of; errors as the SDK's."""
        url = f"{self._client.base_url}/v{API_VERSION}{path}"
        response = self._client.request(
            method,
            url,
            params=query,
            json=body,
            stream=stream,
            timeout=timeout_s or self._timeout_s,
        )
        try:
            response.raise_for_status()
        except requests.HTTPError as error:
            create_api_error_from_http_exception(error)
        return response
