"""Writing a mail: a text and an HTML version of one template, under the publisher's letterhead.

`templates/mail/NAME.txt` and `NAME.html` are rendered with the same values. Nothing here needs a web request, so
workers and commands write the same mails as pages do. `paywall.outbox` keeps them, `paywall.mailer` sends them.
"""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from paywall.installation import folder
from paywall.outbox import Mail


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the publisher's name, its address for answers (may be empty), its site and its colour."""

    name: str
    address: str
    site_url: str
    """Scheme and host without a slash at the end: every link in a mail begins with it."""
    accent: str


def compose(template: str, letterhead: Letterhead, recipient: str, subject: str, **values: object) -> Mail:
    """Return the mail that `template` makes of `values`; a value that it needs and doesn't get raises UndefinedError.

    `values` are shown to people: money and dates come in as text.
    """
    everything = {"letterhead": letterhead, "subject": subject, **values}
    text, html = (_environment().get_template(f"mail/{template}.{kind}").render(everything) for kind in ("txt", "html"))
    return Mail(recipient=recipient, subject=subject, text=text.strip() + "\n", html=html)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(folder("templates")),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
