"""The container profile as the engine really has it, check by check of the CIS Docker Benchmark."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.core.desired import TenantSpec
from tests.integration.adapters.small_world import World, docker

pytestmark = pytest.mark.docker

NAME = "tenant-profiled"
CIS: dict[str, tuple[str, object]] = {
    "4.1 a user of its own": ("Config.User", "100040:100040"),
    "5.4 no capabilities": ("HostConfig.CapDrop", ["ALL"]),
    "5.4 none given back": ("HostConfig.CapAdd", []),
    "5.5 not privileged": ("HostConfig.Privileged", False),
    "5.8 no ports": ("HostConfig.PortBindings", {}),
    "5.9 none by the image either": ("HostConfig.PublishAllPorts", False),
    "5.10 own network": ("HostConfig.NetworkMode", NAME),
    "5.11 memory": ("HostConfig.Memory", 128 * 1024 * 1024),
    "5.11 no swap": ("HostConfig.MemorySwap", 128 * 1024 * 1024),
    "5.12 weight": ("HostConfig.CpuShares", 512),
    "5.12 cores": ("HostConfig.NanoCpus", 500_000_000),
    "5.13 read-only root": ("HostConfig.ReadonlyRootfs", True),
    "5.15 restarted by the controller alone": ("HostConfig.RestartPolicy.Name", "no"),
    "5.16 own processes": ("HostConfig.PidMode", ""),
    "5.17 own IPC": ("HostConfig.IpcMode", "private"),
    "5.18 no devices": ("HostConfig.Devices", []),
    "5.19 limits": (
        "HostConfig.Ulimits",
        [{"Name": "nofile", "Hard": 2048, "Soft": 1024}, {"Name": "core", "Hard": 0, "Soft": 0}],
    ),
    "5.21 own host name": ("HostConfig.UTSMode", ""),
    "5.22 and 5.26": ("HostConfig.SecurityOpt", ["no-new-privileges:true"]),
    "5.25 the engine's cgroup": ("HostConfig.CgroupParent", ""),
    "5.27 health": ("Config.Healthcheck.Test", ["CMD", "python3", "-c", "pass"]),
    "5.27 seldom": ("Config.Healthcheck.Interval", 3600 * 10**9),
    "5.29 processes": ("HostConfig.PidsLimit", 256),
    "5.31 not the host's users": ("HostConfig.UsernsMode", ""),
    "own cgroup view": ("HostConfig.CgroupnsMode", "private"),
    "init": ("HostConfig.Init", True),
    "tmp": ("HostConfig.Tmpfs./tmp", "rw,noexec,nosuid,nodev,size=64m,mode=1777"),
    "logs": ("HostConfig.LogConfig.Type", "json-file"),
    "bounded logs": ("HostConfig.LogConfig.Config", {"max-file": "3", "max-size": "10m"}),
    "no volumes": ("HostConfig.Binds", None),
    "none of others": ("HostConfig.VolumesFrom", None),
    "stop signal": ("Config.StopSignal", "SIGTERM"),
    "stop time-out": ("Config.StopTimeout", 30),
    "no resolver": ("HostConfig.Dns", ["127.0.0.1"]),
    "no host names": ("HostConfig.ExtraHosts", []),
    "host name": ("Config.Hostname", "profiled"),
    "not removed by itself": ("HostConfig.AutoRemove", False),
    "no groups": ("HostConfig.GroupAdd", None),
}


@pytest.fixture(scope="module")
def spec(world: World) -> TenantSpec:
    return world.start("profiled", 40)


@pytest.fixture(scope="module")
def inspected(spec: TenantSpec) -> dict[str, Any]:
    found: list[dict[str, Any]] = json.loads(docker("inspect", NAME))
    return found[0]


@pytest.mark.parametrize("check", CIS)
def test_field(inspected: dict[str, Any], check: str) -> None:
    path, wanted = CIS[check]
    found: Any = inspected
    for part in path.split("."):
        found = found[part]
    assert found == wanted


def test_two_mounts_and_no_others(inspected: dict[str, Any], spec: TenantSpec) -> None:
    found = {
        (mount["Type"], mount["Source"], mount["Destination"], mount["RW"], mount["Propagation"])
        for mount in inspected["Mounts"]
    }
    assert found == {
        ("bind", spec.data_dir, "/data", True, "rprivate"),
        ("bind", spec.token_file, "/run/secrets/platform-token", False, "rprivate"),
    }


def test_the_image_is_by_id_and_no_secret_shows(
    inspected: dict[str, Any], spec: TenantSpec, world: World
) -> None:
    assert inspected["Config"]["Image"] == spec.image_id == inspected["Image"]
    assert world.data.token(spec.id) not in json.dumps(inspected)


def test_the_agent_is_told_its_tier(inspected: dict[str, Any], spec: TenantSpec) -> None:
    told = dict(entry.split("=", 1) for entry in inspected["Config"]["Env"])
    assert {key: value for key, value in told.items() if key.startswith("DATA_AGENT_")} == {
        "DATA_AGENT_TENANT_NAME": "The profiled",
        "DATA_AGENT_MAX_USERS": "3",
        "DATA_AGENT_MAX_CSV_FILES": "unlimited",
        "DATA_AGENT_MEMORY_BYTES": str(128 * 1024 * 1024),
        "DATA_AGENT_DISK_BYTES": str(1024 * 1024 * 1024),
        "DATA_AGENT_QUESTIONS_PER_DAY": "200",
        "DATA_AGENT_PLATFORM_TOKEN_FILE": "/run/secrets/platform-token",
        "DATA_AGENT_TRUSTED_PROXY": f"{spec.gateway}/32",
        "DATA_AGENT_LLM_GATEWAY": f"http://{spec.gateway}:8482/v1",
        "DATA_AGENT_LLM_PRIVACY": "names",
    }
    assert (told["DATA_DIR"], told["PORT"]) == ("/data", "8000")


def test_the_kernel_agrees(spec: TenantSpec) -> None:
    lines = _inside("cat /proc/self/status").splitlines()
    status = {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}
    assert {status[key] for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert (status["Uid"].split(), status["Gid"].split()) == (["100040"] * 4, ["100040"] * 4)
    assert status["Groups"] in ("", "100040")


@pytest.mark.parametrize(
    ("command", "works"),
    [
        ("touch /data/x && rm /data/x", True),
        ("touch /tmp/x", True),
        ("cp /bin/true /tmp/x && chmod +x /tmp/x && /tmp/x", False),
        ("touch /x", False),
        ("touch /etc/x", False),
        ("test -r /run/secrets/platform-token", True),
        ("echo x > /run/secrets/platform-token", False),
        ("rm /run/secrets/platform-token", False),
        ("dd if=/dev/zero of=/tmp/x bs=1M count=65", False),
        ("test -e /var/run/docker.sock", False),
        # Of the first process: runc 1.1 sometimes gives one that comes by exec the hard limit.
        ("grep -q 'open files  *1024  *2048 ' /proc/1/limits", True),
        ("grep -q 'core file size  *0  *0 ' /proc/1/limits", True),
    ],
)
def test_from_inside(spec: TenantSpec, command: str, works: bool) -> None:
    assert _inside(f"({command}) >/dev/null 2>&1 && echo works || echo fails") == (
        "works" if works else "fails"
    )
    _inside("rm -f /tmp/x")


def test_the_network_is_the_tenants_alone(spec: TenantSpec) -> None:
    (found,) = json.loads(docker("network", "inspect", NAME))
    assert (found["Driver"], found["Internal"], found["EnableIPv6"]) == ("bridge", True, False)
    assert found["IPAM"]["Config"] == [{"Subnet": spec.subnet, "Gateway": spec.gateway}]
    assert found["Options"] == {
        "com.docker.network.bridge.name": spec.bridge,
        "com.docker.network.bridge.enable_icc": "false",
        "com.docker.network.bridge.enable_ip_masquerade": "false",
    }
    assert [end["Name"] for end in found["Containers"].values()] == [NAME]


def _inside(command: str) -> str:
    return docker("exec", NAME, "sh", "-c", command)
