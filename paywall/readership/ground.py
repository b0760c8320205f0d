"""What is asked when something is written down: publishers, articles, and who is who."""

from typing import NamedTuple

from paywall.articles.catalogue import Catalogue
from paywall.articles.rules import ArticleCard
from paywall.errors import BadInput
from paywall.publishers.profiles import Profiles
from paywall.readership import rules
from paywall.readership.holders import Holders


class Ground(NamedTuple):
    """The parts of other rooms."""

    profiles: Profiles
    catalogue: Catalogue
    holders: Holders

    def article_at(self, publisher_id: int, goal: str) -> ArticleCard | None:
        """Return the article that somebody wants to be led back to; None where it is none, or another page."""
        address = rules.address_behind(goal)
        slug = rules.slug_in(address)
        if slug:
            return self.catalogue.card(publisher_id, slug)
        if not address or address.startswith("/"):
            return None
        try:
            return self.catalogue.at_address(publisher_id, address)
        except BadInput:
            return None
