"""What went wrong is in the log; whose password, token or address it was about is not."""

import pytest
from sqlalchemy import text
from structlog import get_logger

from paywall import logs
from paywall.app import Product
from paywall.web import error_pages
from tests.gate.visits import Browser
from tests.readers.browser import PASSWORD


@pytest.fixture(autouse=True)
def _configured(monkeypatch: pytest.MonkeyPatch) -> None:
    logs.configure("debug")
    monkeypatch.setattr(error_pages, "log", get_logger())  # one that has written nothing yet


class TestADatabaseThatRefusesARow:
    @pytest.mark.parametrize("table", ["readers", "sign_ins", "outbox_mails"])
    def test_has_neither_hashes_nor_addresses_written_to_the_log(
        self, product: Product, browser: Browser, capsys: pytest.CaptureFixture[str], table: str
    ) -> None:
        broken = f"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT raise(ABORT, 'disk on fire'); END"
        with product.database.writing() as session:
            session.execute(text(broken))
        assert browser.sign_up("vıctoria.reader@example.org").status_code == 500
        written = capsys.readouterr().err
        assert "disk on fire" in written
        for secret in ("argon2", "parameters: (", "ctoria", "reader@", "/confirm/", PASSWORD):
            assert secret not in written.replace("/confirm/[hidden]", "")


class TestALineOfText:
    @pytest.mark.parametrize(
        "line",
        [
            "no mail to vıctoria.reader@example.org",
            "to=<vıctoria@xn--example.org>",
            "DETAIL:  Failing row contains (1, vıctoria, $argon2id$v=19$m=1).",
            "postgresql://vıctoria:vıctoria@db.example.org/x",
            "no mail to vıctoria@bücher.example",
        ],
    )
    def test_loses_addresses_and_rows_in_any_writing(self, line: str) -> None:
        assert "ctoria" not in logs.scrub(line).replace("//vıctoria:", "")
        assert "argon2" not in logs.scrub(line)
