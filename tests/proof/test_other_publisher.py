"""Another publisher's key and cookies, at every route there is."""

from tests.proof.other_publisher import KINDS, summary, try_all


class TestAnotherPublishersKeyAndCookies:
    def test_open_nothing_anywhere(self, database_url: str) -> None:
        tried = try_all(database_url)
        assert len(tried) > 150
        assert {one.kind for one in tried} == set(KINDS)
        assert all(one.is_right for one in tried), summary(tried)
