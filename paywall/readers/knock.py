"""How the gate asks who a browser is: it knocks from inside, and the readers' room fills in the names.

A knock travels in the WSGI environment, where no header from outside can put one.
"""

from dataclasses import dataclass

PATH = "/-/identity"
ENVIRON_KEY = "paywall.knock"


@dataclass(slots=True)
class Knock:
    """Empty when sent; filled if the browser is signed in."""

    reader_id: int | None = None
    sign_in_id: int | None = None
