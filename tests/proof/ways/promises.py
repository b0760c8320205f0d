"""What a guide promises while the service is away, and what came of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.proof.ways.load import Reader

_WHAT = {True: "the article", False: "a preview", None: "no page"}


@dataclass
class Line:
    """What came of one way."""

    title: str
    reads_on: bool
    """Whether the guide promises payers that they read on; else it says that there are previews for all."""
    readers: list[Reader] = field(default_factory=list)
    back_seconds: float = 0.0
    lost_from: float = 0.0
    back_at: float = 0.0

    def _seen(self, *, payers: bool) -> Iterator[tuple[float, str, bool | None]]:
        return (one for reader in self.readers if reader.is_payer is payers for one in reader.seen)

    def _during(self, *, payers: bool) -> int:
        return sum(self.lost_from <= at < self.back_at for at, _key, _seen in self._seen(payers=payers))

    def _told(self, *, payers: bool, seen: bool | None) -> list[str]:
        what = f"{'a payer' if payers else 'a visitor'} got {_WHAT[seen]}"
        return [
            f"{self.title}: {what} for {key}, {at - self.lost_from:+.1f} s from the outage"
            for at, key, came in self._seen(payers=payers)
            if came is seen
        ]

    @property
    def locked_out(self) -> list[str]:
        """Payers' requests that brought a preview, before, during or after."""
        return self._told(payers=True, seen=False)

    @property
    def let_in(self) -> list[str]:
        """Visitors' requests that showed what only payers may read."""
        return self._told(payers=False, seen=True)

    @property
    def failed(self) -> list[str]:
        """Anybody's requests that brought no page at all."""
        return [*self._told(payers=True, seen=None), *self._told(payers=False, seen=None)]

    @property
    def wrong(self) -> list[str]:
        """What the guides do not allow."""
        return [*(self.locked_out if self.reads_on else []), *self.let_in, *self.failed]

    @property
    def is_good(self) -> bool:
        return not self.wrong and self._during(payers=True) > 0 and self._during(payers=False) > 0

    def __str__(self) -> str:
        payers, visitors = self._during(payers=True), self._during(payers=False)
        out, into = f"{len(self.locked_out):,} of {payers:,}", f"{len(self.let_in):,} of {visitors:,}"
        promise = "payers read on" if self.reads_on else "previews for all"
        return f"{self.title:34}{promise:17}{out:>15}{into:>12}{len(self.failed):>9,}{self.back_seconds:>11.1f} s"


def table(lines: Sequence[Line], seconds: float) -> str:
    """Return what is printed."""
    head = f"{'way in':34}{'promised':17}{'locked out':>15}{'let in':>12}{'no page':>9}{'normal after':>13}"
    wrong, promised = [one for line in lines for one in line.wrong], [line for line in lines if line.reads_on]
    out, into = (sum(map(len, found)) for found in ([x.locked_out for x in promised], [x.let_in for x in lines]))
    total = f"{seconds:g} s away: payers locked out {out}, visitors let in {into}"
    return "\n".join(
        [head, *map(str, lines), *wrong[:30], f"{total}; {len(promised)} ways promise that payers read on"]
    )
