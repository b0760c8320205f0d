"""Forms that are sent from several tabs at the same time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from paywall.staff.acts import new_act
from tests.staff.people import Person


def send_at_once(admin: Person, path: str, fields: dict[str, str], tabs: int = 4) -> list[int]:
    """Send the same form from so many tabs at once; returns the status of each answer."""
    return _send(admin, path, [{"act": new_act(), **fields}] * tabs)


def send_each_at_once(admin: Person, path: str, forms: Sequence[dict[str, str]]) -> list[int]:
    """Send forms at once, each an act of its own, as several people do; returns the status of each answer."""
    return _send(admin, path, [{"act": new_act(), **fields} for fields in forms])


def _send(admin: Person, path: str, forms: Sequence[dict[str, str]]) -> list[int]:
    csrf_token, cookie = admin.browser.csrf_token(), admin.browser.cookie()

    def send(fields: dict[str, str]) -> int:
        client = admin.product.flask.test_client()
        client.set_cookie("__Host-session", cookie, domain="news.test", secure=True)
        form = {"csrf_token": csrf_token, **fields}
        return client.post(path, data=form, base_url="https://news.test").status_code

    with ThreadPoolExecutor(len(forms)) as crowd:
        return list(crowd.map(send, forms))
