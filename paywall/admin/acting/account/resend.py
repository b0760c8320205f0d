"""Sending a mail again, to the reader's own address and to no other.

A mail whose link works once is written anew; any other is sent as it was.
"""

from paywall import outbox
from paywall.admin.acting.frame import Act, Given, note
from paywall.admin.acting.knowing import Known
from paywall.admin.acting.question import Blank, Kind, Question
from paywall.admin.ground.pages import act
from paywall.errors import BadInput
from paywall.outbox import OutboxMail
from paywall.readers.finding import reader_by_id
from paywall.readers.letters import Desk, send_confirmation, send_reset
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import Form

_MOST = 20
_NEW = {"confirm": "a new link to confirm the address", "reset": "a new link to set a password"}
_WRITERS = {"confirm": send_confirmation, "reset": send_reset}
_NOT_AS_IT_WAS = (*_NEW, "staff_invitation")


def _ask(known: Known, given: Given) -> Question:
    pairs = _pairs(known)
    which = Blank("mail", "Which", Kind.CHOICE, given.get("mail", pairs[0][0]), pairs=pairs)
    return Question("Send the mail", [f"It goes to {known.address}, once, within a minute."], [which])


def _do(known: Known, form: Form) -> str:
    wanted = form.text("mail")
    again = next((one for one in _mails(known) if f"again:{one.id}" == wanted), None)
    if again is None and wanted.removeprefix("new:") not in _NEW:
        raise BadInput("mail", "Choose one of the mails.")
    current.session().commit()
    with act(form) as session:
        if again is not None:
            outbox.post_again(session, again, cause=f"again:{form.text('act')}")
        else:
            reader = reader_by_id(session, known.publisher.id, known.reader.id)
            desk = Desk(known.publisher, current.settings())
            _WRITERS[wanted.removeprefix("new:")](session, desk, reader)
        note(session, known, "mail_sent_again", before=None, after=again.kind if again else wanted)
    return f"The mail is on its way to {known.address}."


def _pairs(known: Known) -> list[tuple[str, str]]:
    again = [(f"again:{one.id}", f"{known.day(one.written_at)}: {one.subject}") for one in _mails(known)]
    return again + [(f"new:{kind}", words) for kind, words in _NEW.items()]


def _mails(known: Known) -> list[OutboxMail]:
    found = outbox.mails_to(current.session(), known.publisher.id, known.reader.email, _MOST)
    return [one for one in found if one.kind not in _NOT_AS_IT_WAS and one.withdrawn_at is None]


ACT = Act("resend", "Send a mail again", Role.SUPPORT, _ask, _do)
