"""Answers in a real browser: chips, sorting, pictures as files, a stop that really stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_agent_pages import DESKTOP, PHONE, quiet_page, sign_in
from tests.support.agent_process import PASSWORD, AgentProcess, agent_process

pytestmark = pytest.mark.browser

SALES = "region,product,amount,sold\n" + "".join(
    f"{('North', 'South', 'East')[n % 3]},{('Desk', 'Lamp')[n % 2]},{n}.50,2025-0{n % 6 + 1}-11\n"
    for n in range(90)
)
PAGES = ("/answers", "/people/audit", "/people/verdicts", "/?q=total+amount+by+region")
SLOW = "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b"
# Playwright waits for the answer of a form before it does anything else: the page itself stops.
RUN_THEN_STOP = """() => {
  setTimeout(() => document.querySelector("form.stack button").click(), 0);
  setTimeout(() => document.querySelector(".waiting button").click(), 3000);
}"""


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[AgentProcess]:
    with agent_process(tmp_path, DATA_AGENT_QUESTIONS_PER_DAY="200") as running:
        files = {"file": ("sales.csv", SALES.encode(), "text/csv")}
        running.admin().post("/api/v1/files", files=files).raise_for_status()
        yield running


def test_chips_change_the_question_and_the_rows_are_sorted(
    chromium: Browser, agent: AgentProcess
) -> None:
    with signed_in(chromium, agent) as page:
        page.goto("/?q=total+amount+by+region")
        expect(page.locator(".chart .bar")).to_have_count(3)
        page.get_by_role("link", name="region", exact=True).click()
        expect(page.locator("tbody td").first).to_have_text("East")
        page.locator(".piece.group summary").click()
        page.get_by_role("link", name="by product", exact=True).click()
        expect(page.get_by_label("Your question")).to_have_value("total amount in sales by product")
        expect(page.locator(".chart .bar")).to_have_count(2)
        page.get_by_role("link", name="Without “by product”").click()
        expect(page.locator(".big")).to_contain_text("4,050.00")


def test_the_picture_comes_as_a_file(chromium: Browser, agent: AgentProcess) -> None:
    with signed_in(chromium, agent) as page:
        page.goto("/?q=total+amount+by+month")
        for name, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg"), ("Parquet", b"PAR1")):
            with page.expect_download() as download:
                page.get_by_role("link", name=name, exact=True).click()
            assert Path(download.value.path()).read_bytes().startswith(start)


def test_an_answer_is_marked_right_and_answers_others(
    chromium: Browser, agent: AgentProcess
) -> None:
    with signed_in(chromium, agent) as page:
        page.goto("/?q=total+amount+by+region")
        page.get_by_role("button", name="Yes, this answer is right").click()
        expect(page.get_by_role("status")).to_contain_text("Marked as right")
        page.goto("/?q=show+me+the+total+amount+per+region")
        expect(page.locator(".tag.good")).to_have_text("verified")


def test_stop_ends_the_query_in_the_worker(chromium: Browser, agent: AgentProcess) -> None:
    with signed_in(chromium, agent) as page:
        page.goto("/sql")
        page.get_by_label("Statement").fill(SLOW)
        page.evaluate(RUN_THEN_STOP)
        until(lambda: workers(agent) == 1)
        until(lambda: workers(agent) == 0)
        expect(page.locator(".waiting")).to_contain_text("Stopped. Nothing was changed.")
        expect(page.get_by_role("button", name="Run")).to_be_enabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_sticks_out(chromium: Browser, agent: AgentProcess, scheme: str) -> None:
    admin = agent.admin()
    for question in ("total amount by region", "how many rows"):
        admin.post("/api/v1/questions", json={"question": question}).raise_for_status()
    with signed_in(chromium, agent, viewport=PHONE, color_scheme=scheme) as page:
        for path in PAGES:
            page.goto(path)
            for piece in page.locator(".piece summary").all()[:2]:
                piece.click()
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


@contextmanager
def signed_in(chromium: Browser, agent: AgentProcess, **options: object) -> Iterator[Page]:
    with quiet_page(chromium, agent, **{"viewport": DESKTOP, **options}) as page:
        sign_in(page, PASSWORD)
        expect(page.get_by_label("Your question")).to_be_visible()
        yield page


def workers(agent: AgentProcess) -> int:
    children = Path(f"/proc/{agent.process.pid}/task/{agent.process.pid}/children")
    return len(children.read_text().split())


def until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + 20
    while not condition():
        assert monotonic() < deadline, "it did not happen in time"
        sleep(0.05)
