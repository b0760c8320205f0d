"""What was read: the gate's answers over the last three months, to readers, visitors and a few crawlers."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta

from paywall.demo.scale.people.crowd import Crowd
from paywall.demo.scale.size import Bag
from paywall.demo.scale.writing import Values
from paywall.gate.decision import Extent, Prompt, Reason

_LENGTH = timedelta(days=90)
_WHO = Bag({"visitor": 70, "reader": 27, "crawler": 3})
_ANSWERS = {
    "visitor": Bag(
        {
            (Extent.FULL, Reason.METERED, Prompt.NONE): 50,
            (Extent.FULL, Reason.METERED, Prompt.LAST_FREE_ARTICLE): 12,
            (Extent.FULL, Reason.FREE_ARTICLE, Prompt.NONE): 13,
            (Extent.PREVIEW, Reason.METER_USED_UP, Prompt.SUBSCRIBE): 20,
            (Extent.PREVIEW, Reason.SUBSCRIPTION_REQUIRED, Prompt.SUBSCRIBE): 5,
        }
    ),
    "reader": Bag(
        {
            (Extent.FULL, Reason.SUBSCRIBED, Prompt.NONE): 60,
            (Extent.FULL, Reason.METERED, Prompt.NONE): 25,
            (Extent.FULL, Reason.COMP, Prompt.NONE): 2,
            (Extent.FULL, Reason.IN_GRACE, Prompt.UPDATE_PAYMENT): 2,
            (Extent.PREVIEW, Reason.METER_USED_UP, Prompt.SUBSCRIBE): 11,
        }
    ),
    "crawler": Bag({(Extent.FULL, Reason.VERIFIED_CRAWLER, Prompt.NONE): 1}),
}
_REFERRERS = Bag({None: 50, "www.search.example": 25, "social.example": 15, "news.courier.test": 10})


def view_rows(crowd: Crowd, publisher_id: int, article_ids: Sequence[int]) -> Iterator[Values]:
    """Yield the answers, oldest first; a few articles are read far more than the rest."""
    dice, size = crowd.size.dice("views"), crowd.size
    articles = Bag({article_id: 1 / (rank + 1) for rank, article_id in enumerate(article_ids)})
    begins_at = size.now - _LENGTH
    for number in range(size.views):
        who = _WHO.draw(dice)
        extent, reason, prompt = _ANSWERS[who].draw(dice)
        yield {
            "publisher_id": publisher_id,
            "article_id": articles.draw(dice),
            **_asker(dice, who, crowd),
            "extent": extent.value,
            "reason": reason.value,
            "prompt": prompt.value,
            "referrer_host": _REFERRERS.draw(dice),
            "at": (begins_at + _LENGTH * ((number + 0.5) / size.views)).replace(microsecond=0),
        }


def _asker(dice: random.Random, who: str, crowd: Crowd) -> dict[str, object]:
    """Return who asked; the older accounts read more, and a third as many visitors come as there are readers."""
    if who == "reader":
        return {"reader_id": crowd.first_id + int(crowd.size.readers * dice.random() ** 2)}
    if who == "crawler":
        return {"crawler": "google"}
    return {"visitor": f"{int(crowd.size.readers * dice.random() ** 2 / 3):016x}"}
