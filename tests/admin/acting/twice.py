"""Sending one form several times at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from paywall.staff.acts import new_act
from tests.staff.people import Person

TABS = 4


def send_at_once(staff: Person, path: str, fields: dict[str, str]) -> list[int]:
    """Send the same form, with one token, from several tabs held by a barrier; returns the statuses, sorted."""
    browser = staff.browser
    form = {"act": new_act(), "csrf_token": browser.csrf_token(), **fields}
    cookie, start = browser.cookie(), Barrier(TABS)

    def send(_: int) -> int:
        client = staff.product.flask.test_client()
        client.set_cookie("__Host-session", cookie, domain="news.test", secure=True)
        start.wait()
        return client.post(path, data=form, base_url=browser.base_url).status_code

    with ThreadPoolExecutor(TABS) as crowd:
        return sorted(crowd.map(send, range(TABS)))
