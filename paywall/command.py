"""The `paywall` command, as it is installed: it says what is missing where only the client is here."""

import sys
from importlib import import_module


def main() -> None:
    """Run the command line; exit code 1 and one sentence where its libraries are not installed."""
    if sys.argv[1:2] == ["audit"]:  # needs no more than the client has
        sys.exit(import_module("paywall.wall.audit.command").main(sys.argv[2:]))
    try:
        import_module("paywall.cli").main()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "paywall":
            raise
        sys.exit(f"The paywall command runs the service, which needs {error.name}: pip install 'paywall[server]'.")
