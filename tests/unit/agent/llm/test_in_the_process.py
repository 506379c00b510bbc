"""The real process with an endpoint of its own: steps as they come, a stop that reaches the model,
nothing of it in the log, and no memory for what is not used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support import fake_llm as llm
from tests.support.agent_process import AgentProcess, agent_process
from tests.support.fake_llm import streamed
from tests.support.fake_llm_thread import Endpoint
from tests.unit.agent.llm.asking import GOOD, KEY, SALES, VAGUE

EVENTS = {"Accept": "text/event-stream"}


@contextmanager
def asked_agent(
    directory: Path, endpoint: Endpoint, **variables: str
) -> Iterator[tuple[AgentProcess, httpx.Client]]:
    key = directory / "key"
    key.write_text(KEY)
    data = directory / "data"
    data.mkdir()
    with agent_process(
        data,
        DATA_AGENT_LLM_BASE_URL=endpoint.fake.url,
        DATA_AGENT_LLM_MODEL="a-model",
        DATA_AGENT_LLM_API_KEY_FILE=str(key),
        **variables,
    ) as agent:
        admin = agent.admin()
        files = {"file": ("sales.csv", SALES.encode(), "text/csv")}
        admin.post("/api/v1/files", files=files).raise_for_status()
        yield agent, admin


def test_steps_then_the_answer_and_nothing_in_the_log(tmp_path: Path) -> None:
    with Endpoint([streamed(GOOD)]) as endpoint, asked_agent(tmp_path, endpoint) as (agent, admin):
        with admin.stream("POST", "/api/v1/ask", json={"question": VAGUE}, headers=EVENTS) as told:
            lines = [json.loads(line[6:]) for line in told.iter_lines() if line[:6] == "data: "]
        assert [line["step"].split()[0] for line in lines[:-1]] == ["Asking", "Checking", "Running"]
        answer = lines[-1]["done"]
        assert (answer["answered"], answer["source"]) == (True, "llm")
        page = admin.get("/", params={"q": VAGUE})
        assert "by language model" in page.text and "total amount by city" in page.text
        agent.stop()
        log = "".join(agent.process.communicate(timeout=30))
        assert "language model: answered in" in log
        for secret in (KEY, VAGUE, "Cologne", "SELECT", "amount"):
            assert secret not in log


@pytest.mark.parametrize("headers", [EVENTS, {}])
def test_who_hangs_up_stops_the_request_to_the_model(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    with Endpoint([llm.dripping]) as endpoint, asked_agent(tmp_path, endpoint) as (_, admin):
        with pytest.raises(httpx.ReadTimeout):
            wait = httpx.Timeout(10, read=2)
            with admin.stream(
                "POST", "/api/v1/ask", json={"question": VAGUE}, headers=headers, timeout=wait
            ) as told:
                for line in told.iter_lines():
                    assert "done" not in line
        assert endpoint.hung_up.wait(20)
        assert admin.get("/healthz").status_code == 200
