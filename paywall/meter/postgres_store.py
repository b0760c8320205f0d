"""The meter's rows in PostgreSQL: the table `meter_views`, which the product's migrations make.

Every operation is one statement on an autocommitting connection. At READ COMMITTED an UPDATE that waited for another
looks at the row again before it writes, so a swap that came too late changes nothing and says so.
"""

from paywall.meter.postgres_pool import PostgresPool
from paywall.meter.store import Row

SWEPT_AT_ONCE = 5_000

_READ = "SELECT packed FROM meter_views WHERE holder = %s AND window_key = %s"
_INSERT = (
    "INSERT INTO meter_views (packed, expires_at, holder, window_key) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
_UPDATE = "UPDATE meter_views SET packed = %s, expires_at = %s WHERE holder = %s AND window_key = %s AND packed = %s"
_DELETE = "DELETE FROM meter_views WHERE holder = %s"
_STRETCH_END = (
    "SELECT holder FROM (SELECT holder FROM meter_views WHERE holder > %s ORDER BY holder LIMIT %s) AS stretch "
    "ORDER BY holder DESC LIMIT 1"
)
_SWEEP = "DELETE FROM meter_views WHERE holder > %s AND holder <= %s AND expires_at <= %s"
_PING = "SELECT 1 FROM meter_views LIMIT 1"


class PostgresRows:
    """Rows in the database that `conninfo` (libpq's form) names, over a small pool of connections."""

    def __init__(self, conninfo: str) -> None:
        self._pool = PostgresPool(conninfo)

    def read(self, row: Row) -> bytes | None:
        """Return the packed value, None where there is no row."""
        _, found = self._pool.run(_READ, (row.holder, row.window))
        return None if found is None else bytes(found[0])

    def swap(self, row: Row, old: bytes | None, new: bytes) -> bool:
        """Replace `old` by `new` if it is still there."""
        values = (new, row.expires_at, row.holder, row.window)
        touched, _ = self._pool.run(_INSERT, values) if old is None else self._pool.run(_UPDATE, (*values, old))
        return touched == 1

    def delete(self, holder: bytes) -> None:
        """Delete the holder's rows of every window."""
        self._pool.run(_DELETE, (holder,))

    def sweep(self, now: int) -> int:
        """Delete rows that expired by the epoch second `now`; return how many.

        In stretches of the primary key, each far shorter than the statement timeout.
        """
        swept, reached = 0, b""
        while following := self._pool.run(_STRETCH_END, (reached, SWEPT_AT_ONCE))[1]:
            swept += self._pool.run(_SWEEP, (reached, following[0], now))[0]
            reached = following[0]
        return swept

    def ping(self) -> None:
        """Return if the table can be read."""
        self._pool.run(_PING, ())
