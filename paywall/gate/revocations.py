"""Which passes are dead before their time: this process's list, kept true by the table of changes."""

from datetime import datetime, timedelta

from paywall import clock
from paywall.changes import Change, ChangeKind
from paywall.gate.passes import OUTAGE_LIFE_SECONDS, Pass

KEPT_FOR = timedelta(seconds=OUTAGE_LIFE_SECONDS + 60)
"""As long as any pass that was minted before could be taken, and a minute more."""
SWEPT_EVERY = timedelta(minutes=1)


class Revocations:
    """Hears who lost access and which sign-ins ended. Safe to share between threads."""

    def __init__(self) -> None:
        self._least_numbers: dict[int, tuple[int, datetime]] = {}
        self._ended_sign_ins: dict[int, datetime] = {}
        self._swept_at = clock.wall()

    def has_ended(self, known: Pass) -> bool:
        """Tell whether the pass is dead."""
        least = self._least_numbers.get(known.reader_id)
        return (least is not None and known.access_number < least[0]) or known.sign_in_id in self._ended_sign_ins

    def sign_in_has_ended(self, known: Pass) -> bool:
        """Tell whether the sign-in is over under which the pass was minted: then it does not even say who this is."""
        return known.sign_in_id in self._ended_sign_ins

    def hear(self, change: Change) -> None:
        """Take note of a change that ends passes."""
        if change.kind is ChangeKind.ACCESS_ENDED:
            reader, _, number = change.subject.partition(":")
            least, _ = self._least_numbers.get(int(reader), (0, None))
            self._least_numbers[int(reader)] = (max(int(number), least), clock.wall())
        elif change.kind is ChangeKind.SIGN_IN_ENDED:
            self._ended_sign_ins[int(change.subject)] = clock.wall()
        else:
            return
        self._forget_old(clock.wall())

    def _forget_old(self, now: datetime) -> None:
        if now - self._swept_at < SWEPT_EVERY:
            return
        self._swept_at, before = now, now - KEPT_FOR
        self._least_numbers = {r: heard for r, heard in self._least_numbers.items() if heard[1] > before}
        self._ended_sign_ins = {s: at for s, at in self._ended_sign_ins.items() if at > before}
