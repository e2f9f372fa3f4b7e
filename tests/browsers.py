"""The Chromium or Chrome that is there, with its driver; else the tests that need one skip, and say so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

webdriver = pytest.importorskip("selenium.webdriver")
from selenium.webdriver import ActionChains  # noqa: E402  only where selenium is
from selenium.webdriver.common.by import By  # noqa: E402  only where selenium is
from selenium.webdriver.common.keys import Keys  # noqa: E402  only where selenium is
from selenium.webdriver.support.ui import Select  # noqa: E402  only where selenium is

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync --window-size=1200,900"""


@contextmanager
def chromium(profile: Path) -> Iterator[Any]:
    """A browser that keeps what it holds in `profile`, and logs its console and its requests."""
    found, driver = next(filter(None, map(shutil.which, BROWSERS)), None), shutil.which("chromedriver")
    if not found or not driver:
        pytest.skip("no Chromium or Chrome with its chromedriver is on the path")
    options = webdriver.ChromeOptions()
    options.binary_location = found
    for flag in (*FLAGS.split(), f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with webdriver.Chrome(options, webdriver.ChromeService(driver)) as browser:
        browser.execute_cdp_cmd("Network.enable", {})
        yield browser


__all__ = ["ActionChains", "By", "Keys", "Select", "chromium"]
