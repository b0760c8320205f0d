"""Pages that ask something and carry a form along: what they carry, and the answer that is sent from there."""

import html
import re

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.staff.people import Person

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def carried(answer: TestResponse, question: str = "again_password") -> MultiDict[str, str]:
    """Return the fields of the page that asks, as a browser would send them."""
    assert f'name="{question}"' in answer.text
    page = answer.text.split("<main", 1)[1]
    return MultiDict((name, html.unescape(value)) for name, value in _HIDDEN.findall(page))


def goes_on(somebody: Person, path: str, fields: MultiDict[str, str], **answer: str) -> TestResponse:
    """Send what the page carries, with the answer, from that very page."""
    fields = MultiDict([*fields.items(multi=True), *answer.items()])
    headers = {"Referer": f"https://news.test{path}"}
    return somebody.browser.client.post(path, data=fields, base_url="https://news.test", headers=headers)
