"""Our own words: `templates/mail/KIND.letter`, with one `Subject: …` line or more before the text."""

from functools import cache
from pathlib import Path

from paywall.installation import folder
from paywall.letters.rules import Words, read_subject

_SUBJECT = "Subject: "


@cache
def our_words(kind: str) -> Words:
    """Return our words for a kind of mail; of several lines of the subject the first that fits is used."""
    written = Path(folder("templates"), "mail", f"{kind}.letter").read_text("utf-8")
    head, _, text = written.partition("\n\n")
    subjects = [line.removeprefix(_SUBJECT) for line in head.split("\n")]
    return Words("\n".join(subjects), text.strip("\n"))


def our_words_to_begin_with(kind: str) -> Words:
    """Return the same as a publisher may begin with: of the subject the first line that has no marks."""
    ours = our_words(kind)
    subject = next(line for line in read_subject(ours.subject) if not line.marks)
    return Words(subject.words, ours.text)
