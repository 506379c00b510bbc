"""A question that a language model answers: its steps, a stop that stops, and the settings page."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_agent_pages import PHONE, quiet_page, sign_in
from tests.support import fake_llm as llm
from tests.support.agent_process import PASSWORD
from tests.support.fake_llm import Line, streamed
from tests.support.fake_llm_thread import Endpoint
from tests.unit.agent.llm.asking import GOOD, VAGUE
from tests.unit.agent.llm.test_in_the_process import asked_agent

pytestmark = pytest.mark.browser


async def slowly(line: Line) -> None:
    await asyncio.sleep(1.5)
    await streamed(GOOD)(line)


def ask(page: Page, words: str) -> None:
    page.get_by_label("Your question").fill(words)
    page.get_by_role("button", name="Ask", exact=True).click()


def test_steps_answer_and_stop(tmp_path: Path, chromium: Browser) -> None:
    with (
        Endpoint([slowly, llm.dripping]) as endpoint,
        asked_agent(tmp_path, endpoint) as (agent, _),
        quiet_page(chromium, agent) as page,
    ):
        sign_in(page, PASSWORD)
        ask(page, VAGUE)
        expect(page.get_by_role("status")).to_have_text("Asking the language model…")
        expect(page.get_by_text("by language model")).to_be_visible()
        expect(page.get_by_label("Your question")).to_have_value(VAGUE)
        ask(page, "total amount")
        expect(page.locator(".sentence")).to_contain_text("35")
        page.get_by_role("button", name="Ask the language model").click()
        expect(page.get_by_text("Asking the language model…")).to_be_visible()
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("Stopped.")).to_be_visible()
        assert endpoint.hung_up.wait(20)
        expect(page.get_by_role("button", name="Ask the language model")).to_be_enabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_settings_page_fits_a_phone(tmp_path: Path, chromium: Browser, scheme: str) -> None:
    with (
        Endpoint([streamed(GOOD)]) as endpoint,
        asked_agent(tmp_path, endpoint) as (agent, _),
        quiet_page(chromium, agent, viewport=PHONE, color_scheme=scheme) as page,
    ):
        sign_in(page, PASSWORD)
        page.goto("/account")
        page.get_by_role("link", name="Settings").click()
        expect(page.get_by_text("a-model")).to_be_visible()
        page.get_by_label("Question").fill("why?")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_text("Question: why?")).to_be_visible()
        page.get_by_text("Instructions and tables").click()
        expect(page.get_by_text(re.compile("You turn a question"))).to_be_visible()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"]
        page.screenshot(path=tmp_path / f"settings-{scheme}.png", full_page=True)
