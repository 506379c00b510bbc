"""The settings page says once whether there is a language model, and shows what one would see."""

from __future__ import annotations

from data_agent.llm.settings import LlmSettings

from tests.support.agent import Agent, StartAgent, upload

DIRECT = LlmSettings(base_url="http://10.0.0.9:1/v1", model="house-model")


def test_without_an_endpoint_it_says_so_here_and_nowhere_else(agent: Agent) -> None:
    admin = agent.admin()
    upload(admin, "sales.csv")
    assert "No language model is configured." in admin.get("/settings").text
    assert "language model" not in admin.get("/", params={"q": "total"}).text
    assert admin.get("/api/v1/model").json()["configured"] is False


def test_it_is_for_admins(agent: Agent) -> None:
    bob = agent.user()
    assert bob.get("/settings").status_code == 403
    assert "/settings" not in bob.get("/account").text
    assert "/settings" in agent.admin().get("/account").text


def test_it_shows_word_for_word_what_is_sent(start: StartAgent) -> None:
    agent = start(llm=DIRECT)
    admin = agent.admin()
    upload(admin, "sales.csv", "city,<b>amount\nCologne,2\n")
    text = admin.get("/settings", params={"question": 'why "x"?'}).text
    assert "house-model" in text and "OpenAI-compatible" in text
    assert "Question: why &#34;x&#34;?" in text
    assert "&#34;name&#34;: &#34;&lt;b&gt;amount&#34;" in text
    assert "Cologne" not in text
    page = admin.get("/", params={"q": "total"}).text
    assert "Ask the language model" in page
    assert "data-progress" in page and "/static/progress.js" in page
    assert admin.get("/api/v1/model").json() == {
        "configured": True,
        "provider": "openai",
        "model": "house-model",
        "privacy": "names",
        "budget_tokens": None,
        "used_tokens": None,
    }


def test_privacy_nothing_means_that_nothing_is_offered(start: StartAgent) -> None:
    agent = start(llm=LlmSettings(base_url=DIRECT.base_url, model="m", privacy="nothing"))
    admin = agent.admin()
    text = admin.get("/settings").text
    assert "no language model is ever asked" in text
    assert "Instructions and tables" not in text
    assert "Ask the language model" not in admin.get("/", params={"q": "total"}).text


def test_a_gateway_that_cannot_be_asked_is_said_to_be_unknown(start: StartAgent) -> None:
    agent = start(llm=LlmSettings(gateway="http://127.0.0.1:1/v1"))
    assert "gateway cannot be reached" in agent.admin().get("/settings").text
