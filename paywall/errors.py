"""The tree of named situations: rooms raise them, the web layer only translates them into pages.

Each situation carries its HTTP status, a code for machines and a sentence for people. `retry_after` (seconds) marks
what may go better in a moment.
"""


class PaywallError(Exception):
    """Any situation that the product has a name for."""

    status = 500
    code = "internal_error"
    retry_after: int | None = None

    @property
    def sentence(self) -> str:
        """What happened, in words for the person who meets it."""
        return str(self) or (self.__doc__ or "").split("\n", 1)[0]


class NotFound(PaywallError):
    """There is nothing here under that name."""

    status = 404
    code = "not_found"


class UnknownHost(PaywallError):
    """No publisher of this service answers to that host name."""

    status = 400
    code = "unknown_host"


class Unavailable(PaywallError):
    """Something this needs can't be reached just now."""

    status = 503
    code = "unavailable"
    retry_after = 10


class DatabaseUnavailable(Unavailable):
    """The database can't be reached just now."""

    code = "database_unavailable"


class BadInput(PaywallError):
    """A field holds something that can't be taken; `field` names it."""

    status = 422
    code = "bad_input"

    def __init__(self, field: str, sentence: str) -> None:
        """Name the `field` and say in one sentence what to do about it."""
        super().__init__(sentence)
        self.field = field
