"""The account page in six states, photographed: `python -m bench.account_pictures [FOLDER]`.

Serves the demo in an empty folder and leads six readers into six states by playing: they subscribe, pause and cancel
on its pages, one card is declined and one bank asks for 3-D Secure at the renewal, for which the clock is turned. Keeps
each account as a PNG (default: `docs/images/account/`), on a wide screen by day and on a phone by night, and prints
each with its size and the sentence that it shows. Ends with 1 if a sentence is not what it should be.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import FloatRect, Page, sync_playwright

from tests.browser.account_states import AFTER_IT, BEFORE_A_RENEWAL, lead_into_states
from tests.browser.conftest import ARGUMENTS, chromium_path, serve_demo
from tests.browser.reader import Reader

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images" / "account"
SENTENCES = {state.name: state.sentence for state in (*BEFORE_A_RENEWAL, *AFTER_IT)}
MARGIN = 24
"""CSS pixels that are left below the last invoice."""


def main(folder: Path = FOLDER) -> int:
    """Play, photograph, and print what was kept."""
    folder.mkdir(parents=True, exist_ok=True)
    said = list(_photographs(folder))
    for name, sentence in said:
        for file in sorted(folder.glob(f"{name}-[0-9]*.png")):
            print(f"{file.name:30} {file.stat().st_size / 1000:5.1f} kB  {sentence}")
    wrong = [name for name, sentence in said if not re.fullmatch(SENTENCES[name], sentence)]
    print(f"account pictures: {len(said) - len(wrong)} of {len(SENTENCES)} states say what they should")
    return int(bool(wrong))


def _photographs(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each state with its sentence, once its pictures are kept."""
    with tempfile.TemporaryDirectory() as data, serve_demo(Path(data)) as demo, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        for name, reader in lead_into_states(chromium, demo).items():
            yield name, reader.state()
            _photograph(reader, folder, name)
        chromium.close()


def _photograph(reader: Reader, folder: Path, name: str) -> None:
    page = reader.page
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.screenshot(path=folder / f"{name}-1280-light.png", full_page=True, clip=_what_matters(page))
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=folder / f"{name}-390-dark.png", full_page=True, clip=_what_matters(page))


def _what_matters(page: Page) -> FloatRect:
    """Return the part from the heading to the last invoice: the rest is the same for everybody."""
    top, end = page.locator("main").bounding_box(), page.locator("table.figures").bounding_box()
    size = page.viewport_size
    assert top
    assert end
    assert size
    return {"x": 0, "y": top["y"], "width": size["width"], "height": end["y"] + end["height"] + MARGIN - top["y"]}


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
