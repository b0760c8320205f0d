"""Looking at a page as people do: on a desk, at night, on a phone."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import SCREENSHOTS

_LOOKS = (("light", 390), ("dark", 1280), ("light", 1280))


def look(page: Page, name: str) -> None:
    """See that nothing runs over the edge; keep pictures, where somebody asked for them."""
    for scheme, width in _LOOKS:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if SCREENSHOTS:
            page.screenshot(path=Path(SCREENSHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
