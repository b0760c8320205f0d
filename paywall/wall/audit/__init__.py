"""The leak audit: asks any site for a locked article on every surface, as everybody, and says where its text slips out.

    report = audit(Plan("https://paper.example/an-article", ("A sentence of the locked part.",)))
    report.outcome  # CLEAN, LEAK or UNJUDGED: 0, 1, 2

It looks from outside, as people do, and knows nothing of what stands behind the site.
"""

from paywall.wall.audit.asking.fetching import Limits
from paywall.wall.audit.plan import BadPlan, Plan
from paywall.wall.audit.running import audit
from paywall.wall.audit.telling.report import Outcome, Report

__all__ = ["BadPlan", "Limits", "Outcome", "Plan", "Report", "audit"]
