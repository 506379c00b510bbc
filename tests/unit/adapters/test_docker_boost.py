"""What is lent to a container must never be what a start or a stop fails by."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import requests
from docker.errors import APIError

from orchestrator.adapters import docker_profile
from orchestrator.adapters.docker_boost import WITHIN_S, Boost
from orchestrator.core import names
from tests.unit.adapters.tenant_specs import tenant_spec

SPEC = tenant_spec()
LABELS = {
    names.LABEL_INSTANCE: "mine",
    names.LABEL_TENANT: SPEC.id,
    names.LABEL_INDEX: "0",
    names.LABEL_FINGERPRINT: SPEC.fingerprint,
    names.LABEL_SPEC: json.dumps(SPEC.container_fields),
}


class Asked:
    """An engine with `cores`, or one that does not do as it is asked."""

    def __init__(self, cores: int = 4, error: Exception | None = None) -> None:
        self.cores, self.error = cores, error
        self.updates: list[dict[str, int]] = []

    def __call__(self, method: str, path: str, *, body: Any = None, timeout_s: Any = None) -> Any:
        assert timeout_s == WITHIN_S
        if path.endswith("/update"):
            self.updates.append(body)
            if self.error:
                raise self.error
        return type("Answer", (), {"json": lambda _: {"NCPU": self.cores}})()


def found(labels: dict[str, str] = LABELS, **host: int) -> dict[str, Any]:
    has = {**docker_profile.processor(500), **host}
    return {"Id": "1", "Name": "/tenant-a", "Config": {"Labels": labels}, "HostConfig": has}


def boost(asked: Asked) -> Boost:
    return Boost(asked, "mine", logging.getLogger("test"))


@pytest.mark.parametrize(("cores", "lent"), [(1, 1), (2, 2), (64, 2)])
def test_so_much_is_lent_and_its_own_is_given_back(cores: int, lent: int) -> None:
    asked = Asked(cores)
    boost(asked).lend(found())
    boost(asked).take_back(found())
    more = {"NanoCpus": lent * 10**9, "CpuShares": docker_profile.BOOSTED_SHARES}
    assert asked.updates == [more, docker_profile.processor(500)]


@pytest.mark.parametrize(
    "error",
    [
        APIError("no"),
        requests.ConnectionError("away"),
        requests.Timeout("stands still"),
        KeyError("message"),
    ],
)
def test_an_engine_that_does_not_lend_fails_nothing(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    asked = Asked(error=error)
    boost(asked).lend(found())
    boost(asked).take_back_quietly(found())
    assert len(asked.updates) == 2
    assert "lend processor time to container tenant-a" in caplog.text
    assert "take processor time back from container tenant-a" in caplog.text


def test_nothing_is_lent_that_could_not_be_given_back() -> None:
    asked = Asked()
    boost(asked).lend(found(LABELS | {names.LABEL_SPEC: "not json"}))
    boost(asked).lend(found(LABELS | {names.LABEL_INSTANCE: "theirs"}))
    assert asked.updates == []


def test_whether_anything_is_lent_is_read_off_the_container() -> None:
    lender = boost(Asked())
    assert not lender.is_lent(found())
    assert lender.is_lent(found(CpuShares=docker_profile.BOOSTED_SHARES))
    assert lender.is_lent(found(NanoCpus=1))
