"""The table of bad questions to the list of subscribers: each is answered, none is taken for markup, none is a 500."""

import csv
import re
from pathlib import Path

from paywall.app import Product
from paywall.staff.rules import Role
from tests.staff.conftest import product
from tests.staff.people import member

__all__ = ["product"]

CASES = Path(__file__).resolve().parents[2] / "cases" / "admin.tsv"
_TIMES = re.compile(r"(.)\*(\d+)$")


def rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


class TestABadQuestion:
    def test_each_is_answered_as_the_table_says(self, product: Product) -> None:
        viewer, wrong = member(product, Role.VIEWER), {}
        for row in rows():
            query = _TIMES.sub(lambda many: many[1] * int(many[2]), row["input"])
            page = viewer.browser.get(f"/admin/subscribers?{query}")
            is_markup = '" onmouseover=' in page.text or "4949" in page.text
            if page.status_code != int(row["answer"]) or is_markup:
                wrong[row["id"]] = page.status_code
        assert wrong == {}
