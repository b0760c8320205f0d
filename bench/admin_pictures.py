"""Every page of /admin, photographed: `python -m bench.admin_pictures FOLDER`.

Serves the demo in an empty folder, signs in as its admin, walks from link to link and keeps each page as a PNG: on a
wide screen by day and by night, and on a phone by day. Prints each with its size; ends with 1 if a page did not answer.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.admin.walk import Stop, enter, meet_company, walk
from tests.browser.conftest import ARGUMENTS, chromium_path, serve_demo

LOOKS = (("light", 1280), ("dark", 1280), ("light", 390))


def main() -> int:
    """Walk, photograph, and print what was kept."""
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    words.add_argument("folder", type=Path)
    folder: Path = words.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    stops = list(_photographs(folder))
    for stop in stops:
        kilobytes = sum(file.stat().st_size for file in folder.glob(f"{_file(stop)}-*[kt].png")) / 1000
        print(f"{stop.name:24} {stop.status} {kilobytes:6.0f} kB  {stop.path}")
    wrong = [stop for stop in stops if stop.status != 200]
    print(f"admin pictures: {len(stops) - len(wrong)} of {len(stops)} pages, {len(LOOKS)} pictures each")
    return int(bool(wrong))


def _photographs(folder: Path) -> Iterator[Stop]:
    """Yield each page once its pictures are kept."""
    with (
        tempfile.TemporaryDirectory() as data,
        serve_demo(Path(data), "--company") as demo,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        page = chromium.new_page(base_url=demo.address)
        enter(page)
        meet_company(page)
        for stop in walk(page):
            if stop.is_page:
                _photograph(page, folder / _file(stop))
                yield stop
        chromium.close()


def _file(stop: Stop) -> str:
    numbers = "-".join(re.findall(r"\d+", stop.path.partition("?")[0]))
    return f"{stop.name}-{numbers}" if numbers else stop.name


def _photograph(page: Page, stem: Path) -> None:
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        path = stem.with_name(f"{stem.name}-{width}-{scheme}.png")
        page.screenshot(path=path, full_page=True)


if __name__ == "__main__":
    sys.exit(main())
