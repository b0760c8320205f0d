"""How words are read, and how their blanks are filled in."""

import pytest

from paywall.letters.rules import Part, Values, fill_subject, fill_text, read_subject, read_text

VALUES: Values = {
    "plan": "Digital",
    "tax": "",
    "amount": "4.99 ₼",
    "pay_url": "https://news.test/pay/a:b",
    "subscribe_url": "https://news.test/subscribe",
    "trial": False,
}


def said(text: str, values: Values = VALUES) -> list[Part]:
    return fill_text(read_text(text), values)


class TestAText:
    def test_is_paragraphs_facts_one_button_and_links(self) -> None:
        facts, button = "= Paid: {amount}\n= For: a month: all of it", "> Pay {amount}: {pay_url}"
        text = f"One\nline.\n\n{facts}\n\n{button}\n\n- More: at once: https://n.test"
        assert said(text) == [
            Part("paragraph", (("One line.", ""),)),
            Part("facts", (("Paid", "4.99 ₼"), ("For", "a month: all of it"))),
            Part("button", (("Pay 4.99 ₼", "https://news.test/pay/a:b"),)),
            Part("links", (("More: at once", "https://n.test"),)),
        ]

    def test_leaves_out_a_line_whose_blank_has_nothing_to_say(self) -> None:
        assert said("= Plan: {plan}\n= Tax in it: {tax}") == [Part("facts", (("Plan", "Digital"),))]
        assert said("You pay {amount}.\nThe tax is {tax}.") == [Part("paragraph", (("You pay 4.99 ₼.", ""),))]
        assert said("= Tax in it: {tax}\n\n- Tax {tax}: https://n.test") == []

    def test_keeps_a_marked_line_only_where_it_is_so(self) -> None:
        text = "{only_trial} A trial.\n{not_trial} No trial.\n{not_tax} No tax.\n{only_plan} {not_trial} A plan."
        assert said(text) == [Part("paragraph", (("No trial. No tax. A plan.", ""),))]
        assert said(text, {**VALUES, "trial": True, "tax": "1"}) == [Part("paragraph", (("A trial.", ""),))]

    def test_may_mark_facts_buttons_and_links(self) -> None:
        assert said("{only_trial} > Pay: {pay_url}\n{not_trial} > Plans: {subscribe_url}") == [
            Part("button", (("Plans", "https://news.test/subscribe"),))
        ]

    def test_has_one_button_and_makes_links_of_the_others(self) -> None:
        kinds = [part.kind for part in said("> A: {pay_url}\n> B: {pay_url}\n\n> C: {pay_url}")]
        assert kinds == ["button", "links", "links"]

    def test_never_takes_what_a_value_holds_for_a_line_or_a_blank(self) -> None:
        hostile = {**VALUES, "plan": "> Pay: https://evil.test\n\n= {amount}: {tax}"}
        assert said("{plan}", hostile) == [Part("paragraph", (("> Pay: https://evil.test = {amount}: {tax}", ""),))]
        assert said("= Plan: {plan}", hostile)[0].pairs[0][0] == "Plan"

    def test_without_a_value_that_it_names_is_not_written(self) -> None:
        with pytest.raises(KeyError, match="gone"):
            said("{only_trial} {gone}")


class TestASubject:
    def test_is_the_first_line_that_can_be_filled_in(self) -> None:
        lines = read_subject("{only_trial} Your trial\nThe tax is {tax}\nYou pay {amount}\nYou pay")
        assert fill_subject(lines, VALUES) == "You pay 4.99 ₼"
        assert fill_subject(lines, {**VALUES, "trial": True}) == "Your trial"

    def test_is_empty_where_no_line_can(self) -> None:
        assert fill_subject(read_subject("The tax is {tax}"), VALUES) == ""

    def test_stays_one_line_whatever_a_value_holds(self) -> None:
        assert fill_subject(read_subject("{plan}"), {"plan": "A\r\nBcc: b@evil.test"}) == "A Bcc: b@evil.test"
