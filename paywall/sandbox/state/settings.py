"""Settings of the simulated account that Stripe keeps in its dashboard; inside a transaction.

They are kept as one object that is no object of Stripe's, and that no operation shows.
"""

from collections.abc import Sequence

from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.store import Store

KIND = "sandbox_settings"


def chosen(store: Store, name: str, usual: str) -> str:
    """Return what was chosen for a setting, or what is usual."""
    return str(store.private(KIND).get(name, usual))


def choose(store: Store, name: str, value: str, among: Sequence[str]) -> None:
    """Choose a setting; raises ValueError for a value that is not among those known."""
    if value not in among:
        msg = f"{name} is {', '.join(among[:-1])} or {among[-1]}, not {value!r}"
        raise ValueError(msg)
    if store.get(KIND, KIND) is None:
        blank: Json = {"id": KIND, "object": KIND, "created": 0}
        store.insert(blank)
    store.set_private(KIND, {**store.private(KIND), name: value})
