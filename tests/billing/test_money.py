"""Money: whole minor units of one currency, written as people write it."""

from decimal import Decimal
from typing import Any

import pytest

from paywall.billing.catalogue.money import NO_DECIMALS, THREE_DECIMALS, CurrencyMismatch, Money, of, parse
from paywall.errors import BadInput

SPACE = "\N{NO-BREAK SPACE}"


class TestHowItIsWritten:
    @pytest.mark.parametrize(
        ("money", "language", "text"),
        [
            (Money(499, "AZN"), "en", f"4.99{SPACE}₼"),
            (Money(499, "AZN"), "az", f"4,99{SPACE}₼"),
            (Money(499, "AZN"), "ru", f"4,99{SPACE}₼"),
            (Money(499, "EUR"), "en", "€4.99"),
            (Money(123_456, "EUR"), "ru", f"1{SPACE}234,56{SPACE}€"),
            (Money(500, "JPY"), "en", "¥500"),
            (Money(1230, "KWD"), "en", f"1.230{SPACE}KWD"),
            (Money(0, "EUR"), "en", "€0.00"),
            (Money(-499, "EUR"), "en", "-€4.99"),
            (Money(99, "RUB"), "en", f"0.99{SPACE}₽"),
        ],
    )
    def test_in_the_readers_language(self, money: Money, language: str, text: str) -> None:
        assert money.format(language) == text

    def test_never_rounded_however_few_decimals_a_currency_is_known_for(self) -> None:
        assert Money(1050, "ISK").format("en") == f"10.5{SPACE}ISK"


class TestHowManyDecimals:
    @pytest.mark.parametrize(("currency", "exponent"), [("JPY", 0), ("KRW", 0), ("EUR", 2), ("UGX", 2), ("KWD", 3)])
    def test_by_currency(self, currency: str, exponent: int) -> None:
        assert Money(1, currency).exponent == exponent
        assert Money(12_345, currency).amount == Decimal(12_345).scaleb(-exponent)

    def test_no_currency_is_in_two_lists(self) -> None:
        assert not NO_DECIMALS & THREE_DECIMALS


class TestReckoning:
    def test_stays_within_one_currency(self) -> None:
        assert Money(499, "AZN") * 12 - Money(4990, "AZN") == Money(998, "AZN")
        assert Money(1, "EUR") + Money(2, "EUR") == Money(3, "EUR")

    def test_across_currencies_is_refused(self) -> None:
        with pytest.raises(CurrencyMismatch):
            Money(1, "EUR") + Money(1, "USD")
        with pytest.raises(CurrencyMismatch):
            Money(1, "EUR") - Money(1, "USD")

    @pytest.mark.parametrize(
        ("minor", "currency"),
        [(4.99, "EUR"), (True, "EUR"), ("499", "EUR"), (1, "eur"), (1, "EURO"), (1, "€€€"), (1, "")],
    )
    def test_with_what_is_no_money_is_refused(self, minor: Any, currency: str) -> None:
        with pytest.raises(ValueError, match="not an amount of money"):
            Money(minor, currency)

    def test_stripes_small_letters_are_understood(self) -> None:
        assert of(499, "azn") == Money(499, "AZN")


class TestWhatIsTyped:
    @pytest.mark.parametrize(
        ("amount", "currency", "money"),
        [
            ("4.99", "azn", Money(499, "AZN")),
            ("4", "EUR", Money(400, "EUR")),
            ("4.9", "EUR", Money(490, "EUR")),
            ("500", "JPY", Money(500, "JPY")),
            ("1.230", "KWD", Money(1230, "KWD")),
        ],
    )
    def test_in_main_units_is_understood(self, amount: str, currency: str, money: Money) -> None:
        assert parse(amount, currency) == money

    @pytest.mark.parametrize(
        "amount", ["", "4,99", "-1", "4.999", "1e3", "NaN", "1_000", "１２", ".5", "4.", "0x10", "9" * 40]
    )
    def test_wrongly_is_refused_by_name(self, amount: str) -> None:
        with pytest.raises(BadInput) as caught:
            parse(amount, "EUR")
        assert caught.value.field == "amount"

    def test_in_a_currency_that_is_none_is_refused_by_name(self) -> None:
        with pytest.raises(BadInput) as caught:
            parse("1", "€")
        assert caught.value.field == "currency"
