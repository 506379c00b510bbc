"""No foreign exception passes the engine adapter."""

from __future__ import annotations

import http.client
import inspect
import json

import docker.errors
import pytest
import requests
import urllib3.exceptions
from docker.errors import APIError

from orchestrator.adapters.docker_errors import engine_errors
from orchestrator.errors import EngineError, EngineRefused, EngineUnavailable, NameTaken, NotThere

ROOTS = (docker.errors, requests.exceptions, urllib3.exceptions, http.client)


def _classes() -> list[type[Exception]]:
    found = {
        kind
        for module in ROOTS
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and not issubclass(kind, Warning)
    }
    return sorted(found, key=lambda kind: f"{kind.__module__}.{kind.__name__}")


@pytest.mark.parametrize("kind", _classes(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_exception_of_the_libraries_is_mapped(kind: type[Exception]) -> None:
    error = kind.__new__(kind)
    if isinstance(error, requests.RequestException):
        error.response = None
    with pytest.raises(EngineError) as caught, engine_errors("try"):
        raise error
    assert caught.value.__cause__ is error
    assert str(caught.value).startswith("Cannot try: ")


@pytest.mark.parametrize(
    "error", [ConnectionResetError(), TimeoutError(), json.JSONDecodeError("x", "", 0), KeyError()]
)
def test_no_answer_and_an_unusable_one_leave_the_outcome_unknown(error: Exception) -> None:
    with pytest.raises(EngineUnavailable) as caught, engine_errors("look"):
        raise error
    assert caught.value.mend


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, EngineRefused),
        (403, EngineRefused),
        (404, NotThere),
        (409, EngineRefused),
        (500, EngineRefused),
        (502, EngineUnavailable),
        (503, EngineUnavailable),
        (504, EngineUnavailable),
    ],
)
def test_what_the_engine_says_is_told(status: int, kind: type[EngineError]) -> None:
    response = requests.Response()
    response.status_code = status
    with pytest.raises(EngineError) as caught, engine_errors("create container tenant-a"):
        raise APIError("x", response=response, explanation="because\n of   this")
    assert type(caught.value) is kind
    assert "create container tenant-a" in str(caught.value)
    assert "because of this" in str(caught.value)


def test_our_own_errors_pass_as_they_are() -> None:
    mine = NameTaken("taken", mend="rename it")
    with pytest.raises(NameTaken) as caught, engine_errors("try"):
        raise mine
    assert caught.value is mine


def test_a_mistake_of_the_program_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), engine_errors("try"):
        raise ZeroDivisionError
