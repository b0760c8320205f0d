"""Readers with made-up names, and the browsers they are signed in with."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from paywall.demo.scale.lives.calendar import on_a_day_of_every_month
from paywall.demo.scale.size import Bag, Size
from paywall.demo.scale.writing import Values
from paywall.readers.sign_ins import MOST

_FIRST = (  # noqa: SIM905 - a list of words reads best as one text
    "aida ali anna arzu aysel ben carla daniel elena elmir emil farid fidan gunay hugo ilaha ines ivan jamila "
    "jonas kamran karim lala leyla lina maria marta nadir nigar noah olga orkhan paul rashad rena sabina samir "
    "sara sevda tamara teymur togrul ulvi vera vusal yusif zahra zaur"
).split()
_LAST = (  # noqa: SIM905 - the same
    "abbasova aliyev andersson babayev berg cohen costa dupont eyvazov fischer garcia gasimova haas hasanov "
    "huseynli ibrahimov ismayilova jansen kazimov khan kim kowalski kuliyeva larsen mammadov meyer moreau "
    "mustafayev nguyen novak orucov petrova quliyev rahimova rossi rzayev sadiqova schmidt silva smith tagiyev "
    "valiyev weber yilmaz zeynalova"
).split()
_HOSTS = Bag({"mail.example": 45, "post.example": 25, "inbox.example": 15, "uni.example": 10, "courier.test": 5})
_AGENTS = ("Firefox on Linux", "Safari on iPhone", "Chrome on Android", "Chrome on Windows", "Edge on Windows")
_CROWDED = 0.002
"""The share of readers of whose account all places for a browser were taken within the last days."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The made-up readers: `first_id` and those after it, in the order in which they joined."""

    size: Size
    first_id: int

    def joined_at(self, index: int) -> datetime:
        """Return when the `index`th reader (from 0) joined: more each year, nobody after the 28th of a month."""
        share = math.sqrt((index + 0.5) / self.size.readers)
        length = self.size.now - self.size.founded_at
        joined_at = self.size.founded_at + timedelta(seconds=int(share * length.total_seconds()))
        return on_a_day_of_every_month(joined_at)


def reader_rows(crowd: Crowd, publisher_id: int, password_hash: str) -> Iterator[Values]:
    """Yield the rows of the readers, who all share one password."""
    dice = crowd.size.dice("readers")
    for index in range(crowd.size.readers):
        joined_at, email = crowd.joined_at(index), _address(dice, index)
        yield {
            "id": crowd.first_id + index,
            "publisher_id": publisher_id,
            "email": email,
            "email_normalized": email,
            "password": password_hash,
            "fs_uniquifier": f"{dice.getrandbits(128):032x}",
            "created_at": joined_at,
            "confirmed_at": joined_at if dice.random() < 0.9 else None,
        }


def sign_in_rows(crowd: Crowd) -> Iterator[Values]:
    """Yield the browsers in which readers are signed in: one or two for a third of them, many for a few."""
    dice = crowd.size.dice("sign-ins")
    for index in range(crowd.size.readers):
        for created_at in _sign_ins(dice, crowd, index):
            yield {
                "reader_id": crowd.first_id + index,
                "token_hash": f"{dice.getrandbits(256):064x}",
                "created_at": created_at,
                "user_agent": dice.choice(_AGENTS),
            }


def _sign_ins(dice: random.Random, crowd: Crowd, index: int) -> list[datetime]:
    fate = dice.random()
    if fate < _CROWDED:
        return [crowd.size.now - timedelta(hours=12 * number) for number in range(MOST)]
    return [crowd.joined_at(index)] * dice.choice((1, 1, 2)) if fate < 0.3 else []


def _address(dice: random.Random, index: int) -> str:
    return f"{dice.choice(_FIRST)}.{dice.choice(_LAST)}.{index:x}@{_HOSTS.draw(dice)}"
