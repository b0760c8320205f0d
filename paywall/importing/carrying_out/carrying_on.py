"""What a worker does for imports: whatever was begun is brought to its end, after a crash as well."""

from collections.abc import Callable

from paywall.database import Database
from paywall.importing.carrying_out.applying import apply_some
from paywall.importing.carrying_out.undoing import undo_some
from paywall.importing.runs import unfinished
from paywall.readers.accounts import Erase


def carry_on(database: Database, base_url: str, erase: Erase, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Apply or undo every import that was begun, step by step, until it is done or somebody stops; returns the rows."""
    done = 0
    with database.reading() as session:
        waiting = unfinished(session)
    for import_id in waiting:
        while not is_stopping():
            rows = apply_some(database, import_id, base_url) or undo_some(database, import_id, erase)
            done += rows
            if not rows:
                break
    return done
