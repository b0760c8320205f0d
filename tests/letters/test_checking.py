"""Which words a kind of mail takes, and what is said of the others."""

import pytest

from paywall.errors import BadInput
from paywall.letters.checking import check, checked, tidy
from paywall.letters.kinds import KINDS, MEANINGS, SITUATIONS
from paywall.letters.ours import our_words, our_words_to_begin_with
from paywall.letters.rules import Words

CANCEL, INVOICE, PAID = "- Cancel: {cancel_url}", "> Invoice: {invoice_url}", "= Paid: {amount} on {paid_on}"
RECEIPT = f"Thanks.\n\n{PAID}\n\n{INVOICE}\n\n{CANCEL}"


def refused(text: str, subject: str = "Paid", kind: str = "billing_receipt") -> tuple[str, str]:
    with pytest.raises(BadInput) as problem:
        checked(KINDS[kind], Words(subject, text))
    return problem.value.field, problem.value.sentence


class TestOurWords:
    @pytest.mark.parametrize("kind", KINDS)
    def test_are_taken_as_a_publishers_would_be(self, kind: str) -> None:
        check(KINDS[kind], our_words(kind))
        assert tidy(our_words(kind)) == our_words(kind)
        beginning = our_words_to_begin_with(kind)
        assert checked(KINDS[kind], beginning) == beginning

    def test_have_a_subject_in_every_mail(self) -> None:
        for kind, known in KINDS.items():
            last = our_words(kind).subject.split("\n")[-1]
            assert not any(f"{{{name}}}" in last for name in known.marks), kind

    def test_have_a_meaning_and_an_example_for_each_blank(self) -> None:
        named = {name for kind in KINDS.values() for name in kind.blanks}
        assert (named, {one for kind in KINDS.values() for one in kind.situations}) == (set(MEANINGS), set(SITUATIONS))
        assert all(need in kind.blanks for kind in KINDS.values() for need in kind.needs)


class TestWords:
    def test_are_taken_in_any_language_and_kept_with_plain_line_breaks(self) -> None:
        text = (
            f"Sağ olun, «{{newspaper}}» — спасибо.  \r\n\r\n{RECEIPT}\r\n\r\n- Kömək: https://news.az/kömək?a=1&b=2\r\n"
        )
        kept = checked(KINDS["billing_receipt"], Words(" Ödəniş: {amount} ", text))
        assert kept.subject == "Ödəniş: {amount}"
        assert kept.text.startswith("Sağ olun, «{newspaper}» — спасибо.\n\nThanks.")
        assert "\r" not in kept.text

    @pytest.mark.parametrize(
        ("subject", "said"),
        [
            ("", "empty"),
            (" \t ", "empty"),
            ("Paid\nBcc: x@evil.test", "one line"),
            ("Paid\r\nBcc: x@evil.test", "one line"),
            ("x" * 151, "at most 150"),
            ("{amont}", "no blank {amont}; is it {amount}?"),
            ("{amount", "A brace stands alone"),
            ("{invoice_url}", "is an address"),
            ("{only_plan} Paid", "no marks"),
            ("\u202ePaid", "can't be printed"),
        ],
    )
    def test_with_such_a_subject_are_refused(self, subject: str, said: str) -> None:
        field, sentence = refused(RECEIPT, subject)
        assert (field, said in sentence) == ("subject", True), sentence

    @pytest.mark.parametrize(
        ("first", "said"),
        [
            ("{amont}", "Line 1: This kind of mail has no blank {amont}; is it {amount}?"),
            ("One.\nTwo {colour}.", "Line 2: This kind of mail has no blank {colour}."),
            ("One.\n\nThree {amount.", "Line 3: A brace stands alone."),
            ("amount}", "Line 1: A brace stands alone."),
            ("{{amount}}", "Line 1: A brace stands alone."),
            ("{{ amount }}", "Line 1: A brace stands alone."),
            ("{}", "has no blank {}"),
            ("{0.__class__}", "has no blank {0.__class__}"),
            ("{% if amount %}", "has no blank {% if amount %}"),
            ("{only_trial} Nothing charged.", "no mark {only_trial}"),
            ("It is {only_plan}.", "stands at the beginning"),
            ("{only_plan}", "nothing after the mark"),
            ("= Paid {amount}", "write it as “= Paid: {amount}”"),
            ("- a list", "can't be read"),
            ("> : https://news.test", "can't be read"),
            ("- Win: javascript:alert(1)", "begins with https://"),
            ("- Win: http://evil.test", "begins with https://"),
            ('- Win: https://evil.test/"onclick=alert(1)', "begins with https://"),
            ("- Win: https://evil.test/{number}", "begins with https://"),
            ("- Win: {amount}", "no blank {amount}"),
            ("See {invoice_url}.", "give it a line of its own"),
            ("A\x07bell", "can't be printed"),
        ],
    )
    def test_with_such_a_line_are_refused(self, first: str, said: str) -> None:
        field, sentence = refused(f"{first}\n\n{RECEIPT}")
        assert (field, said in sentence) == ("text", True), sentence

    def test_with_too_many_characters_are_refused(self) -> None:
        assert refused(RECEIPT + "x" * 4_000)[1].endswith("at most 4,000 are taken.")
        assert refused(" \n\n ")[1].startswith("This is empty.")


class TestWhatMustStay:
    @pytest.mark.parametrize("line", [PAID, INVOICE, CANCEL])
    def test_is_missed(self, line: str) -> None:
        field, sentence = refused(RECEIPT.replace(line, ""))
        assert (field, "is missing" in sentence) == ("text", True)
        assert sentence.partition("}")[0] + "}" in line

    @pytest.mark.parametrize("marked", ["{only_plan} - Cancel: {cancel_url}", "- Cancel {plan}: {cancel_url}"])
    def test_may_not_be_left_out_of_some_mails(self, marked: str) -> None:
        sentence = refused(RECEIPT.replace(CANCEL, marked))[1]
        assert sentence.startswith("Line 7: {cancel_url} must be in every mail of this kind")

    def test_may_be_said_in_other_words_for_each_case(self) -> None:
        either = "{only_plan} - Cancel {plan}: {cancel_url}\n{not_plan} - Cancel: {cancel_url}"
        words = Words("Paid", RECEIPT.replace(CANCEL, either))
        assert checked(KINDS["billing_receipt"], words) == words

    def test_is_something_to_read_in_every_mail(self) -> None:
        assert "every line would be left out" in refused("{only_until} Bye.", kind="billing_cancelled")[1]
        words = Words("Bye", "{only_until} Until {until}.\n{not_until} Bye.")
        assert checked(KINDS["billing_cancelled"], words) == words

    def test_is_in_the_mails_that_open_or_cost_something(self) -> None:
        for kind, link in [
            ("confirm", "confirm_url"),
            ("reset", "reset_url"),
            ("password_changed", "password_url"),
            ("staff_invitation", "invitation_url"),
            ("billing_started", "cancel_url"),
            ("billing_trial_ending", "cancel_url"),
            ("billing_renewing", "next_amount"),
            ("billing_payment_failed", "pay_url"),
            ("billing_receipt", "invoice_url"),
        ]:
            assert link in KINDS[kind].needs, kind
