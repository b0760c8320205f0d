"""The Lighthouse Post: a newspaper with a sound wall of its own, in which five leaks can be planted, one by one.

It was written by someone who had not seen how `paywall audit` works, and is not changed since.
"""

from tests.proof.planted.site import LEAKS, make_site
from tests.proof.planted.stories import ARTICLE_PATH, CANARY

__all__ = ["ARTICLE_PATH", "CANARY", "LEAKS", "make_site"]
