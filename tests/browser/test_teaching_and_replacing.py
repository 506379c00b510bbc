"""What people do every week: teach the agent a word, and bring a file of the same name again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_agent_pages import DESKTOP, quiet_page, sign_in
from tests.support.agent_process import PASSWORD, AgentProcess, agent_process

pytestmark = pytest.mark.browser

OLD = "city,amount\nBonn,2\nCologne,3\n"
NEW = "city,amount,channel\nBonn,4,web\nCologne,5,shop\nEssen,6,web\n"


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[AgentProcess]:
    with agent_process(tmp_path, DATA_AGENT_MAX_CSV_FILES="2") as running:
        files = {"file": ("sales.csv", OLD.encode(), "text/csv")}
        running.admin().post("/api/v1/files", files=files).raise_for_status()
        yield running


def choose(page: Page, *files: tuple[str, str]) -> None:
    page.goto("/data")
    payloads = [
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()} for name, text in files
    ]
    page.get_by_label("Drop CSV files here").set_input_files(payloads)


def test_an_unknown_word_is_taught_by_keyboard_and_answers_the_question(
    chromium: Browser, agent: AgentProcess
) -> None:
    with quiet_page(chromium, agent, refusals=True, viewport=DESKTOP) as page:
        sign_in(page, PASSWORD)
        box = page.get_by_label("Your question")
        box.fill("takings by city")
        box.press("Enter")
        page.get_by_label("Teach this word: “takings” means").fill("total amount")
        page.keyboard.press("Enter")
        expect(page.locator(".sentence")).to_contain_text("Cologne has the most")
        expect(page.locator(".notes")).to_contain_text("your glossary")
        page.get_by_role("link", name="Glossary").click()
        page.get_by_label("Change takings").click()
        page.get_by_label("it means").last.fill("average colony")
        page.get_by_role("button", name="Save").last.click()
        expect(page.get_by_role("status")).to_contain_text("Saved.")
        expect(page.locator(".terms")).to_contain_text("“colony” is in none of your tables now")
        expect(page.locator(".terms")).to_contain_text("Did you mean Cologne?")
        page.get_by_label("When somebody says").first.fill("Takings")
        page.get_by_label("it means").first.fill("amount")
        page.get_by_role("button", name="Save").first.click()
        expect(page.get_by_role("alert")).to_contain_text("already means")
        expect(page.get_by_label("When somebody says").first).to_have_value("Takings")


def test_the_same_name_again_shows_what_changes_before_anything_is_lost(
    chromium: Browser, agent: AgentProcess
) -> None:
    with quiet_page(chromium, agent, refusals=True, viewport=DESKTOP) as page:
        sign_in(page, PASSWORD)
        expect(page.get_by_label("Your question")).to_be_visible()
        choose(page, ("sales.csv", NEW))
        expect(page.get_by_role("heading", name="Replace sales.csv?")).to_be_visible()
        expect(page.get_by_text("1 column would come")).to_be_visible()
        page.goto("/data/tables/sales")
        expect(page.locator("tbody tr")).to_have_count(2)
        choose(page, ("sales.csv", NEW), ("more.csv", OLD))
        expect(page.locator(".results .tag.warn")).to_have_text("your decision")
        told = page.get_by_role("status")
        expect(told).to_contain_text("1 imported, 1 waiting for your decision.")
        expect(page.get_by_role("heading", name="Waiting for a decision")).to_be_visible()
        page.get_by_role("link", name="See what changes").click()
        page.get_by_role("button", name="Keep both").click()
        expect(page.get_by_role("alert")).to_contain_text("2 of 2 CSV files are in use")
        page.get_by_role("button", name="Replace").click()
        expect(page.get_by_role("status").first).to_contain_text("Imported as table sales")
        page.goto("/data/tables/sales")
        expect(page.locator("tbody tr")).to_have_count(3)
        page.goto("/data")
        expect(page.get_by_role("heading", name="Waiting for a decision")).to_be_hidden()


def test_all_of_it_works_without_a_script(chromium: Browser, agent: AgentProcess) -> None:
    with quiet_page(
        chromium, agent, refusals=True, viewport=DESKTOP, java_script_enabled=False
    ) as page:
        sign_in(page, PASSWORD)
        choose(page, ("sales.csv", NEW))
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_role("heading", name="Replace sales.csv?")).to_be_visible()
        page.get_by_role("button", name="Keep both").click()
        expect(page.get_by_role("heading", name="sales (2).csv")).to_be_visible()
        page.get_by_label("Read channel as").select_option("text")
        page.get_by_role("button", name="Change the type of channel").click()
        expect(page.get_by_role("status")).to_contain_text("The whole file was read again")
        page.get_by_role("link", name="Glossary").click()
        page.get_by_label("When somebody says").fill("takings")
        page.get_by_label("it means").fill("total amount")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="Ask", exact=True).click()
        page.get_by_label("Your question").fill("takings in sales by city")
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator(".sentence")).to_contain_text("Cologne")
        page.get_by_role("button", name="Save answer").click()
        expect(page.get_by_role("status")).to_contain_text("Saved.")
