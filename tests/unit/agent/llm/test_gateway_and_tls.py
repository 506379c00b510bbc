"""Through the platform's gateway, and over TLS that is not to be trusted."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.llm.asker import NONE_CONFIGURED
from data_agent.values import Answer, Declined

from tests.support.fake_llm import FakeLlm, streamed
from tests.unit.agent.llm.asking import CLEAR, GOOD, KEY, VAGUE, ask_with

OPEN = {
    "configured": True,
    "provider": "openai",
    "model": "house",
    "budget_tokens": 9,
    "used_tokens": 1,
}


@pytest.mark.parametrize(
    ("provider", "path"), [("openai", "/v1/chat/completions"), ("anthropic", "/v1/messages")]
)
def test_the_gateway_gets_the_platforms_token_and_the_right_dialect(
    tmp_path: Path, provider: str, path: str
) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        answer = await engine.ask(VAGUE)
        assert isinstance(answer, Answer) and answer.source == "llm"
        (heard,) = fake.heard
        assert (heard.path, heard.body["model"]) == (path, "house")
        assert heard.headers["authorization"] == f"Bearer {KEY}"
        assert "x-api-key" not in heard.headers

    status = {**OPEN, "provider": provider}
    ask_with(tmp_path, [streamed(GOOD)], scenario, gateway="yes", fake_status=status)


@pytest.mark.parametrize("status", [{"configured": False, "provider": None}, {}])
def test_a_gateway_without_an_endpoint_changes_no_answer(tmp_path: Path, status: Any) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        declined = await engine.ask(VAGUE)
        assert isinstance(declined, Declined) and "model" not in declined.reason
        answer = await engine.ask(CLEAR, model_first=True)
        assert isinstance(answer, Answer)
        assert answer.notes[-1].endswith(f"own rules. {NONE_CONFIGURED}")
        assert not fake.heard

    ask_with(tmp_path, [streamed(GOOD)], scenario, gateway="yes", fake_status=status)


def test_a_direct_endpoint_gets_key_and_own_headers(tmp_path: Path) -> None:
    headers = tmp_path / "headers.json"
    headers.write_text('{"X-Team": "data", "host": "evil.example"}')

    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        await engine.ask(VAGUE)
        (heard,) = fake.heard
        assert heard.headers["x-api-key"] == KEY
        assert heard.headers["x-team"] == "data"
        assert heard.headers["anthropic-version"]
        assert heard.headers["host"] == f"127.0.0.1:{fake.port}"
        headers.write_text("[1]")
        declined = await engine.ask(VAGUE)
        assert isinstance(declined, Declined) and "must hold a JSON object" in declined.reason

    changes: dict[str, Any] = {"provider": "anthropic", "headers_file": headers}
    ask_with(tmp_path, [streamed(GOOD)], scenario, **changes)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"a key\nof two lines", "no header may have"), (b"\xff", "cannot be read")],
)
def test_a_key_that_cannot_be_one_is_not_repeated(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    key = tmp_path / "odd-key"
    key.write_bytes(content)

    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        declined = await engine.ask(VAGUE)
        assert isinstance(declined, Declined) and reason in declined.reason
        assert "two lines" not in declined.reason

    ask_with(tmp_path, [streamed(GOOD)], scenario, key_file=key)


def test_a_certificate_is_checked_against_the_systems_authorities(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, tmp_path / "key.pem")

    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        declined = await engine.ask(VAGUE)
        assert isinstance(declined, Declined)
        assert f"The certificate of 127.0.0.1:{fake.port} is not trusted" in declined.reason
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        answer = await engine.ask(VAGUE)
        assert isinstance(answer, Answer) and answer.source == "llm"

    ask_with(tmp_path, [streamed(GOOD)], scenario, fake_tls=context)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:1/v1", "127.0.0.1:1 cannot be reached"),
        ("http://no-such-host.invalid/v1", "no host no-such-host.invalid"),
    ],
)
def test_an_endpoint_that_is_not_there_is_named(tmp_path: Path, url: str, reason: str) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        declined = await engine.ask(VAGUE)
        assert isinstance(declined, Declined) and reason in declined.reason

    ask_with(tmp_path, [streamed(GOOD)], scenario, base_url=url)


def self_signed(directory: Path) -> Path:
    path = directory / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += [
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=model",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    command += ["-keyout", str(directory / "key.pem"), "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return path
