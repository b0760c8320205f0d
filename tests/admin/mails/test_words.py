"""An admin gives a mail the newspaper's own words: looked at first, saved once, sent for a test, taken back."""

import re
from html import unescape

import pytest

from paywall.app import Product
from paywall.letters.keeping import Place, give_words
from paywall.letters.ours import our_words_to_begin_with
from paywall.letters.rules import Words
from paywall.letters.tables import MailText
from paywall.publishers.profiles import choose
from paywall.staff.rules import Role
from tests.admin.at_once import send_at_once
from tests.admin.heard import hear_all
from tests.readers.browser import Browser
from tests.readers.stored import link_in, mails
from tests.staff.people import Person, code_in, deeds, member

RESET = "/admin/mails/reset"
WORDS = {
    "language": "en",
    "subject": "A new key for {newspaper}",
    "text": "Good day, {email}.\r\n\r\n> Set <it>: {reset_url}\r\n",
}


def stored(product: Product) -> list[tuple[str, str, str]]:
    with product.database.reading() as session:
        return [(one.kind, one.language, one.subject) for one in session.query(MailText)]


def asks_for_a_new_password(product: Product, person: Person) -> None:
    Browser(product.flask).post("/forgot-password", {"email": person.email})


class TestSaving:
    def test_is_done_once_by_four_tabs_and_readers_get_the_words(self, admin: Person, product: Product) -> None:
        assert set(send_at_once(admin, RESET, WORDS)) == {303}
        assert stored(product) == [("reset", "en", WORDS["subject"])]
        [deed] = deeds(product, "mail_text_set")
        assert (deed.actor, deed.detail["before"]) == (admin.staff.actor, {"subject": None, "text": None})
        asks_for_a_new_password(product, admin)
        [mail] = mails(product, "reset")
        assert mail.subject == "A new key for The News"
        assert "Set &lt;it&gt;</a>" in mail.html
        assert Browser(product.flask).get(link_in(mail)).status_code == 200

    def test_is_seen_in_the_list_and_on_the_page(self, admin: Person) -> None:
        admin.act(RESET, {**WORDS, "language": "ru"})
        assert "yours: Russian" in admin.browser.get("/admin/mails").text
        page = admin.browser.get(f"{RESET}?language=ru").text
        assert all(said in page for said in ("Russian: yours", "English: ours", "Go back to our words", "Good day"))
        assert "Good day" not in admin.browser.get(RESET).text

    def test_in_another_language_changes_nothing_of_what_is_sent(self, admin: Person, product: Product) -> None:
        admin.act(RESET, {**WORDS, "language": "az"})
        asks_for_a_new_password(product, admin)
        assert [mail.subject for mail in mails(product, "reset")] == ["Set a new password"]

    def test_of_the_same_words_is_no_deed(self, admin: Person, product: Product) -> None:
        for _ in range(2):
            assert admin.act(RESET, WORDS).status_code == 303
        assert len(deeds(product, "mail_text_set")) == 1

    def test_of_words_that_somebody_else_has_changed_shows_both(self, admin: Person, product: Product) -> None:
        seen = code_in(admin.browser.get(RESET).text, "seen")
        admin.act(RESET, WORDS)
        answer = admin.act(RESET, {**WORDS, "subject": "Mine", "seen": seen})
        assert (answer.status_code, "A new key for" in answer.text, 'value="Mine"' in answer.text) == (409, True, True)
        assert "<textarea" in answer.text
        again = {**WORDS, "subject": "Mine", "seen": code_in(answer.text, "seen")}
        assert admin.act(RESET, again).status_code == 303
        assert stored(product) == [("reset", "en", "Mine")]


class TestTheNewspapersLanguage:
    def test_is_set_once_and_its_words_are_sent_from_then_on(self, admin: Person, product: Product) -> None:
        admin.act(RESET, {**WORDS, "language": "az"})
        assert set(send_at_once(admin, "/admin/mails/language", {"language": "az"})) == {303}
        hear_all(product)
        asks_for_a_new_password(product, admin)
        assert [mail.subject for mail in mails(product, "reset")] == ["A new key for The News"]
        [deed] = deeds(product, "language_set")
        assert (deed.detail["before"], deed.detail["after"]) == ({"language": "en"}, {"language": "az"})

    def test_is_one_of_those_that_there_are(self, admin: Person, product: Product) -> None:
        assert admin.act("/admin/mails/language", {"language": "tlh"}).status_code == 422
        assert choose(product.database, "news").language == "en"


class TestWordsThatCanNotBeTaken:
    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"subject": ""}, "This is empty"),
            ({"subject": "One\r\nBcc: x@evil.test"}, "A subject is one line"),
            ({"text": "No link."}, "{reset_url} is missing"),
            ({"text": "{colour}\r\n\r\n> Set it: {reset_url}"}, "Line 1: This kind of mail has no blank {colour}"),
            ({"text": "a\r\n{b\r\n> Set it: {reset_url}"}, "Line 2: A brace stands alone"),
            ({"text": "x" * 4_001}, "at most 4,000"),
        ],
    )
    def test_are_refused_and_stay_in_the_form(
        self, admin: Person, product: Product, wrong: dict[str, str], said: str
    ) -> None:
        fields = {**WORDS, **wrong}
        for path in (RESET, f"{RESET}/preview", f"{RESET}/test"):
            answer = admin.act(path, fields)
            page = unescape(answer.text)
            assert (answer.status_code, said in page, fields["text"].split("\r\n")[0] in page) == (422, True, True)
        assert (stored(product), mails(product, "mail_test"), deeds(product, "mail_text_set")) == ([], [], [])

    def test_of_a_mail_or_a_language_that_there_is_not_do_nothing(self, admin: Person, product: Product) -> None:
        assert admin.act("/admin/mails/nothing", WORDS).status_code == 404
        assert admin.act(RESET, {**WORDS, "language": "tlh"}).headers["Location"].endswith("?language=en")
        assert admin.act(RESET, {**WORDS, "act": "short"}).status_code == 422
        assert stored(product) == [("reset", "en", WORDS["subject"])]


class TestThePreview:
    def framed(self, person: Person, fields: dict[str, str], path: str = RESET) -> list[str]:
        page = person.act(f"{path}/preview", fields)
        assert page.status_code == 200
        return [unescape(one) for one in re.findall(r'<iframe [^>]*src="([^"]+)"', page.text)]

    def test_shows_what_is_typed_and_saves_nothing(self, viewer: Person, product: Product) -> None:
        phone, desk = self.framed(viewer, WORDS)
        assert phone == desk
        shown = viewer.browser.get(phone).text
        assert ("Good day, reader@example.com." in shown, "Set &lt;it&gt;" in shown) == (True, True)
        assert (stored(product), mails(product, "reset")) == ([], [])

    def test_shows_the_longest_text_in_any_script(self, viewer: Person) -> None:
        text = "> Ключ: {reset_url}\n\n" + "".join(
            chr(0x430 + number % 32 * (number // 32 % 7 + 1)) for number in range(3_900)
        )
        phone, _ = self.framed(viewer, {**WORDS, "text": text})
        assert viewer.browser.get(phone).status_code == 200

    def test_shows_how_things_may_stand(self, viewer: Person) -> None:
        path, words = "/admin/mails/billing_payment_failed", our_words_to_begin_with("billing_payment_failed")
        fields = {"language": "en", "subject": words.subject, "text": words.text}
        last, first = (self.framed(viewer, {**fields, "case": case}, path)[0] for case in ("only_last", "only_first"))
        assert "this is our last reminder" in viewer.browser.get(last).text
        assert "this is our last reminder" not in viewer.browser.get(first).text

    def test_of_a_draft_that_is_none_is_not_there(self, viewer: Person) -> None:
        for draft in ("x", "é", "eJyLVkrKT1KKBQAOcALu", "eJyLjgUAARUAuQ==", "A" * 90_000):
            assert viewer.browser.get(f"{RESET}/html?draft={draft}").status_code == 404, draft[:20]


class TestSendingItToMe:
    def test_is_done_once_to_the_own_address_and_saves_nothing(self, admin: Person, product: Product) -> None:
        statuses = send_at_once(admin, f"{RESET}/test", WORDS)
        assert (statuses.count(200), set(statuses)) == (1, {200, 303})
        [mail] = mails(product, "mail_test")
        assert (mail.recipient, mail.subject) == (admin.email, "Test: A new key for The News")
        assert (stored(product), len(deeds(product, "mail_test_sent"))) == ([], 1)


class TestGoingBack:
    def test_to_our_words_is_done_once(self, admin: Person, product: Product) -> None:
        admin.act(RESET, WORDS)
        assert set(send_at_once(admin, f"{RESET}/ours", {"language": "en"})) == {303}
        assert (stored(product), len(deeds(product, "mail_text_taken_back"))) == ([], 1)
        assert "Go back to our words" not in admin.browser.get(RESET).text


class TestWho:
    def test_may_look_but_not_change_without_being_an_admin(self, product: Product) -> None:
        support = member(product, Role.SUPPORT)
        for path in (RESET, f"{RESET}/ours", f"{RESET}/test"):
            assert support.act(path, WORDS).status_code == 403
        page = support.browser.get(RESET).text
        assert ("Show the preview" in page, ">Save<" in page, "Send it to me" in page) == (True, False, False)

    def test_is_of_another_newspaper_sees_none_of_the_words(self, admin: Person, product: Product) -> None:
        with product.database.writing() as session:
            place = Place(choose(product.database, "other").id, "reset", "en")
            give_words(session, place, Words("Canary", "> Canary: {reset_url}"), actor="staff:0")
        assert "Canary" not in admin.browser.get(RESET).text + admin.browser.get("/admin/mails").text
        asks_for_a_new_password(product, admin)
        assert [mail.subject for mail in mails(product, "reset")] == ["Set a new password"]
