"""An audit of the little newspaper, quick because nobody else reads it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from paywall.wall.audit import Limits, Plan, Report, audit
from tests.wall.audit.paper import PATH, Paper, serve

Look = Callable[..., Report]


@pytest.fixture
def paper() -> Iterator[Paper]:
    """The newspaper, served."""
    paper = Paper()
    with serve(paper) as address:
        paper.address = address
        yield paper


@pytest.fixture
def look(paper: Paper) -> Look:
    """Audit the locked story."""

    def look(*canaries: str, most: int = 600, path: str = PATH, **options: Any) -> Report:
        return audit(Plan(paper.address + path, canaries, limits=Limits(most, 10_000), **options))

    return look
