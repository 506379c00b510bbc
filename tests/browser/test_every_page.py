"""Every page, on a phone and a desk, light and dark: nothing sticks out, all of it can be read,
named and reached by the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.furnished import furnished
from tests.browser.test_agent_pages import DESKTOP, PHONE, sign_in
from tests.support.agent_process import PASSWORD, AgentProcess

pytestmark = pytest.mark.browser

CHECKS = Path(__file__).with_name("page_checks.js").read_text("utf-8")
OPEN_ALL = "() => document.querySelectorAll('details').forEach((each) => { each.open = true; })"
# What has the focus, whether that can be seen, and where it is in the page.
FOCUSED = """() => {
  const now = document.activeElement;
  if (!now || now === document.body) return null;
  const marked = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const around = now.closest(".ask");
  const box = now.getBoundingClientRect();
  return {
    what: now.outerHTML.slice(0, 120),
    place: Array.from(document.querySelectorAll("*")).indexOf(now),
    marked: marked(getComputedStyle(now)) || (around && marked(getComputedStyle(around))),
    inside: box.bottom > 0 && box.top < innerHeight,
  };
}"""
MOST_STOPS = 40
ZOOMED = {"width": 320, "height": 256}  # WCAG 1.4.10: a desk of 1280 by 1024 at 400 %


Furnished = tuple[AgentProcess, dict[str, str]]


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    with furnished(tmp_path_factory.mktemp("data")) as found:
        yield found


@contextmanager
def visit(chromium: Browser, agent: AgentProcess, name: str, **options: object) -> Iterator[Page]:
    context = chromium.new_context(base_url=agent.host_url, **options)  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    page = context.new_page()
    sign_in(page, PASSWORD) if name == "admin" else sign_in_as(page, name)
    expect(page.get_by_label("Your question")).to_be_visible()
    yield page
    context.close()


def sign_in_as(page: Page, name: str) -> None:
    page.goto("/login")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize(
    ("screen", "scheme"),
    [(PHONE, "light"), (PHONE, "dark"), (DESKTOP, "light"), (ZOOMED, "light")],
)
def test_every_page_keeps_the_rules(
    chromium: Browser, agent: Furnished, screen: dict[str, int], scheme: str
) -> None:
    running, pages = agent
    found: dict[str, list[str]] = {}
    with visit(chromium, running, "admin", viewport=screen, color_scheme=scheme) as page:
        for name, path in pages.items():
            page.goto(path)
            found[name] = page.evaluate(CHECKS)
            page.evaluate(OPEN_ALL)
            found[f"{name}, all opened"] = page.evaluate(CHECKS)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_pages_of_a_plain_user_and_of_nobody(chromium: Browser, agent: Furnished) -> None:
    running, pages = agent
    found: dict[str, list[str]] = {}
    with visit(chromium, running, "anna", viewport=PHONE) as page:
        for name in ("home", "data", "glossary", "people", "settings", "unknown-word", "waiting"):
            page.goto(pages[name])
            found[name] = page.evaluate(CHECKS)
        page.goto("/glossary")
        expect(page.get_by_text("Admins can change these words: admin.")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/login")
        found["login"] = page.evaluate(CHECKS)
        page.get_by_label("User name").fill("nobody")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        found["wrong password"] = page.evaluate(CHECKS)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("name", ["home", "bars", "data", "people", "glossary", "waiting", "sql"])
def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(
    chromium: Browser, agent: Furnished, name: str
) -> None:
    running, pages = agent
    with visit(chromium, running, "admin", viewport=DESKTOP) as page:
        page.goto(pages[name])
        page.evaluate("() => document.activeElement.blur()")
        places: list[int] = []
        for _ in range(MOST_STOPS):
            page.keyboard.press("Tab")
            focused = page.evaluate(FOCUSED)
            if focused is None or (places and focused["place"] == places[0]):
                break
            assert focused["marked"] and focused["inside"], focused["what"]
            places.append(focused["place"])
        assert len(places) > 5
        assert places == sorted(places)


def test_the_skip_link_and_escape(chromium: Browser, agent: Furnished) -> None:
    running, pages = agent
    with visit(chromium, running, "admin", viewport=PHONE) as page:
        page.goto(pages["people"])
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Who did what")).to_be_focused()
        menu = page.get_by_label("Change anna")
        menu.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Remove anna")).to_be_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Remove anna")).to_be_hidden()
        expect(menu).to_be_focused()


def test_times_are_shown_as_the_readers_clock_has_them(chromium: Browser, agent: Furnished) -> None:
    running, pages = agent
    with visit(chromium, running, "admin", timezone_id="Asia/Tokyo") as page:
        page.goto(pages["data"])
        time = page.locator(".files time").first
        exact = datetime.fromisoformat(str(time.get_attribute("datetime")))
        there = exact.astimezone(timezone(timedelta(hours=9)))
        expect(time).to_have_text(there.strftime("%Y-%m-%d %H:%M"))
        expect(time).to_have_attribute("title", exact.strftime("%Y-%m-%d %H:%M UTC"))
