"""One form, sent from several tabs at the same time."""

from concurrent.futures import ThreadPoolExecutor

from paywall.staff.acts import new_act
from tests.staff.people import Person


def send_at_once(admin: Person, path: str, fields: dict[str, str], tabs: int = 4) -> list[int]:
    """Send the same form from so many tabs at once; returns the status of each answer."""
    form = {"act": new_act(), "csrf_token": admin.browser.csrf_token(), **fields}
    cookie = admin.browser.cookie()

    def send(_: int) -> int:
        client = admin.product.flask.test_client()
        client.set_cookie("__Host-session", cookie, domain="news.test", secure=True)
        return client.post(path, data=form, base_url="https://news.test").status_code

    with ThreadPoolExecutor(tabs) as crowd:
        return list(crowd.map(send, range(tabs)))
