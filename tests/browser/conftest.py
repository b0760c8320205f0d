"""A real Chromium in front of the real demo: the command a newcomer runs, on a free port, in an empty folder."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.demo import Demo

SCREENSHOTS = os.environ.get("PAYWALL_SCREENSHOTS")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo newspaper, served; ended with Ctrl-C."""
    with serve_demo(tmp_path_factory.mktemp("demo")) as served:
        yield served


@contextmanager
def serve_demo(folder: Path, *options: str) -> Iterator[Demo]:
    """Serve a demo that keeps its things in this folder, for those who would disturb the others."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PAYWALL_")}
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "paywall"), "demo", "--port", "0", "--data", str(folder), *options],
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
        start_new_session=True,
    )
    assert process.stdout is not None
    ready = process.stdout.readline().split()
    assert ready[:1] == ["ready"], "the demo did not come up"
    beside = process.stdout.readline().split()
    try:
        yield Demo(ready[1], folder, process, beside[1])
    finally:
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to everybody in the group
    assert process.wait(timeout=20) == 0


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield chromium
        chromium.close()


def chromium_path() -> str:
    """Where this machine's Chromium is."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "no Chromium on this machine: `make test` installs one"
    return path


@pytest.fixture
def context(browser: Browser, demo: Demo) -> Iterator[BrowserContext]:
    """A fresh browser profile: no cookies; scripts are off, as the site must work without."""
    context = browser.new_context(
        base_url=demo.address, java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab."""
    return context.new_page()
