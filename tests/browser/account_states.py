"""Six readers of one demo, each led into another state: by her own clicks, her bank's answers, and time that passes.

Used by the pictures of the account page and by the check of its accessibility.
"""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser

from tests.browser.control import Control
from tests.browser.demo import Demo
from tests.browser.reader import GOOD_CARD, SECURE_CARD, Reader

Begin = Callable[[Reader], None]


@dataclass(frozen=True)
class State:
    """A state, who is in it, how one gets there, and what the account's first line says of it."""

    name: str
    reader: str
    begin: Begin
    sentence: str


def pays(reader: Reader) -> None:
    _subscribes(reader)


def pays_with_a_card_that_asks(reader: Reader) -> None:
    """Subscribe with a card whose bank wants each payment confirmed, and confirm the first."""
    _subscribes(reader, SECURE_CARD)
    reader.page.get_by_role("button", name="Complete authentication").click()


def tries(reader: Reader) -> None:
    reader.page.goto("/subscribe")
    reader.page.get_by_role("region", name="Patron").get_by_role("button").first.click()
    reader.pays()


def pauses(reader: Reader) -> None:
    _subscribes(reader)
    reader.page.goto("/account")
    reader.follows("Pause")
    reader.page.get_by_label("2 months").check()
    reader.page.get_by_role("button", name="Pause").click()


def cancels(reader: Reader) -> None:
    _subscribes(reader)
    reader.page.goto("/account")
    reader.follows("Cancel subscription")
    reader.page.get_by_role("button", name="Cancel subscription").click()


def _subscribes(reader: Reader, card: str = GOOD_CARD) -> None:
    reader.page.goto("/subscribe")
    reader.chooses_monthly()
    reader.pays(card)


BEFORE_A_RENEWAL = (
    State("active", "leyla", pays, r"You subscribe monthly\. Next payment €4\.99 on .+\."),
    State("in-grace", "rauf", pays, r"Your last payment of €4\.99 failed\. You can still read until .+\."),
    State(
        "action-required",
        "nigar",
        pays_with_a_card_that_asks,
        r"Your bank wants you to confirm your payment of €4\.99\. .+\.",
    ),
)
AFTER_IT = (
    State("trial", "kamran", tries, r"Your trial runs for 14 more days\. First payment €14\.99 on .+\."),
    State(
        "paused", "aysel", pauses, r"Your subscription is paused\. You can read until .+; nothing is charged until .+\."
    ),
    State(
        "paid-through", "tural", cancels, r"Your subscription is cancelled\. You can read until .+; nothing more .+\."
    ),
)


def lead_into_states(browser: Browser, demo: Demo) -> dict[str, Reader]:
    """Lead a reader into each state; returns them by its name, each at her account in a window of her own."""
    control = Control(_window(browser, demo, "nobody").page)
    readers = {state.name: _begins(state, browser, demo) for state in BEFORE_A_RENEWAL}
    control.page.reload()
    control.lets_payments_fail(readers["in-grace"].email)
    control.presses("To the next renewal")
    return readers | {state.name: _begins(state, browser, demo) for state in AFTER_IT}


def _begins(state: State, browser: Browser, demo: Demo) -> Reader:
    reader = _window(browser, demo, state.reader)
    reader.page.goto("/signup")
    reader.signs_up()
    _confirms_her_address(reader)
    state.begin(reader)
    return reader


def _confirms_her_address(reader: Reader) -> None:
    page = reader.page
    page.goto("/demo/mailbox")
    page.locator(".mails li", has_text=reader.email).get_by_role("link", name="Confirm your e-mail address").click()
    page.goto(page.locator(".mail-text").get_by_role("link", name="/confirm/").inner_text())
    page.get_by_role("button", name="Yes, this is my address").click()


def _window(browser: Browser, demo: Demo, name: str) -> Reader:
    context = browser.new_context(base_url=demo.address, viewport={"width": 1280, "height": 900})
    return Reader(context.new_page(), f"{name}@example.org")
