"""The page in a real browser: it runs without a network, filters, sorts, searches, and harm stays dead.

Uses the Chromium or Chrome that is there, with its driver; else skips, and says so.
"""

import pytest

from multigrad.comparisons.report.page import as_page
from tests.browsers import By, Keys, Select, chromium
from tests.comparisons.handmade import HARM, RED, case, record, row

LONG = [case(f"scenario {k}", row("torch", digits=k % 16), row("jax"), family="many") for k in range(200)]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", {
            "offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0,
        })  # fmt: skip
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(as_page(record(*RED["cases"], *LONG, controls=RED["controls"])), "utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser, address):
    browser.get("about:blank")
    browser.get(address)
    yield browser
    assert browser.get_log("browser") == []


def shown(page):
    """The names of the scenarios that are seen, in order."""
    return page.execute_script(
        "return [...document.querySelectorAll('.scenario')].filter(e => e.checkVisibility()).map(e => e.dataset.name)"
    )


def choose(page, name, value):
    Select(page.find_element(By.NAME, name)).select_by_value(value)


def test_harm_stays_dead(page):
    assert page.title.startswith("multigrad: ")
    assert page.find_elements(By.CSS_SELECTOR, "img, iframe, object, link") == []
    assert len(page.find_elements(By.TAG_NAME, "script")) == 1
    assert HARM in page.execute_script("return document.body.textContent")
    # Even markup that got in would stay dead: the page's policy names its own script, and no other.
    page.execute_script(
        "document.body.insertAdjacentHTML('beforeend', arguments[0])",
        "<b onclick=\"document.title='owned'\">b</b>",
    )
    page.execute_script("document.body.lastElementChild.click()")
    assert page.title.startswith("multigrad: ")
    (refused,) = page.get_log("browser")
    assert "Content Security Policy" in refused["message"]


def test_it_asks_for_nothing(page):
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0


def test_filters(page):
    assert len(shown(page)) == 209
    choose(page, "verdict", "differ")
    assert shown(page) == ["root"]
    choose(page, "backend", "jax")
    assert shown(page) == []
    page.find_element(By.CSS_SELECTOR, "button[name=clear]").click()
    assert len(shown(page)) == 209
    choose(page, "dtype", "float32")
    assert shown(page) == ["identity"]
    hidden = page.execute_script(
        "return [...document.getElementById('smooth/identity').querySelectorAll('tbody')].map(e => e.hidden)"
    )
    assert hidden == [True, False]
    assert page.find_element(By.NAME, "count").text == "1 of 209 scenarios, 1 case"


def test_search_and_keys(page):
    body = page.find_element(By.TAG_NAME, "body")
    body.send_keys("/")
    assert page.switch_to.active_element.get_attribute("name") == "search"
    page.switch_to.active_element.send_keys("subgradient chooses")
    assert shown(page) == ["length", "length again"]
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert len(shown(page)) == 209
    page.find_element(By.TAG_NAME, "body").send_keys("jj")
    assert page.switch_to.active_element.tag_name == "summary"
    page.switch_to.active_element.send_keys(Keys.ENTER)
    assert [e.get_attribute("id") for e in page.find_elements(By.CSS_SELECTOR, ".scenario[open]")] == [
        "kinks/absolute value"
    ]


def test_order(page):
    first = shown(page)
    choose(page, "order", "worst")
    assert shown(page)[:2] == ["root", HARM]
    choose(page, "order", "digits")
    assert shown(page)[0].startswith("scenario") and shown(page)[0] == "scenario 0"
    choose(page, "order", "name")
    assert shown(page).index("absolute value") < shown(page).index("identity") < shown(page).index("sum")
    choose(page, "order", "run")
    assert shown(page) == first


def test_a_link_opens_its_case(browser, address):
    browser.get("about:blank")
    browser.get(f"{address}#many/scenario%20150/float64/cpu")
    target = browser.find_element(By.ID, "many/scenario 150/float64/cpu")
    box = target.rect, browser.execute_script("return [scrollY, innerHeight]")
    assert target.is_displayed() and 0 <= box[0]["y"] - box[1][0] < box[1][1]
    choose(browser, "verdict", "differ")
    browser.execute_script("location.hash = arguments[0]", "#kinks/length/float64/cpu")
    assert browser.find_element(By.ID, "kinks/length/float64/cpu").is_displayed()  # whatever the filter hid


def test_the_matrix_leads_to_its_cases(page):
    page.find_element(By.CSS_SELECTOR, "a[data-family=kinks][data-backend=jax][data-verdict=known]").click()
    assert shown(page) == ["length"]


def test_without_its_script_it_is_whole(browser, address):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(address)
        assert not browser.find_element(By.ID, "filters").is_displayed()
        assert len(browser.find_elements(By.CSS_SELECTOR, ".scenario")) == 209
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("width", [390, 760, 1200])
def test_nothing_runs_out_of_the_window(page, width):
    """No sideways scrolling, with everything open; a wide table scrolls in itself."""
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        page.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
        assert page.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(page, scheme):
    """At least 4.5 to 1 between every colour of text and the paper, as WCAG asks."""
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    colours = page.execute_script("""
        const read = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        return ["--paper", "--soft", "--ink", "--quiet", "--accent", "--bad", "--warn"].map(read);
    """)
    paper, soft, *inks = map(luminance, colours)
    assert (paper > 0.5) == (scheme == "light")
    for ground in (paper, soft):
        assert all((max(ground, ink) + 0.05) / (min(ground, ink) + 0.05) >= 4.5 for ink in inks)


def luminance(colour):
    """Relative luminance of #rrggbb."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
