"""The gate of this process, for pages that say what it would answer."""

from typing import cast

from flask import Flask, current_app

from paywall.gate.parts import GateParts

_KEY = "paywall.admin.gate"


def hand_over(app: Flask, gate: GateParts) -> None:
    """Let the pages of /admin ask this gate."""
    app.extensions[_KEY] = gate


def the_gate() -> GateParts:
    """Return the gate of this process."""
    return cast(GateParts, current_app.extensions[_KEY])
