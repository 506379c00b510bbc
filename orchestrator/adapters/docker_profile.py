"""The container and network profile of a tenant: from a spec to what the engine is asked for.

Pure. Every field of `container` is one that `docker inspect` shows, and names the check of the CIS
Docker Benchmark (v1.6) that it answers. Raise `PROFILE` in core/desired.py with every change here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from orchestrator.core import names
from orchestrator.core.desired import AGENT_PORT, TenantSpec

Json = Mapping[str, Any]

DATA_MOUNT = "/data"
TOKEN_MOUNT = "/run/secrets/platform-token"  # noqa: S105  a path, not a secret
STOP_SECONDS = 30  # the agent's own drain is bounded by 20 s; what is left closes the database
NO_RESTART = "no"
CORE_SHARES = 1024
BOOSTED_SHARES = 9999  # of one that is lent processor time; the platform itself has more
PROCESSOR = ("NanoCpus", "CpuShares")
SECOND = 1_000_000_000  # the engine counts durations in nanoseconds

# One probe 20 s after the start, then one an hour: each is a process in the container, and the
# platform itself asks over HTTP. It is there for `docker ps`, with the command that the image has.
HEALTHCHECK: Json = {
    "Interval": 3600 * SECOND,
    "Timeout": 10 * SECOND,
    "StartPeriod": 300 * SECOND,
    "StartInterval": 20 * SECOND,
    "Retries": 3,
}


def labels(spec: TenantSpec, instance: str) -> Mapping[str, str]:
    """What a container and its network say about themselves. No secrets."""
    return {
        names.LABEL_INSTANCE: instance,
        names.LABEL_TENANT: spec.id,
        names.LABEL_INDEX: str(spec.index),
        names.LABEL_FINGERPRINT: spec.fingerprint,
        names.LABEL_SPEC: json.dumps(spec.container_fields, sort_keys=True),
    }


def container(spec: TenantSpec, instance: str) -> Json:
    """Body of `POST /containers/create`."""
    return {
        "Image": spec.image_id,  # by id: a moved tag changes nothing that runs
        "Hostname": spec.id,
        "User": f"{spec.uid}:{spec.uid}",  # 4.1: numeric, not root, no one else's
        "Env": [f"{key}={value}" for key, value in environment(spec).items()],
        "Labels": labels(spec, instance),
        "Healthcheck": HEALTHCHECK,  # 5.27
        "StopSignal": "SIGTERM",
        "StopTimeout": STOP_SECONDS,
        "HostConfig": host_config(spec),
        "NetworkingConfig": {
            "EndpointsConfig": {
                names.network_name(spec.id): {"IPAMConfig": {"IPv4Address": spec.address}}
            }
        },
    }


def host_config(spec: TenantSpec) -> Json:
    """The walls. AppArmor (5.2) and seccomp (5.22) are the engine's defaults: not weakened."""
    return {
        "NetworkMode": names.network_name(spec.id),  # 5.10, 5.30: neither the host's nor docker0
        "Privileged": False,  # 5.5
        "CapDrop": ["ALL"],  # 5.4
        "CapAdd": [],
        "SecurityOpt": ["no-new-privileges:true"],  # 5.26
        "ReadonlyRootfs": True,  # 5.13
        "Tmpfs": {"/tmp": "rw,noexec,nosuid,nodev,size=64m,mode=1777"},  # noqa: S108
        "ShmSize": 16 * 1024 * 1024,
        "Mounts": [  # 5.6, 5.20, 5.32
            _bind(spec.data_dir, DATA_MOUNT, read_only=False),
            _bind(spec.token_file, TOKEN_MOUNT, read_only=True),
        ],
        **limits(spec.limits.memory_bytes, spec.limits.millicpus, spec.limits.pids),
        "OomScoreAdj": 300,  # when the host itself runs out: a tenant before the platform
        "Ulimits": [  # 5.19
            {"Name": "nofile", "Soft": 1024, "Hard": 2048},
            {"Name": "core", "Soft": 0, "Hard": 0},
        ],
        "RestartPolicy": {"Name": NO_RESTART},  # 5.15: the controller does, with reason and backoff
        "Init": True,
        "IpcMode": "private",  # 5.17
        "CgroupnsMode": "private",
        "PidMode": "",  # 5.16: own
        "UTSMode": "",  # 5.21: own
        "UsernsMode": "",  # 5.31: not the host's
        "CgroupParent": "",  # 5.25
        "PortBindings": {},  # 5.8, 5.9, 5.14: nothing is published
        "PublishAllPorts": False,
        "Devices": [],  # 5.18
        # The engine's resolver would forward names to the host's; this is the container's own
        # loopback, where nothing listens.
        "Dns": ["127.0.0.1"],
        "DnsSearch": ["."],
        "ExtraHosts": [],
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}},
    }


def limits(memory_bytes: int, millicpus: int, pids: int) -> Mapping[str, int]:
    """What `docker update` could change while the container runs."""
    return {
        "Memory": memory_bytes,  # 5.11
        "MemorySwap": memory_bytes,  # equal: no swap
        "PidsLimit": pids,  # 5.29
        **processor(millicpus),
    }


def processor(millicpus: int) -> dict[str, int]:
    """Of `limits`, what is lent more of for a start."""
    return {
        "NanoCpus": millicpus * 1_000_000,
        "CpuShares": max(2, millicpus * CORE_SHARES // 1000),  # 5.12: weight by tier
    }


def made_with(fields: Mapping[str, object]) -> dict[str, int] | None:
    """`processor` of a container, from the fields of its label; None when they do not tell it."""
    millicpus = fields.get("limits.millicpus")
    return processor(millicpus) if isinstance(millicpus, int) else None


def environment(spec: TenantSpec) -> Mapping[str, str]:
    """What the agent is told. The token is a file: an environment variable would show it."""
    limits = spec.limits
    return {
        "DATA_AGENT_TENANT_NAME": spec.name,
        "DATA_AGENT_MAX_USERS": _limit(limits.users),
        "DATA_AGENT_MAX_CSV_FILES": _limit(limits.csv_files),
        "DATA_AGENT_MEMORY_BYTES": str(limits.memory_bytes),
        "DATA_AGENT_DISK_BYTES": str(limits.disk_bytes),
        "DATA_AGENT_QUESTIONS_PER_DAY": _limit(limits.questions_per_day),
        "DATA_AGENT_PLATFORM_TOKEN_FILE": TOKEN_MOUNT,
        "DATA_AGENT_TRUSTED_PROXY": f"{spec.gateway}/32",
        "DATA_AGENT_LLM_GATEWAY": f"http://{spec.gateway}:{spec.llm_port}/v1",
        "DATA_AGENT_LLM_PRIVACY": spec.llm_privacy,
        "DATA_DIR": DATA_MOUNT,
        "PORT": str(AGENT_PORT),
    }


def network(spec: TenantSpec, instance: str) -> Json:
    """Body of `POST /networks/create`: a bridge of the tenant's own that leads nowhere."""
    return {
        "Name": names.network_name(spec.id),
        "Driver": "bridge",
        "Internal": True,
        "EnableIPv6": False,
        "Attachable": False,
        "IPAM": {
            "Driver": "default",
            "Config": [{"Subnet": spec.subnet, "Gateway": spec.gateway}],
        },
        "Options": {
            BRIDGE_NAME: spec.bridge,
            BRIDGE_ICC: "false",
            "com.docker.network.bridge.enable_ip_masquerade": "false",
        },
        "Labels": {
            key: value
            for key, value in labels(spec, instance).items()
            if key in (names.LABEL_INSTANCE, names.LABEL_TENANT, names.LABEL_INDEX)
        },
    }


BRIDGE_NAME = "com.docker.network.bridge.name"
BRIDGE_ICC = "com.docker.network.bridge.enable_icc"


def _bind(source: str, target: str, *, read_only: bool) -> Json:
    """As a mount, not as `Binds`: a source that is missing is refused instead of made."""
    return {
        "Type": "bind",
        "Source": source,
        "Target": target,
        "ReadOnly": read_only,
        "BindOptions": {"Propagation": "rprivate"},
    }


def _limit(value: int | None) -> str:
    return "unlimited" if value is None else str(value)
