"""/admin/import: the file, what it would do, doing it, taking it back; and the table of bad files once more."""

import io
import re
import time
from collections.abc import Callable

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, create_environ, encode_multipart

from paywall.admin.importing import views
from paywall.admin.importing.asking import MOST_BYTES
from paywall.app import Product
from paywall.entitlements.reading import entitlements_of
from paywall.importing.carrying_out.applying import apply_all
from paywall.importing.carrying_out.carrying_on import carry_on
from paywall.importing.tables import Import
from paywall.readers.finding import find_reader
from paywall.staff.acts import new_act
from paywall.staff.rules import Role
from paywall.web import uploads
from paywall.web.edge import FORM_BYTES
from tests.admin.at_once import send_at_once
from tests.importing.bad_files import FIELDS, file_of, rows_of
from tests.importing.files import ERASE
from tests.readers.browser import Browser
from tests.readers.stored import mails, readers
from tests.staff.people import Person, deeds, member, person

ANNA = b"address,ends\nanna@example.com,2031-04-30\n"
BERT = b"address,ends\nbert@example.com,2031-04-30\n"
PARTS = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * 5000 + b"--b--\r\n"
LARGE = ANNA + b"\n" * (FORM_BYTES + 1)
UNENDED = b"--b\r\nContent-Disposition: form-data; name=file; filename=x\r\n\r\na@e.co"


def send(admin: Person, file: bytes, name: str = "list.csv", **fields: str) -> TestResponse:
    return admin.browser.post("/admin/import", {"act": new_act(), "file": (io.BytesIO(file), name), **fields})


def number_in(answer: TestResponse) -> int:
    found = re.search(r"<h1>Import (\d+)</h1>", answer.text)
    assert found
    return int(found[1])


def take(admin: Person, file: bytes, **fields: str) -> int:
    number = number_in(send(admin, file))
    assert admin.act(f"/admin/import/{number}/apply", fields).status_code == 303
    return number


class TestAFile:
    def test_it_is_shown_what_it_would_do_and_nothing_is_done(self, product: Product, admin: Person) -> None:
        answer = send(admin, ANNA)
        assert (answer.status_code, "new account" in answer.text) == (200, True)
        assert len(readers(product)) == 1

    def test_applied_it_opens_the_account_and_the_reader_may_read(self, product: Product, admin: Person) -> None:
        take(admin, ANNA, letters="yes")
        with product.database.reading() as session:
            anna = find_reader(session, admin.publisher_id, "anna@example.com")
            assert len(entitlements_of(session, anna.id)) == 1
        assert len(mails(product, "import_welcome")) == 1

    def test_while_a_worker_applies_the_rest_its_page_looks_again(
        self, product: Product, admin: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(views, "STEPS_AT_ONCE", 0)
        number = take(admin, ANNA)
        answer = admin.browser.get(f"/admin/import/{number}")
        assert ("0 of 1 lines" in answer.text, "Refresh" in answer.headers) == (True, True)
        apply_all(product.database, number, "http://news.test")
        assert "Refresh" not in admin.browser.get(f"/admin/import/{number}").headers

    def test_undone_the_account_is_gone(self, product: Product, admin: Person) -> None:
        number = take(admin, ANNA)
        assert admin.act(f"/admin/import/{number}/undo").status_code == 303
        assert "undone" in admin.browser.get(f"/admin/import/{number}").text
        assert [reader.email for reader in readers(product) if reader.active] == [admin.email]

    def test_what_the_file_is_called_is_of_no_account(self, admin: Person) -> None:
        assert send(admin, ANNA, "../../etc/passwd").status_code == 200

    def test_headers_may_be_chosen_in_the_form(self, admin: Person) -> None:
        file = b"mail box,until\nanna@example.com,2031-04-30\n"
        answer = send(admin, file, header_address="Mail box", header_ends="until")
        assert (answer.status_code, "until a day to come" in answer.text) == (200, True)

    @pytest.mark.parametrize("field", ["mapping", "existing"])
    def test_a_choice_that_is_none_is_refused(self, admin: Person, field: str) -> None:
        assert send(admin, ANNA, **{field: "nope"}).status_code == 422

    def test_without_a_file_the_form_says_so(self, admin: Person) -> None:
        answer = admin.act("/admin/import")
        assert (answer.status_code, "Choose one file" in answer.text) == (422, True)


class TestABadFile:
    @pytest.mark.parametrize("row", rows_of(*FIELDS))
    def test_it_is_answered_as_the_table_says(self, product: Product, admin: Person, row: dict[str, str]) -> None:
        status, line, *_ = row["answer"].split()
        answer = send(admin, file_of(row))
        assert answer.status_code == int(status)
        if status == "422" and line != "-":
            assert f'<td class="number">{line}</td>' in answer.text or f"Line {line}:" in answer.text
        assert "<script>alert" not in answer.text
        assert len(readers(product)) == 1

    def test_with_a_problem_it_can_not_be_applied_by_a_form_made_by_hand(self, product: Product, admin: Person) -> None:
        number = number_in(send(admin, ANNA + b"nobody,\n"))
        assert admin.act(f"/admin/import/{number}/apply").status_code == 422
        assert len(readers(product)) == 1


class TestABodyThatIsNoForm:
    @pytest.mark.parametrize("row", rows_of("body"))
    def test_it_is_answered_as_the_table_says(self, product: Product, admin: Person, row: dict[str, str]) -> None:
        body, kind = {
            "json": (b"[" * 100_000, "application/json"),
            "text": (ANNA, "text/plain"),
            "parts": (PARTS, "multipart/form-data; boundary=b"),
            "unended": (UNENDED, "multipart/form-data; boundary=b"),
            "large": (b"x" * (MOST_BYTES + 1), "multipart/form-data; boundary=b"),
        }[row["input"]]
        assert admin.browser.post_body("/admin/import", body, kind).status_code == int(row["answer"])
        assert len(readers(product)) == 1


class Watched(io.BytesIO):
    """A body that notes what was answered when it was first read."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._answered: list[str] = []
        self.known_at_first: list[str] | None = None

    def note_answer(self, status: str, *_: object) -> Callable[[bytes], object]:
        self._answered.append(status)
        return lambda _data: None

    def read(self, size: int | None = -1, /) -> bytes:
        if self.known_at_first is None:
            self.known_at_first = list(self._answered)
        return super().read(size)


class Slow(io.BytesIO):
    """A body that takes its time."""

    def read(self, size: int | None = -1, /) -> bytes:
        time.sleep(0.02)
        return super().read(size)


class TestALargeFile:
    def test_it_is_taken_from_an_admin(self, product: Product, admin: Person) -> None:
        assert (send(admin, LARGE).status_code, len(readers(product))) == (200, 1)

    def test_it_is_waited_for_longer_than_other_forms(self, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads, "BODY_SECONDS", 0.1)
        file, token = FileStorage(io.BytesIO(LARGE), "x"), admin.browser.csrf_token()
        boundary, body = encode_multipart({"act": new_act(), "file": file, "csrf_token": token})
        answer = admin.browser.client.post(
            "/admin/import",
            base_url=admin.browser.base_url,
            input_stream=Slow(body),
            content_length=len(body),
            content_type=f"multipart/form-data; boundary={boundary}",
        )
        assert answer.status_code == 200

    def test_of_nobody_who_is_signed_in_leads_to_the_sign_in_before_its_beginning_is_read(
        self, product: Product
    ) -> None:
        body = Watched(LARGE)
        environ = create_environ("/admin/import", base_url=Browser(product.flask).base_url, method="POST")
        environ |= {"wsgi.input": body, "CONTENT_LENGTH": str(len(LARGE))}
        environ |= {"CONTENT_TYPE": "multipart/form-data; boundary=b"}
        product.flask.wsgi_app(environ, body.note_answer)
        assert body.known_at_first == ["303 SEE OTHER"]

    def test_of_a_reader_and_of_who_may_not_import_it_is_refused(self, product: Product) -> None:
        for one in (person(product, "anna@example.com"), member(product, Role.SUPPORT)):
            assert send(one, LARGE).status_code == 413

    def test_before_the_second_factor_it_is_refused(self, product: Product) -> None:
        admin = person(product, "late@example.com")
        admin.join(Role.ADMIN)
        admin.set_up()
        assert send(admin, LARGE).status_code == 413

    @pytest.mark.parametrize("file", [ANNA, LARGE])
    def test_of_any_size_leads_to_the_sign_in_once_that_has_ended(self, product: Product, file: bytes) -> None:
        answer = send(Person(product, Browser(product.flask), "", 0), file)
        assert (answer.status_code, answer.location.startswith("/login")) == (303, True)


class TestTwoAtOnce:
    def test_a_second_import_is_told_to_wait(self, product: Product, admin: Person) -> None:
        first, second = number_in(send(admin, ANNA)), number_in(send(admin, BERT))
        with product.database.writing() as session:
            session.get_one(Import, first).state = "applying"
        assert admin.act(f"/admin/import/{second}/apply").status_code == 409
        carry_on(product.database, "https://news.test", ERASE)
        assert admin.act(f"/admin/import/{second}/apply").status_code == 303
        assert len(readers(product)) == 3

    def test_the_same_form_from_four_tabs_applies_once(self, product: Product, admin: Person) -> None:
        number = number_in(send(admin, ANNA))
        assert set(send_at_once(admin, f"/admin/import/{number}/apply", {})) == {303}
        assert (len(deeds(product, "import_applied")), len(deeds(product, "reader_imported"))) == (1, 1)

    def test_undoing_from_four_tabs_undoes_once(self, product: Product, admin: Person) -> None:
        number = take(admin, ANNA)
        assert set(send_at_once(admin, f"/admin/import/{number}/undo", {})) == {303}
        assert len(deeds(product, "import_undone")) == 1


class TestWhoMay:
    def test_an_admin_of_another_newspaper_finds_no_such_import(self, product: Product, admin: Person) -> None:
        number, other = take(admin, ANNA), member(product, Role.ADMIN, "other@example.com", "other")
        assert other.browser.get(f"/admin/import/{number}").status_code == 404
        assert other.act(f"/admin/import/{number}/undo").status_code == 404

    def test_a_check_that_a_file_was_refused_for_leaves_nothing(self, product: Product, admin: Person) -> None:
        assert send(admin, b'address,name\na@example.com,"A\n').status_code == 422
        with product.database.reading() as session:
            assert list(session.scalars(select(Import))) == []
