"""Every page of /admin in a real Chromium: `python -m tests.proof.admin_pages`.

The admin of a demo whose readers come by themselves walks over every link. axe-core looks at each kind of page twice at
most, by day at 1280 px and by night at 390; the browser tells what breaks the content security policy, and which script
fails, on all of them.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.admin.judging import Judged, judged_pages
from tests.browser.conftest import ARGUMENTS, chromium_path


def summary(judged: list[Judged]) -> str:
    """Return the line that counts."""
    looked_at, pages = [one for one in judged if one.is_looked_at], [one for one in judged if one.stop.is_page]
    found = sum(len(wrong) for one in judged for wrong in one.violations.values())
    return (
        f"axe-core: {found} violations on {len(looked_at)} pages of {len({one.stop.name for one in looked_at})} kinds "
        f"(light 1280, dark 390); CSP reports: {sum(len(one.stop.complaints) for one in pages)} on {len(pages)} pages; "
        f"errors of scripts: {sum(len(one.stop.errors) for one in pages)}; "
        f"wider than a phone: {sum(one.is_too_wide for one in judged)}; "
        f"not answered with 200: {sum(one.stop.status != 200 for one in judged)}"
    )


def problems(judged: list[Judged]) -> list[str]:
    """Return what is wrong, a line each."""
    found = [f"{one.stop.path}: {one.stop.status}" for one in judged if one.stop.status != 200]
    for one in judged:
        words = [rule for wrong in one.violations.values() for rule in wrong]
        words += [*one.stop.complaints, *one.stop.errors, *(["wider than a phone"] if one.is_too_wide else [])]
        found += [f"{one.stop.path}: {word}" for word in words]
    return found


def main() -> int:
    """Walk, and print what was found; return 1 where anything is wrong."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="paywall-admin-pages-") as folder:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        judged = list(judged_pages(browser, Path(folder)))
        browser.close()
    print("\n".join([*problems(judged), summary(judged)]))  # noqa: T201 - this is what the command is for
    return int(bool(problems(judged)))


if __name__ == "__main__":
    sys.exit(main())
