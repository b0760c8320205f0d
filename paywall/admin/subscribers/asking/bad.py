"""What is wrong with what was asked."""

from paywall.errors import BadInput


class BadQuestion(BadInput):
    """The address of the list asks for something that is not there; `field` names what."""

    status = 400
    code = "bad_question"
