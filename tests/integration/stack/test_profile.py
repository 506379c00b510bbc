"""The walls of a container as the whole platform builds them, for the real agent and a stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.docker_cli import docker, inspect
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker

HOST_CONFIG = {
    "CapDrop": ["ALL"],
    "Privileged": False,
    "ReadonlyRootfs": True,
    "SecurityOpt": ["no-new-privileges:true"],
    "PidMode": "",
    "IpcMode": "private",
    "UsernsMode": "",
    "CgroupnsMode": "private",
    "Devices": [],
    "PortBindings": {},
    "PublishAllPorts": False,
    "Init": True,
    "Binds": None,
    "Tmpfs": {"/tmp": "rw,noexec,nosuid,nodev,size=64m,mode=1777"},
    "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
}
LIMITS = {"small": 128, "large": 384}  # MB


@pytest.fixture(scope="module")
def inspected(stack: Stack) -> Iterator[dict[str, dict[str, Any]]]:
    fleet = Fleet(stack)
    fleet.add("small")
    fleet.add("large", image="data-agent:latest", tier="large")
    fleet.apply()
    yield {word: inspect(f"tenant-{fleet.id(word)}") for word in LIMITS}
    fleet.clear()


@pytest.mark.parametrize("word", LIMITS)
@pytest.mark.parametrize("field", HOST_CONFIG)
def test_host_config(inspected: dict[str, dict[str, Any]], word: str, field: str) -> None:
    assert inspected[word]["HostConfig"][field] == HOST_CONFIG[field]


@pytest.mark.parametrize("word", LIMITS)
def test_limits_user_and_network(inspected: dict[str, dict[str, Any]], word: str) -> None:
    found = inspected[word]
    host, config, name = found["HostConfig"], found["Config"], found["Name"].removeprefix("/")
    assert host["Memory"] == host["MemorySwap"] == LIMITS[word] * 1024 * 1024
    assert host["NanoCpus"] == 1_000_000_000
    assert 0 < host["PidsLimit"] <= 256
    assert not host["CapAdd"]
    assert {limit["Name"]: limit["Hard"] for limit in host["Ulimits"]} == {
        "nofile": 2048,
        "core": 0,
    }
    uid, gid = config["User"].split(":")
    assert uid == gid == str(100_000 + int(config["Labels"]["orchestrator.index"]))
    assert [*found["NetworkSettings"]["Networks"]] == [host["NetworkMode"]] == [name]
    assert config["Image"] == found["Image"]
    assert host["LogConfig"]["Config"] == {"max-file": "3", "max-size": "10m"}


@pytest.mark.parametrize("word", LIMITS)
def test_its_network_is_its_own_and_leads_nowhere(
    inspected: dict[str, dict[str, Any]], word: str
) -> None:
    network = inspect(inspected[word]["HostConfig"]["NetworkMode"], "network")
    assert network["Labels"]["orchestrator.tenant"] == inspected[word]["Config"]["Hostname"]
    assert (network["Internal"], network["EnableIPv6"]) == (True, False)
    assert network["Options"]["com.docker.network.bridge.enable_icc"] == "false"
    assert network["IPAM"]["Config"][0]["Subnet"].endswith("/29")
    assert len(network["Containers"]) == 1


@pytest.mark.parametrize("word", LIMITS)
def test_no_secret_stands_in_it(
    stack: Stack, inspected: dict[str, dict[str, Any]], word: str
) -> None:
    tenant = inspected[word]["Config"]["Hostname"]
    token = (stack.root / "platform/secrets" / tenant / "token").read_text().strip()
    password = (stack.data(tenant) / "initial-admin-password").read_text().strip()
    said = docker("logs", f"tenant-{tenant}") + stack.logs("controller", 2000)
    for secret in (token, password):
        assert secret not in str(inspected[word])
        assert secret not in said


def test_data_of_two_tenants_has_two_owners_and_nobody_else_may_look(
    stack: Stack, inspected: dict[str, dict[str, Any]]
) -> None:
    owners = set()
    for found in inspected.values():
        directory = stack.data(found["Config"]["Hostname"]).stat()
        assert oct(directory.st_mode & 0o777) == "0o700"
        owners.add(directory.st_uid)
    assert len(owners) == len(inspected)
