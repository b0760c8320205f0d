"""The crawlers we know of, from `catalogue.json`, and which of them a user agent claims to be."""

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from paywall.errors import NotFound
from paywall.gate.crawlers.rules import Crawler, Kind, Operator

_LOOKED_AT = 512
"""Characters of a user agent."""


def _operator(name: str, facts: Mapping[str, Any]) -> Operator:
    as_of = facts.get("bundled_as_of")
    return Operator(
        name=name,
        label=facts["label"],
        hosts=tuple(facts["hosts"]),
        ranges_url=facts["ranges_url"],
        documented_at=facts["documented_at"],
        bundled=tuple(facts.get("bundled", ())),
        bundled_as_of=date.fromisoformat(as_of) if as_of else None,
    )


def _crawler(facts: Mapping[str, Any]) -> Crawler:
    operator = OPERATORS[facts["operator"]]
    return Crawler(facts["name"], facts["label"], operator, Kind(facts["kind"]), tuple(facts["agents"]))


_FACTS = json.loads((Path(__file__).parent / "catalogue.json").read_text("utf-8"))
OPERATORS = {name: _operator(name, facts) for name, facts in _FACTS["operators"].items()}
CRAWLERS = tuple(_crawler(facts) for facts in _FACTS["crawlers"])
"""Those that get less come first: who claims to be two of them is taken for the first."""
_is_any = re.compile("|".join(re.escape(agent) for one in CRAWLERS for agent in one.agents), re.IGNORECASE).search


def claim_of(user_agent: str) -> Crawler | None:
    """Return which crawler a user agent claims to be; None for nearly everybody."""
    return _claim_of(user_agent[:_LOOKED_AT])


@lru_cache(maxsize=4096)  # there are many readers and few browsers
def _claim_of(user_agent: str) -> Crawler | None:
    if not _is_any(user_agent):
        return None
    said = user_agent.lower()
    return next((one for one in CRAWLERS if any(agent in said for agent in one.agents)), None)


def crawler_called(name: str) -> Crawler:
    """Return the crawler of that name; raises NotFound with the names there are."""
    found = next((one for one in CRAWLERS if one.name == name), None)
    if found is None:
        raise NotFound(f"Choose from: {', '.join(one.name for one in CRAWLERS)}.")
    return found
