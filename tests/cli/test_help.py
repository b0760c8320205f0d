"""`paywall --help` answers at once: a command imports what it needs when it runs."""

import subprocess
import sys

PROGRAM = "import sys, paywall.cli; print(*sys.modules)"


def test_naming_the_commands_loads_no_library_that_only_running_them_needs() -> None:
    loaded = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True).stdout.split()
    assert "click" in loaded
    assert not {"sqlalchemy", "flask", "stripe", "rich", "jinja2", "selectolax"} & set(loaded)
