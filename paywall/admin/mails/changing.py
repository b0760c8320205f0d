"""Giving a mail other words: looked at first, saved, taken back, and sent to whoever writes them."""

from dataclasses import replace

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from paywall import audit, outbox
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.editing import hold, refuse_if_edited
from paywall.admin.ground.pages import act
from paywall.admin.mails.looking import PATH, fields_of, mail_page, place_of, wanted_in
from paywall.admin.mails.samples import Wanted, head_of, occasion
from paywall.errors import BadInput
from paywall.letters.checking import checked
from paywall.letters.keeping import give_words, own_words, take_words_back
from paywall.letters.kinds import KINDS
from paywall.letters.rules import Words
from paywall.letters.writing import write_in_words
from paywall.outbox import Mail
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import LANGUAGES
from paywall.publishers.ruling.languages import set_language
from paywall.readers.finding import reader_by_id
from paywall.web import current
from paywall.web.forms import Form, read_form

TEST = "mail_test"
"""The kind of mail that goes to whoever writes the words."""


def preview_mail(kind: str) -> ResponseReturnValue:
    """Show a mail with words that are not saved."""
    wanted, words = _asked(kind, read_form())
    try:
        checked(KINDS[kind], words)
    except BadInput as problem:
        return mail_page(422, wanted, words, {problem.field: problem.sentence}, is_typed=True)
    return mail_page(200, wanted, words, {}, is_typed=True)


def change_mail(kind: str) -> ResponseReturnValue:
    """Save the words."""
    form, staff = read_form(), current_staff()
    wanted, words = _asked(kind, form)
    try:
        with act(form) as session:
            hold(session)
            refuse_if_edited(form, fields_of(own_words(session, place_of(wanted))))
            done = give_words(session, place_of(wanted), words, actor=staff.actor)
    except BadInput as problem:
        return mail_page(422, wanted, words, {problem.field: problem.sentence}, is_typed=True)
    return _back(wanted, "Saved; the next mail has these words." if done else "The words were these already.")


def take_back(kind: str) -> ResponseReturnValue:
    """Go back to our words."""
    form, staff = read_form(), current_staff()
    wanted, _ = _asked(kind, form)
    with act(form) as session:
        hold(session)
        done = take_words_back(session, place_of(wanted), actor=staff.actor)
    return _back(wanted, "The mail has our words again." if done else "The mail had our words already.")


def send_to_me(kind: str) -> ResponseReturnValue:
    """Mail what is typed, saved or not, to the member of staff who asks for it."""
    form, staff = read_form(), current_staff()
    wanted, words = _asked(kind, form)
    try:
        mail = _to_me(wanted, checked(KINDS[kind], words))
        current.session().commit()  # what follows has a transaction of its own
        with act(form) as session:
            outbox.post(session, staff.publisher_id, TEST, form.text("act"), mail)
            about = {"kind": kind, "language": wanted.language}
            audit.write(session, staff.publisher_id, staff.actor, "mail_test_sent", staff.actor, **about)
    except BadInput as problem:
        return mail_page(422, wanted, words, {problem.field: problem.sentence}, is_typed=True)
    flash(f"On its way to {mail.recipient}. Nothing is saved by that.", "good")
    return mail_page(200, wanted, words, {}, is_typed=True)


def change_language() -> ResponseReturnValue:
    """Give the newspaper its language."""
    form, staff = read_form(), current_staff()
    with act(form) as session:
        hold(session)
        stored = {"language": read_profile(session, staff.publisher_id).language}
        refuse_if_edited(form, stored, {"language": list(LANGUAGES)})
        done = set_language(session, staff.publisher_id, form.text("language"), actor=staff.actor)
    flash("The language is set; it holds within seconds." if done else "It was this language already.", "good")
    return redirect(PATH, 303)


def _to_me(wanted: Wanted, words: Words) -> Mail:
    staff = current_staff()
    me = reader_by_id(current.session(), staff.publisher_id, staff.reader_id)
    if me is None:
        raise BadInput("text", "Your account is gone.")
    made = write_in_words(head_of(current.publisher()), occasion(wanted, me.email), words, wanted.language)
    return replace(made, subject=f"Test: {made.subject}", unsubscribe_url=None)


def _asked(kind: str, form: Form) -> tuple[Wanted, Words]:
    wanted = wanted_in(kind, form.text_or("language"), form.text_or("case"))
    return wanted, Words(form.text("subject"), form.text("text"))


def _back(wanted: Wanted, words: str) -> ResponseReturnValue:
    flash(words, "good")
    return redirect(f"{PATH}/{wanted.kind}?language={wanted.language}", 303)
