"""A demo for each file here: a code of the second factor is good for one time, so nobody else signs in meanwhile."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import serve_demo
from tests.browser.demo import Demo


@pytest.fixture(scope="module")
def own_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with serve_demo(tmp_path_factory.mktemp("staff")) as demo:
        yield demo


@pytest.fixture
def pages(browser: Browser, own_demo: Demo) -> Iterator[list[Page]]:
    """The browsers of three people, without scripts."""
    made = [browser.new_context(base_url=own_demo.address, java_script_enabled=False) for _ in range(3)]
    yield [context.new_page() for context in made]
    for context in made:
        context.close()
