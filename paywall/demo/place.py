"""Where a demo keeps its things: one folder, so that it starts again where it was."""

import secrets
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from paywall.settings import Environment, Settings

FOLDER_VARIABLE = "PAYWALL_DEMO_FOLDER"
ADDRESS_VARIABLE = "PAYWALL_DEMO_ADDRESS"
GAZETTE_PORT_VARIABLE = "PAYWALL_DEMO_GAZETTE_PORT"
COMPANY_VARIABLE = "PAYWALL_DEMO_COMPANY"


@dataclass(frozen=True, slots=True)
class Place:
    """A demo's folder and the address at which it is served."""

    folder: Path
    address: str
    """`http://127.0.0.1:8000`"""

    @property
    def host(self) -> str:
        """The host name with its port."""
        return self.address.removeprefix("http://")

    @property
    def stripe_file(self) -> Path:
        """The state of the simulated Stripe."""
        return self.folder / "stripe.sqlite3"

    @property
    def clock_file(self) -> Path:
        """How far business time has been turned."""
        return self.folder / "clock"

    def settings(self) -> Settings:
        """Return the settings that a demo runs with."""
        return Settings(
            secret_key=self._secret_key(),
            base_url=self.address,
            env=Environment.DEMO,
            database_url=self._database_url,
            mail_sender="The Caspian Courier <letters@courier.example>",
            meter_limit=3,
            reader_meter_limit=5,
            tz="Asia/Baku",
            log_level="warning",
        )

    def admin_password(self) -> str:
        """Return the admin's password, made up at the first start."""
        return self._kept("admin-password", lambda: secrets.token_urlsafe(9))

    def gazette_key(self, what: str, made: str | None = None) -> str:
        """Return the key that the Gazette's `pages` or `server` ask with; `made` is a new one. Empty: none yet."""
        if made is not None:
            self._file(f"gazette-{what}-key").write_text(made)
        return self._kept(f"gazette-{what}-key", lambda: "")

    def webhook_secret(self, made: str | None) -> str:
        """Return the secret that simulated webhooks are signed with; `made` is a new one, told only once."""
        if made is not None:
            self._file("webhook-secret").write_text(made)
        return self._kept("webhook-secret", lambda: "")

    def write_environment(self, stripe: str, stripe_key: str) -> Path:
        """Write what a shell reads so that its `paywall` works on this demo and on the Stripe at that address."""
        named = {
            "PAYWALL_ENV": str(Environment.DEMO),
            "PAYWALL_BASE_URL": self.address,
            "PAYWALL_DATABASE_URL": self._database_url,
            "PAYWALL_SECRET_KEY_FILE": str(self.folder / "secret-key"),
            "PAYWALL_STRIPE_API_BASE": stripe,
            "PAYWALL_STRIPE_SECRET_KEY": stripe_key,
            "PAYWALL_CLOCK_FILE": str(self.clock_file),
            "PAYWALL_LOG_LEVEL": "warning",
        }
        ours = [f"export {name}={shlex.quote(value)}" for name, value in named.items()]
        file = self._file("environment")
        file.write_text("\n".join([*ours, f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"', ""]))
        return file

    def is_first_time(self, what: str) -> bool:
        """Tell, once in the life of this demo, that this has not been done yet."""
        return not (self.folder / what).exists() and self._kept(what, lambda: "done") == "done"

    @property
    def _database_url(self) -> str:
        return f"sqlite:///{self.folder / 'paywall.sqlite3'}"

    def _secret_key(self) -> str:
        return self._kept("secret-key", lambda: secrets.token_hex(32))

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        file = self._file(name)
        if not file.stat().st_size:
            file.write_text(make())
        return file.read_text()

    def _file(self, name: str) -> Path:
        file = self.folder / name
        file.touch(mode=0o600)
        return file


def default_folder() -> Path:
    """Return the folder under the user's data home."""
    return user_data_path("paywall", appauthor=False) / "demo"
