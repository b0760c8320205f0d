"""Who types commands, and what comes back."""

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from paywall.cli import main

Run = Callable[..., Result]


def settings_for(folder: Path) -> dict[str, str]:
    """Return the environment of an installation whose database is in `folder`."""
    return {
        "PAYWALL_SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789",
        "PAYWALL_BASE_URL": "https://news.test",
        "PAYWALL_DATABASE_URL": f"sqlite:///{folder / 'paywall.sqlite3'}",
    }


def type_command(*words: str) -> Result:
    """Run `paywall WORDS` by the environment as it is."""
    return CliRunner().invoke(main, list(words))
