"""The interface answers as it says of itself, whatever it is called with."""

from tests.proof.schemathesis_run import try_everything


class TestMadeUpCalls:
    def test_are_answered_as_described_and_never_by_an_error_of_ours(self, database_url: str) -> None:
        tried = try_everything(database_url, 4)
        assert not tried.failures, str(tried)
        assert not any(status >= 500 for status in tried.statuses)
        assert sum(tried.calls.values()) > 60
