"""Made-up requests to /admin, a few hundred; `python -m tests.proof.admin_calls` makes them in full."""

from pathlib import Path

from paywall.publishers.rules import Profile
from tests.proof.admin_calls import try_calls

CALLS = 300


def test_no_request_to_the_admin_is_answered_with_a_500(database_url: str, publisher: Profile, tmp_path: Path) -> None:
    tried = try_calls(database_url, publisher, tmp_path, CALLS)
    assert tried.failures == []
    assert tried.statuses.total() == CALLS
    assert tried.statuses[200] + tried.statuses[303] > CALLS / 3
    assert len(tried.routes) > 20
