"""How long the explorer's page takes from a move of the slider to its paint: ``python -m tests.play.drag``.

The time of a move that was overtaken by a later one counts from the first of them.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from tests.browsers import ActionChains, chromium
from tests.play.test_page import Page, serving

MOVES = 100
READ = "return performance.getEntriesByName('multigrad x').map((each) => each.duration)"


def drag(page: Page) -> list[float]:
    """The times, in ms, of one drag to the right and back, at a mouse's 60 moves a second."""
    slider = page.named("slider")
    page.type("x", "0")  # the middle
    page.until(lambda: page.named("x").get_property("value") == "0")
    page.browser.execute_script("performance.clearMeasures()")
    chain = ActionChains(page.browser, duration=16).move_to_element(slider).click_and_hold()
    for move in range(MOVES):
        chain.move_by_offset(4 if move < MOVES / 2 else -4, 0)
    chain.release().perform()
    page.until(lambda: page.settled("✓ agree"))
    times: list[float] = page.browser.execute_script(READ)
    return times


def main() -> None:
    """Three drags of three functions."""
    with tempfile.TemporaryDirectory() as profile, serving() as (address, _), chromium(Path(profile)) as browser:
        browser.get(address)
        page = Page(browser)
        page.until(lambda: page.settled("✓ agree"))
        for f in ("x**3 + 3*x**2 - 5*x + 4", "sin(3*x) * exp(-x/3)", "tanh(x) * where(x > 0, x, x/2) + 1"):
            page.type("f", f)
            time.sleep(2)  # compiling another f is no part of a drag
            for _ in range(3):
                times = drag(page)
                middle = statistics.median(times)
                print(f"{f:36} {len(times):3} updates: median {middle:5.1f} ms, max {max(times):5.1f} ms")


if __name__ == "__main__":
    main()
