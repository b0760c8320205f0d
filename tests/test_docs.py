"""The README and the guides say what is so."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from paywall.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


class TestTheReadme:
    readme = (ROOT / "README.md").read_text()

    def test_its_table_names_every_variable_and_no_other(self) -> None:
        named = set(re.findall(r"^\| `(PAYWALL_\w+)`", self.readme, re.MULTILINE))
        assert named == {f"PAYWALL_{field.name.upper()}" for field in fields(Settings)}

    def test_its_map_names_every_room(self) -> None:
        rooms = {path.parent.name for path in (ROOT / "paywall").glob("*/__init__.py")}
        assert rooms == set(re.findall(r"`paywall/(\w+)/`", self.readme))


class TestTheGuides:
    @pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
    def test_links_lead_somewhere(self, guide: Path) -> None:
        for target in re.findall(r"\]\((?!https?://|mailto:|#)([^)#]+)", guide.read_text()):
            assert (guide.parent / target).exists(), f"{guide.name} links to {target}"

    def test_the_commands_they_name_exist(self) -> None:
        from paywall.cli import main  # noqa: PLC0415

        for guide in GUIDES:
            for first in re.findall(r"`paywall ([a-z-]+)", guide.read_text()):
                assert first in main.commands, f"{guide.name} names `paywall {first}`"
