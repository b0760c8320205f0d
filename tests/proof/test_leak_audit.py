"""The leak audit of our own demo, as it is served: clean, and the entitled reader is shown what was looked for."""

from collections.abc import Iterator

import pytest

from paywall.wall.audit import Outcome
from tests.proof.audited_demo import MODES, AuditedDemo, audited_demo


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditedDemo]:
    with audited_demo(tmp_path_factory.mktemp("audited")) as served:
        yield served


@pytest.mark.parametrize("access", ["registered", "metered", "subscribers"])
@pytest.mark.parametrize("mode", MODES)
class TestAnArticleOfTheDemo:
    def test_leaks_to_nobody_and_is_open_to_the_entitled_reader(
        self, audited: AuditedDemo, access: str, mode: str
    ) -> None:
        article = audited.demo.by_access(access)[0]
        report = audited.audit(article.path, article.canary, mode)
        assert (report.outcome, report.findings) == (Outcome.CLEAN, ())
        assert report.requests > 200
        assert not report.is_cut_short
        if mode == "neither" and access != "metered":
            assert report.sureness == "unknown"
        else:
            assert report.sureness == "certain"
            assert report.control is (True if mode != "neither" else None)
        if mode != "canary" and report.locked:
            assert report.locked.is_in(article.canary)
