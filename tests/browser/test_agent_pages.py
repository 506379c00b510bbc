"""The agent in a real browser: the first sign-in to the first answer, by keyboard too, on a phone
too, and with a hostile neighbour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.agent_process import PASSWORD, AgentProcess, agent_process

pytestmark = pytest.mark.browser

SALES = "region,product,amount\nNorth,Desk,120.50\nSouth,Lamp,19.90\nNorth,Chair,80.00\n"
PAGES = ("/", "/data", "/sql", "/people", "/account", "/password", "/data/tables/my_sales")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1200, "height": 850}


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[AgentProcess]:
    settings = {"DATA_AGENT_TENANT_NAME": "Customer A", "DATA_AGENT_MAX_USERS": "3"}
    with agent_process(tmp_path, **settings) as running:
        yield running


@contextmanager
def quiet_page(
    chromium: Browser, agent: AgentProcess, *, refusals: bool = False, **options: object
) -> Iterator[Page]:
    """A page whose console must stay empty: no script error, no refused style, no CSP report.
    `refusals`: forms that are refused on purpose, of which Chromium tells the status, are fine."""
    context = chromium.new_context(base_url=agent.host_url, **options)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    page = context.new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: messages.append(f"error: {error}"))
    yield page
    told = [each for each in messages if not (refusals and "Failed to load resource" in each)]
    assert told == []
    context.close()


def csv_file(tmp_path: Path) -> Path:
    path = tmp_path / "my sales.csv"
    path.write_text(SALES)
    return path


def sign_in(page: Page, password: str) -> None:
    page.goto("/")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def choose_password(page: Page, first: str) -> None:
    page.get_by_label("Current password").fill(first)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Save the new password").click()


def test_from_the_first_password_to_the_first_answer(
    chromium: Browser, agent: AgentProcess, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with quiet_page(chromium, agent, viewport=DESKTOP) as page:
        first = agent.first_password
        sign_in(page, first)
        expect(page.get_by_role("heading", name="Choose your own password")).to_be_visible()
        page.goto("/data")
        expect(page).to_have_url(re.compile("/password$"))
        choose_password(page, first)
        expect(page.get_by_role("heading", name="Let's begin with your data")).to_be_visible()
        page.get_by_role("link", name="Upload a CSV file").click()
        file = csv_file(tmp_path_factory.mktemp("upload"))
        page.get_by_label("Drop CSV files here").set_input_files(file)
        expect(page.get_by_role("status")).to_contain_text("Imported as table my_sales")
        page.get_by_role("link", name="Ask about it").click()
        page.get_by_label("Your question").fill("how many rows are in my sales?")
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator(".sentence")).to_contain_text("3")
        page.get_by_text("Show SQL").click()
        expect(page.locator(".sql code")).to_contain_text("my_sales")
        page.get_by_role("button", name="Save answer").click()
        expect(page.get_by_role("status")).to_contain_text("Saved.")
        expect(page.get_by_label("Link for people")).to_have_value(re.compile("/answers/"))
        page.get_by_role("link", name="Answers").first.click()
        expect(page.locator(".board .big")).to_contain_text("3")
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
        assert list(cookies) == ["__Host-session"]
        assert cookies["__Host-session"]["secure"] and cookies["__Host-session"]["httpOnly"]


def test_by_keyboard_alone(
    chromium: Browser, agent: AgentProcess, tmp_path_factory: pytest.TempPathFactory
) -> None:
    agent.admin().post(
        "/api/v1/files", files={"file": ("my sales.csv", SALES.encode(), "text/csv")}
    ).raise_for_status()
    with quiet_page(chromium, agent, viewport=DESKTOP) as page:
        page.goto("/")
        page.keyboard.type("admin")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_label("Your question")).to_be_focused()
        page.keyboard.type("how many rows are in my sales?")
        page.keyboard.press("Enter")
        expect(page.locator(".sentence")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
        page.goto("/sql")
        page.get_by_label("Statement").focus()
        page.keyboard.type(
            "SELECT region, sum(amount) AS total FROM my_sales GROUP BY 1 ORDER BY 1"
        )
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("cell", name="200.50")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_sticks_out(chromium: Browser, agent: AgentProcess, scheme: str) -> None:
    wide = "a" * 60 + ",b" * 12 + "\n" + "x" * 300 + ",1" * 12 + "\n"
    admin = agent.admin()
    for name, text in (("my sales.csv", SALES), ("wide.csv", wide)):
        files = {"file": (name, text.encode(), "text/csv")}
        admin.post("/api/v1/files", files=files).raise_for_status()
    with quiet_page(chromium, agent, viewport=PHONE, color_scheme=scheme) as page:
        sign_in(page, PASSWORD)
        expect(page.get_by_label("Your question")).to_be_visible()
        for path in (*PAGES, "/data/tables/wide", "/?q=how+many+rows+are+in+my+sales"):
            page.goto(path)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= PHONE["width"], path
            unnamed = page.evaluate(UNNAMED_CONTROLS)
            assert unnamed == [], path


def test_several_files_and_a_bad_one_are_told_apart(
    chromium: Browser, agent: AgentProcess, tmp_path: Path
) -> None:
    agent.admin()
    with quiet_page(chromium, agent, refusals=True, viewport=DESKTOP) as page:
        sign_in(page, PASSWORD)
        expect(page.get_by_role("link", name="Upload a CSV file")).to_be_visible()
        page.goto("/data")
        payloads = [
            {"name": "a.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"},
            {"name": "empty.csv", "mimeType": "text/csv", "buffer": b""},
        ]
        page.get_by_label("Drop CSV files here").set_input_files(payloads)
        expect(page.locator(".results")).to_contain_text("empty.csv is empty")
        expect(page.locator(".results .tag.good")).to_have_count(1)
        expect(page.locator(".files")).to_contain_text("1 row")
        expect(page.locator(".head")).to_contain_text("1 CSV file")


DROP = """files => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name, {type: "text/csv"}));
  const event = new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
  document.querySelector("h1").dispatchEvent(event);
}"""


def test_files_dropped_anywhere_are_uploaded_at_once_and_each_has_its_line(
    chromium: Browser, agent: AgentProcess
) -> None:
    agent.admin()
    with quiet_page(chromium, agent, refusals=True, viewport=PHONE) as page:
        sign_in(page, PASSWORD)
        expect(page.get_by_role("link", name="Upload a CSV file")).to_be_visible()
        page.goto("/data")
        expect(page.get_by_role("button", name="Upload")).to_have_count(0)
        expect(page.get_by_text("The upload begins at once.")).to_be_visible()
        page.evaluate(DROP, [["a.csv", "a,b\n1,2\n"], ["b.csv", ""], ["c.csv", "c,d\n1,2\n3,4\n"]])
        expect(page.locator(".results li")).to_have_count(3)
        expect(page.get_by_role("status")).to_contain_text("2 imported, 1 not imported.")
        expect(page.locator(".results .tag.bad")).to_have_count(1)
        expect(page.locator(".results")).to_contain_text("2 rows")
        page.evaluate(DROP, [["d.csv", "a,b\n1,2\n"]])
        expect(page).to_have_url(re.compile("/data/files/"))
        expect(page.get_by_role("status")).to_contain_text("Imported as table d")


def test_without_a_script_the_form_has_its_button(chromium: Browser, agent: AgentProcess) -> None:
    agent.admin()
    context = chromium.new_context(base_url=agent.host_url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, PASSWORD)
    page.goto("/data")
    payload = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}
    page.get_by_label("Drop CSV files here").set_input_files(payload)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("status")).to_contain_text("Imported as table a")
    context.close()


def test_an_upload_that_takes_long_is_cancelled_and_leaves_nothing(
    chromium: Browser, agent: AgentProcess, tmp_path_factory: pytest.TempPathFactory
) -> None:
    large = tmp_path_factory.mktemp("upload") / "large.csv"
    large.write_text("a,b\n" + "1,2\n" * 1_000_000)
    admin = agent.admin()
    with quiet_page(chromium, agent, viewport=DESKTOP) as page:
        sign_in(page, PASSWORD)
        expect(page.get_by_role("link", name="Upload a CSV file")).to_be_visible()
        page.goto("/data")
        slow = {"offline": False, "latency": 0, "downloadThroughput": -1}
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": 50_000})
        page.get_by_label("Drop CSV files here").set_input_files(large)
        page.get_by_role("button", name="Cancel large.csv").click()
        expect(page.get_by_role("status")).to_contain_text("large.csv: cancelled")
        expect(page.get_by_role("progressbar")).to_have_count(0)
        assert admin.get("/api/v1/files").json()["files"] == []


def test_a_sibling_subdomain_can_neither_plant_a_session_nor_post_a_form(
    chromium: Browser, agent: AgentProcess
) -> None:
    admin = agent.admin()
    context = chromium.new_context(base_url=agent.host_url)
    page = context.new_page()
    sign_in(page, PASSWORD)
    expect(page.get_by_role("link", name="admin", exact=True)).to_be_visible()
    own = {c["name"]: c["value"] for c in context.cookies()}["__Host-session"]
    neighbour = context.new_page()
    hostile = agent.host_url.replace("customer-a", "customer-b") + "/hostile"
    context.route(hostile, lambda route: route.fulfill(body="<p>hello", content_type="text/html"))
    neighbour.goto(hostile)
    for cookie in ("__Host-session=planted; Domain=localhost; Path=/; Secure",
                   "session=planted; Domain=localhost; Path=/"):  # fmt: skip
        neighbour.evaluate("text => { document.cookie = text }", cookie)
    page.goto("/account")
    expect(page.get_by_role("heading", name="admin")).to_be_visible()
    assert own in [c["value"] for c in context.cookies() if c["name"] == "__Host-session"]
    with neighbour.expect_navigation():
        neighbour.evaluate(FOREIGN_FORM, f"{agent.host_url}/people")
    expect(neighbour.get_by_text("You may not do this").first).to_be_visible()
    people = admin.get("/api/v1/users").json()["users"]
    assert [user["username"] for user in people] == ["admin"]
    context.close()


UNNAMED_CONTROLS = """() => Array.from(document.querySelectorAll("a,button,input,select,textarea"))
  .filter((e) => e.type !== "hidden" && !e.hidden && e.getAttribute("aria-hidden") !== "true")
  .filter((e) => !e.textContent.trim() && !e.getAttribute("aria-label"))
  .filter((e) => !(e.labels && e.labels.length))
  .map((e) => e.outerHTML)"""

FOREIGN_FORM = """(action) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of [["username", "eve"], ["role", "admin"]]) {
    const input = document.createElement("input");
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.documentElement.append(form);
  form.submit();
}"""
