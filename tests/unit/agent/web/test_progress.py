"""Steps while an answer is made: for the API the answer at the end, for a page its address."""

from __future__ import annotations

import json
from typing import Any

from data_agent.web.held import KEEP_S, MOST_PAGES, Held
from starlette.responses import Response

from tests.support.agent import Agent, Clock

EVENTS = {"Accept": "text/event-stream"}


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(each[6:]) for each in text.split("\n\n") if each.startswith("data: ")]


def test_the_api_tells_its_steps_and_then_the_answer(agent: Agent) -> None:
    body = {"question": "total", "by": "model"}
    answer = agent.admin().post("/api/v1/ask", json=body, headers=EVENTS)
    assert answer.headers["content-type"].startswith("text/event-stream")
    step, last = events(answer.text)
    assert step == {"step": "Thinking…"}
    assert (last["status"], last["done"]["answered"]) == (200, True)
    assert agent.engine.model_first
    plain = agent.admin().post("/api/v1/ask", json={"question": "total"})
    assert plain.json() == last["done"]
    assert not agent.engine.model_first


def test_errors_come_as_the_last_event(agent: Agent) -> None:
    admin = agent.admin()
    (last,) = events(admin.post("/api/v1/ask", json={}, headers=EVENTS).text)
    assert last["status"] == 422
    assert last["done"]["type"] == "urn:data-agent:problem:invalid"
    by = admin.post("/api/v1/ask", json={"question": "x", "by": "magic"})
    assert by.status_code == 422


def test_a_page_is_fetched_once_and_by_whom_it_is_for(agent: Agent) -> None:
    admin, bob = agent.admin(), agent.user()
    told = events(admin.get("/", params={"q": "total & more"}, headers=EVENTS).text)
    address = told[-1]["done"]
    assert address.startswith("/?q=total+%26+more&held=")
    agent.engine.previous = {"not": "asked"}
    assert "North sold most." in admin.get(address).text
    assert agent.engine.previous == {"not": "asked"}
    assert "North sold most." in admin.get(address).text  # gone: asked again
    assert agent.engine.previous is None
    other = events(admin.get("/", params={"q": "total"}, headers=EVENTS).text)[-1]["done"]
    agent.engine.previous = {"not": "asked"}
    bob.get(other)
    assert agent.engine.previous is None


def test_held_pages_are_few_and_soon_forgotten() -> None:
    clock = Clock()
    held = Held(clock)
    keys = [held.put("bob", Response(b"x" * 1000)) for _ in range(MOST_PAGES + 1)]
    assert held.take("bob", keys[0]) is None
    assert held.take("eve", keys[1]) is None
    assert held.take("bob", keys[1]) is not None
    clock.seconds += KEEP_S
    assert held.take("bob", keys[2]) is None
    assert held.take("bob", held.put("bob", Response(b"x" * 5_000_000))) is None


def test_a_stream_needs_a_sign_in_too(agent: Agent) -> None:
    answer = agent.client().post("/api/v1/ask", json={"question": "x"}, headers=EVENTS)
    assert answer.status_code == 401
    cross = {**EVENTS, "Origin": "http://customer-b.localhost"}
    assert agent.admin().post("/api/v1/ask", json={}, headers=cross).status_code == 403
