"""One stage for a file: each test brings a browser without cookies, and whoever turns the clock a stage of its own."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import ARGUMENTS, chromium_path
from tests.browser.embed.reading import Visit, new_visit
from tests.browser.embed.stage import Stage, set_up


@pytest.fixture(scope="module")
def stage(sqlite_with_tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with set_up(sqlite_with_tables, tmp_path_factory.mktemp("stage")) as stage:
        yield stage


@pytest.fixture
def aging_stage(sqlite_with_tables: Path, tmp_path: Path) -> Iterator[Stage]:
    """A stage on which time may pass."""
    with set_up(sqlite_with_tables, tmp_path) as stage:
        yield stage


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def visit(context: BrowserContext, stage: Stage) -> Visit:
    return new_visit(context, stage)


@pytest.fixture
def plain_chromium(tmp_path: Path) -> Callable[[str], AbstractContextManager[None]]:
    """A browser that nobody drives, at an address: it does what browsers do by themselves."""

    @contextmanager
    def at(address: str) -> Iterator[None]:
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        arguments = [chromium_path(), "--headless=new", *ARGUMENTS, profile, address]
        process = subprocess.Popen(
            arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=20)

    return at
