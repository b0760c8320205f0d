"""The floods in small; `python -m tests.proof.webhook_floods` sends them in full."""

from pathlib import Path

from paywall.publishers.rules import Profile
from tests.proof.webhook_floods import floods


def test_one_event_at_once_is_kept_once_and_wrong_signatures_not_at_all(
    database_url: str, publisher: Profile, tmp_path: Path
) -> None:
    same, wrong = floods(database_url, publisher, tmp_path, 100, 100)
    assert same.is_good(200, 1), str(same)
    assert wrong.is_good(400, 0), str(wrong)
