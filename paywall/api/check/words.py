"""The invitation's sentences and links, for pages that show them by themselves."""

from paywall.api.check.models import Words, WordsLink
from paywall.api.ground.routes import Parts
from paywall.articles.rules import ArticleCard
from paywall.gate.decision import Decision
from paywall.gate.words.invitations import Ask, invitation
from paywall.gate.words.notices import notice
from paywall.gate.words.phrases import Link
from paywall.publishers.letterhead import site_url
from paywall.publishers.rules import Profile


def words_for(parts: Parts, profile: Profile, card: ArticleCard, decision: Decision, here: str) -> Words:
    """Return the invitation that is true for a decision; its links lead back to `here`."""
    site = site_url(profile, parts.settings.base_url)
    said = invitation(Ask(decision, profile, profile.meter_for(card.section), card.access, here))
    price = parts.prices.of(profile) if said.shows_price else None
    return Words(
        headline=said.headline,
        why=said.why,
        offer=said.offer,
        price=price.price_line if price else None,
        button=_link(site, said.button),
        beside=said.beside,
        beside_link=_link(site, said.beside_link) if said.beside_link else None,
        also=said.also,
        also_link=_link(site, said.also_link) if said.also_link else None,
    )


def notice_for(profile: Profile, card: ArticleCard, decision: Decision) -> str | None:
    """Return the quiet line above an open article."""
    said = notice(decision, profile.meter_for(card.section))
    return said.sentence if said else None


def _link(site: str, link: Link) -> WordsLink:
    return WordsLink(label=link.label, url=f"{site}{link.path}" if link.path.startswith("/") else link.path)
