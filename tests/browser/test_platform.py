"""A person in a browser, through the real Traefik: first sign-in to first answer, a neighbour's
cookies, and the platform's own pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.docker_cli import docker
from tests.support.stack import Stack
from tests.support.stack_fixtures import platform_images  # noqa: F401
from tests.support.stack_fleet import Fleet

pytestmark = [pytest.mark.docker, pytest.mark.browser]

SALES = "region,product,amount\nNorth,Desk,120.50\nSouth,Lamp,19.90\nNorth,Chair,80.00\n"
PASSWORD = "a good long passphrase"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1200, "height": 850}
REAL = {"image": "data-agent:latest", "tier": "large"}


@pytest.fixture(scope="module")
def fleet(
    platform_images: None,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Fleet]:
    """Two customers with the real agent, one that is paused and one that is broken."""
    stack = Stack(tmp_path_factory.mktemp("browser"))
    try:
        stack.prepare()
        stack.start()
        made = Fleet(stack)
        made.add("ada", **REAL)
        made.add("bob", **REAL)
        made.add("paused", state="suspended")
        made.add("broken", image="no-such-image:anywhere")
        stack.tenantctl("apply")
        yield made
    finally:
        stack.remove()


@pytest.fixture(autouse=True)
def _last_words(fleet: Fleet) -> Iterator[None]:
    """What the agents said stands under a test that failed."""
    yield
    for word in ("ada", "bob"):
        name = f"tenant-{fleet.id(word)}"
        print(f"log of {name}:\n{docker('logs', '--tail', '30', name, check=False)}")


@contextmanager
def visit(chromium: Browser, fleet: Fleet, word: str, **options: object) -> Iterator[Page]:
    """A page of a person of its own at this customer's address."""
    context = chromium.new_context(base_url=address(fleet, word), **options)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def address(fleet: Fleet, word: str) -> str:
    return f"http://{fleet.id(word)}.localhost:{fleet.stack.http_port}"


def sign_in(page: Page, password: str, name: str = "admin") -> None:
    page.goto("/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def first_password(fleet: Fleet, word: str) -> str:
    found = fleet.stack.tenantctl("credentials", fleet.id(word), "--json").json()
    assert (found["username"], found["state"]) == ("admin", "unused")
    return str(found["password"])


def choose_password(page: Page, first: str) -> None:
    page.get_by_label("Current password").fill(first)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Save the new password").click()


def signed_in(page: Page, fleet: Fleet, word: str) -> None:
    """As admin, whose password is PASSWORD from the first time on."""
    first = fleet.stack.tenantctl("credentials", fleet.id(word), "--json").json()
    if first["state"] == "used":
        sign_in(page, PASSWORD)
    else:
        sign_in(page, first["password"])
        choose_password(page, first["password"])
    expect(page.get_by_role("navigation").first).to_be_visible()
    expect(page).not_to_have_url(re.compile("/(login|password)"))


def test_from_the_operators_terminal_to_the_first_answer(
    chromium: Browser, fleet: Fleet, tmp_path: Path
) -> None:
    first = first_password(fleet, "ada")
    with visit(chromium, fleet, "ada", viewport=DESKTOP) as page:
        sign_in(page, first)
        expect(page.get_by_role("heading", name="Choose your own password")).to_be_visible()
        page.goto("/data")
        expect(page).to_have_url(re.compile("/password$"))
        choose_password(page, first)
        expect(page.get_by_role("heading", name="Let's begin with your data")).to_be_visible()

        file = tmp_path / "my sales.csv"
        file.write_text(SALES)
        page.goto("/data")
        page.get_by_label("Drop CSV files here").set_input_files(file)
        expect(page.get_by_role("link", name="my_sales")).to_be_visible()

        page.goto("/")
        page.get_by_label("Your question").fill("total amount by region")
        page.get_by_role("button", name="Ask", exact=True).click()
        table = page.get_by_role("table")
        expect(table).to_contain_text("North")
        expect(table).to_contain_text("200.5")

    status = fleet.row(fleet.id("ada"))
    assert (status["users"], status["csv_files"]) == (1, 1)
    used = fleet.stack.tenantctl("credentials", fleet.id("ada"), "--json").json()
    assert used == {"username": "admin", "password": None, "state": "used"}


def cookies(context: BrowserContext) -> dict[str, str]:
    return {one["name"]: one["value"] for one in context.cookies()}  # type: ignore[typeddict-item]


def test_a_customers_cookie_is_not_sent_to_its_neighbour(chromium: Browser, fleet: Fleet) -> None:
    with visit(chromium, fleet, "ada") as page:
        signed_in(page, fleet, "ada")
        assert cookies(page.context)
        sent: list[dict[str, str]] = []
        page.on("request", lambda request: sent.append(request.all_headers()))
        page.goto(address(fleet, "bob"))
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert sent
        assert [headers["cookie"] for headers in sent if "cookie" in headers] == []
        page.goto(address(fleet, "ada"))
        expect(page.get_by_role("navigation").first).to_be_visible()


def test_a_customers_cookie_opens_nothing_at_its_neighbour(chromium: Browser, fleet: Fleet) -> None:
    with visit(chromium, fleet, "ada") as page:
        signed_in(page, fleet, "ada")
        stolen = "; ".join(f"{name}={value}" for name, value in cookies(page.context).items())
    for word, status in (("ada", 200), ("bob", 401)):
        answer = fleet.stack.get(fleet.id(word), "/api/v1/me", headers={"Cookie": stolen})
        assert answer.status == status, word


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
def test_a_neighbours_page_cannot_act_for_the_person(
    chromium: Browser, fleet: Fleet, site: str
) -> None:
    with visit(chromium, fleet, "bob") as page:
        signed_in(page, fleet, "bob")
        own = "; ".join(f"{name}={value}" for name, value in cookies(page.context).items())
    headers = {"Cookie": own, "Sec-Fetch-Site": site, "Origin": address(fleet, "ada")}
    more = {"Content-Type": "application/json", "Content-Length": "0"}
    answer = fleet.stack.get(
        fleet.id("bob"), "/api/v1/session", method="DELETE", headers=headers | more
    )
    assert answer.status == 403
    still = fleet.stack.get(fleet.id("bob"), "/api/v1/me", headers={"Cookie": own})
    assert still.status == 200


OWN_PAGES = {
    "nobody": (404, "There is nothing at this address"),
    "paused": (503, "Paused is paused"),
    "broken": (503, "Broken cannot be reached right now"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("word", OWN_PAGES)
def test_the_platforms_own_pages(
    chromium: Browser, fleet: Fleet, tmp_path: Path, word: str, size: dict[str, int], scheme: str
) -> None:
    status, words = OWN_PAGES[word]
    with visit(chromium, fleet, word, viewport=size, color_scheme=scheme) as page:
        troubles: list[str] = []
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        answer = page.goto("/some/page")
        assert answer is not None
        assert answer.status == status
        expect(page.get_by_role("heading", level=1)).to_have_text(words)
        assert page.title()
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        text, ground = page.evaluate(COLOURS)
        assert (luminance(text) > luminance(ground)) is (scheme == "dark")
        assert contrast(text, ground) >= 4.5  # WCAG 2.2, 1.4.3
        page.screenshot(path=tmp_path / f"{word}-{scheme}.png")
        # The browser itself reports the status of a page that is no 200.
        assert [one for one in troubles if "Failed to load resource" not in one] == []


COLOURS = """() => {
  const heading = getComputedStyle(document.querySelector('h1')).color;
  let node = document.querySelector('h1'), ground = 'rgba(0, 0, 0, 0)';
  while (node && ground.endsWith(', 0)')) {
    ground = getComputedStyle(node).backgroundColor;
    node = node.parentElement;
  }
  return [heading, ground];
}"""


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, of a CSS rgb() colour."""
    channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_page_of_a_tenant_that_starts_opens_by_itself(chromium: Browser, fleet: Fleet) -> None:
    late = fleet.add("late", mode="hang")
    assert fleet.stack.tenantctl("apply", "--no-wait").code == 0
    with visit(chromium, fleet, "late") as page:
        fleet.stack.wait_until("it starts", lambda: fleet.row(late)["state"] == "starting")
        page.goto("/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Late is starting")
        fleet.change(late, **REAL)
        fleet.stack.tenantctl("apply")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=30_000)
