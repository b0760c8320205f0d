"""Addresses by which outsiders would like us to reach inwards: `python -m tests.proof.outgoing` prints one line.

Every spelling, name, confusion and rebinding of `tests.outgoing.hostile` is asked for by the product's own sender,
with a server listening where it would lead and a guard on every socket of the process; then every redirect.
"""

import sys

from tests.outgoing.trying import try_all


def main() -> int:
    """Try them all; the exit code is 0 only if nothing was connected."""
    whole = try_all()
    print(  # noqa: T201 - this is what the command is for
        f"hostile addresses: {whole.tried} tried, {whole.refused} refused, {whole.unanswered} pinned to the public "
        f"address they showed first; {whole.redirects} of {len(whole.redirect_statuses)} redirects not followed; "
        f"connections inwards: {whole.connections}"
    )
    for what in whole.let_through:
        print(f"let through: {what}")  # noqa: T201 - as above
    return int(bool(whole.connections or whole.let_through) or whole.redirects != len(whole.redirect_statuses))


if __name__ == "__main__":
    sys.exit(main())
