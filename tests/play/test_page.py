"""The explorer's page in a real browser, against the server that the command starts."""

import contextlib
import json
import math
import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

pytest.importorskip("panel")

from multigrad.play.model import Explorer
from tests.browsers import ActionChains, Keys, chromium

INSTALLED = [info.name for info in Explorer("x").backends if info.installed]

FIND = """
    function* all(root) {
        for (const each of root.querySelectorAll("*")) { yield each; if (each.shadowRoot) yield* all(each.shadowRoot); }
    }
    const found = [];
    for (const each of all(document)) if (each.matches(arguments[0])) found.push(each);
    return found;
"""
ROWS = FIND.replace("return found", "return found.map((row) => [...row.children].map((cell) => cell.textContent))")


@contextlib.contextmanager
def serving(*arguments):
    """The command in a process of its own, and the address that it prints."""
    command = [sys.executable, "-m", "multigrad", "play", "--no-browser", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            yield re.match(r"http://127\.0\.0\.1:\d+/", line)[0], process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def address():
    with serving() as (address, process):
        yield address
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def page(browser, address):
    browser.get("about:blank")
    for kind in ("browser", "performance"):
        browser.get_log(kind)
    browser.get(address)
    page = Page(browser)
    page.until(lambda: page.settled("✓ agree"))
    yield page
    assert [each["message"] for each in browser.get_log("browser") if each["level"] == "SEVERE"] == []


class Page:
    """What a person does with the page, and sees."""

    def __init__(self, browser):
        self.browser = browser

    def find(self, selector):
        found = self.browser.execute_script(FIND, selector)
        assert found, f"nothing on the page is {selector}"
        return found[0]

    def named(self, name):
        return self.find(f"[name={name}]")

    def text(self, name):
        return self.named(name).get_property("textContent")

    def type(self, name, text):
        # In one call: between two the driver sets the caret anew, for what stands in a shadow root.
        self.named(name).send_keys(Keys.CONTROL, "a", Keys.NULL, text, Keys.ENTER)

    def rows(self):
        return {row[0].split()[0]: row[1:] for row in self.browser.execute_script(ROWS, "[name=rows] tr")}

    def slopes(self):
        return [float(row[1]) for row in self.rows().values()]

    def settled(self, word):
        return [row[-1] for row in self.rows().values()] == [word] * len(INSTALLED)

    def until(self, holds, seconds=20):
        """Wait for it; what is not there yet does not hold."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(AssertionError, ValueError, LookupError):
                if holds():
                    return
            time.sleep(0.05)
        raise AssertionError(f"after {seconds} s the page shows {self.rows()}, error {self.find('#error').text!r}")


def test_the_numbers_of_every_backend(page):
    assert list(page.rows()) == INSTALLED and page.slopes() == [-5.0] * len(INSTALLED)
    page.type("f", "sin(x) * exp(-x)")
    page.type("x", "pi/4")
    # The slope of sin(x) exp(-x) is (cos x - sin x) exp(-x): 0 at pi/4, but for roundings.
    page.until(lambda: all(abs(slope) < 1e-15 for slope in page.slopes()))
    page.type("x", "1")
    page.until(lambda: page.slopes() == pytest.approx([(math.cos(1) - math.sin(1)) / math.e] * len(INSTALLED)))
    page.until(lambda: "referee: mpmath" in page.text("referee"))


def test_x_moves_with_the_arrow_keys(page):
    page.type("f", "x**2")
    slider = page.named("slider")
    for _ in range(5):
        slider.send_keys(Keys.ARROW_RIGHT)
    page.until(lambda: page.slopes() == pytest.approx([2 * -1.95] * len(INSTALLED)))
    assert float(page.named("x").get_property("value")) == pytest.approx(-1.95)
    slider.send_keys(Keys.HOME)
    page.until(lambda: page.slopes() == [-10.0] * len(INSTALLED))
    page.find("[tabindex='0']").send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)  # the picture
    page.until(lambda: page.slopes() == pytest.approx([-9.8] * len(INSTALLED)))


def test_descent(page):
    page.type("f", "x**2")
    page.type("rate", "0.25")
    for _ in range(3):
        page.named("step").click()
    page.until(lambda: page.slopes() == [2 * -2 * 0.5**3] * len(INSTALLED))
    assert "3 steps from x = -2 to x = -0.25" in page.text("descent")
    page.named("reset").click()
    page.until(lambda: page.slopes() == [-4.0] * len(INSTALLED))


def test_float32(page):
    page.type("f", "x / 3")
    page.until(lambda: {row[1] for row in page.rows().values()} == {"0.3333333333333333"})
    page.find("[value=float32]").click()
    page.until(lambda: {row[1] for row in page.rows().values()} == {"0.33333334"})


@pytest.mark.skipif("torch" not in INSTALLED, reason="torch is not installed")
def test_accumulation(page):
    def grads():
        return dict(page.browser.execute_script(ROWS, "[name=accumulation] tr"))

    page.named("forget").click()
    for _ in range(3):
        page.named("backward").click()
    page.until(lambda: grads()["w.grad of torch, after 3 backwards"] == "-15")
    assert grads()["autograd.grad"] == "-5"
    page.named("forget").click()
    page.named("backward").click()
    page.until(lambda: grads()["w.grad of torch, after 1 backward"] == "-5")


def test_what_cannot_be_read(page):
    page.type("f", "__import__('os')")
    page.until(lambda: "cannot read '__import__'" in page.find("#error").text)
    assert page.named("f").get_property("value") == "__import__('os')" and page.slopes() == [-5.0] * len(INSTALLED)
    page.type("x", "0")
    page.until(lambda: page.slopes() == [-5.0] * len(INSTALLED) and page.named("x").get_property("value") == "0")
    assert page.named("f").get_property("value") == "__import__('os')"  # to be mended, not gone
    page.type("f", "x<img src=x onerror=document.title='owned'>")
    page.until(lambda: "<img" in page.find("#error").text)
    assert "owned" not in page.browser.title and page.browser.execute_script(FIND, "img") == []
    page.type("f", "x**2 + x")
    page.until(lambda: page.slopes() == [1.0] * len(INSTALLED) and page.find("#error").text == "")


@pytest.mark.skipif(len(INSTALLED) < 3, reason="they differ where all three are")
def test_that_they_differ_is_said_in_words(page):
    page.type("f", "abs(x)")
    page.type("x", "0")
    page.until(lambda: page.settled("◇ convention"))
    assert page.slopes() == [0, 0, 1] and "slopes differ here" in page.text("differing")


def test_where_there_is_no_number_the_page_lives(page):
    page.type("f", "diff(x)")
    page.until(lambda: all(row[0].startswith("ValueError: diff") for row in page.rows().values()))
    page.type("f", "sqrt(x)")
    page.until(lambda: [row[:2] for row in page.rows().values()] == [["nan", "nan"]] * len(INSTALLED))
    page.type("f", "x**99")
    page.type("x", "1")
    page.until(lambda: page.slopes() == [99.0] * len(INSTALLED))


def test_a_drag_along_the_picture(page):
    page.type("f", "x**2")
    picture = page.find(".picture")
    ActionChains(page.browser).move_to_element_with_offset(picture, 0, 0).click_and_hold().move_by_offset(
        60, 0
    ).move_by_offset(60, 5).release().perform()
    page.until(lambda: float(page.named("x").get_property("value")) > 0.5)
    x = float(page.named("x").get_property("value"))
    page.until(lambda: page.slopes() == pytest.approx([2 * x] * len(INSTALLED)))


def test_every_control_is_reached_by_tab(page):
    page.named("f").click()
    seen = []
    for _ in range(10):
        active = page.browser.execute_script(
            "let e = document.activeElement;"
            "while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement; return e"
        )
        seen.append(active.get_attribute("name") or "picture")  # Bokeh's canvas has no name
        assert active.value_of_css_property("outline-style") != "none", f"{seen[-1]} does not show its focus"
        active.send_keys(Keys.TAB)
    assert seen == ["f", "picture", "slider", "x", "dtype", "rate", "step", "reset", "backward", "forget"]
    unnamed = [e for e in page.browser.execute_script(FIND, "input, button") if not e.accessible_name]
    assert unnamed == []


def test_it_asks_nobody_else(page, address):
    page.type("f", "sin(x)")
    page.until(lambda: page.slopes() == pytest.approx([math.cos(-2)] * len(INSTALLED)))
    events = [json.loads(each["message"])["message"] for each in page.browser.get_log("performance")]
    urls = {
        each["params"].get("request", each["params"]).get("url")
        for each in events
        if each["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated")
    }
    assert any(url.startswith("ws://") for url in urls) and address in urls
    own = (address, address.replace("http", "ws"), f"blob:{address}", "data:", "about:")
    assert {url for url in urls if not url.startswith(own)} == set()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1200, "light"), (1200, "dark")])
def test_it_fits_and_can_be_read(page, width, scheme):
    browser = page.browser
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    try:
        page.type("f", "sin(x) / 3")
        page.until(lambda: page.slopes() == pytest.approx([math.cos(-2) / 3] * len(INSTALLED)))
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        ink, paper = (page.find(".explorer").value_of_css_property(name) for name in ("color", "background-color"))
        ink, paper = (sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / 765 for colour in (ink, paper))
        assert (paper > 0.9 and ink < 0.2) if scheme == "light" else (paper < 0.2 and ink > 0.8)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


# The server ------------------------------------------------------------------------------------------


def handshake(address, origin):
    """The status of a websocket that a page of that origin opens."""
    host, port = re.match(r"http://([\d.]+):(\d+)/", address).groups()
    head = [
        "GET /ws HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket", "Connection: Upgrade", f"Origin: {origin}",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: bokeh, none",
    ]  # fmt: skip
    with socket.create_connection((host, int(port)), timeout=10) as stream:
        stream.sendall("\r\n".join([*head, "", ""]).encode())
        return int(stream.recv(64).split()[1])


def test_pages_from_elsewhere_cannot_speak_with_it(address):
    assert handshake(address, "http://evil.example") == 403
    assert handshake(address, "http://localhost:1") == 403
    assert handshake(address, "null") == 403


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere 127.0.0.2 is no address of this machine")
def test_it_listens_on_the_loopback_address_alone(address):
    port = int(address.rsplit(":", 1)[1].rstrip("/"))
    with socket.create_connection(("127.0.0.1", port), timeout=10), pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=10)


def test_a_port_that_is_taken_is_said_in_one_line(address):
    port = address.rsplit(":", 1)[1].rstrip("/")
    command = [sys.executable, "-m", "multigrad", "play", "--no-browser", "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and done.stdout == ""
    assert re.fullmatch(rf"error: port {port} is taken.*\n", done.stderr)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["x**"], "cannot read"), (["__import__('os')"], "no such function"), (["x", "--at", "1,2"], "an array")],
)
def test_what_the_command_cannot_read(arguments, said):
    done = subprocess.run(
        [sys.executable, "-m", "multigrad", "play", "--no-browser", *arguments],
        capture_output=True, text=True, timeout=60, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1


def test_without_panel_the_command_says_how_to_install_it():
    code = "import sys; sys.modules['panel'] = None; from multigrad.command_line import main; sys.exit(main(['play']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "pip install 'multigrad-compare[play]'" in done.stderr
    assert done.stderr.count("\n") == 1
