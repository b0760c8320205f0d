"""Money: a whole number of the currency's smallest unit. Never a float, never added across currencies."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency, get_currency_symbol

from paywall.errors import BadInput

NO_DECIMALS = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())  # noqa: SIM905
THREE_DECIMALS = frozenset("BHD JOD KWD OMR TND".split())  # noqa: SIM905 - read as the list it is
"""As Stripe counts them; all others have two decimals, the Icelandic króna and the Ugandan shilling too."""

# Where a language has no sign of its own for a currency, it is better known by this one than by its code.
_SIGNS = {"AZN": "₼", "GEL": "₾", "KZT": "₸", "RUB": "₽", "TRY": "₺", "UAH": "₴", "AMD": "֏", "PLN": "zł", "CZK": "Kč"}


_MOST_DIGITS = 9


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in `minor` units; `currency` is its ISO 4217 code in capitals."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse what is not money: a fraction of a minor unit, a code that is none (ValueError)."""
        if type(self.minor) is not int or not _is_code(self.currency):
            raise ValueError(f"{self.minor!r} {self.currency!r} is not an amount of money")

    @property
    def exponent(self) -> int:
        """How many decimals its main unit has: 0, 2 or 3."""
        if self.currency in NO_DECIMALS:
            return 0
        return 3 if self.currency in THREE_DECIMALS else 2

    @property
    def amount(self) -> Decimal:
        """The amount in main units, exactly."""
        return Decimal(self.minor).scaleb(-self.exponent)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def share(self, percent: Decimal | int) -> "Money":
        """Return so many percent of it, halves of a minor unit rounded up, as Stripe's invoices do."""
        part = (Decimal(self.minor) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP)
        return Money(int(part), self.currency)

    def format(self, locale: str) -> str:
        """Return it as people write it in that language (`en`, `az`, `ru`): `€4.99`, `4,99 ₼`."""
        pattern, sign = None, get_currency_symbol(self.currency, locale)
        if sign == self.currency:
            pattern, sign = "#,##0.00\N{NO-BREAK SPACE}¤", _SIGNS.get(self.currency, sign)
        text = format_currency(self.amount, self.currency, pattern, locale, decimal_quantization=False)
        return text.replace(self.currency, sign)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{other.currency} is not {self.currency}")
        return other


def of(minor: int, currency: str) -> Money:
    """Return money from Stripe's spelling, in which currencies are in small letters."""
    return Money(minor, currency.upper())


def parse(amount: str, currency: str) -> Money:
    """Return the money that somebody typed in main units, `4.99`; raises BadInput naming what is wrong."""
    code = currency.upper()
    if not _is_code(code):
        raise BadInput("currency", "Name the currency by its three letters, such as EUR.")
    whole, point, decimals = amount.partition(".")
    exponent = Money(0, code).exponent
    if not _are_digits(whole) or (point and not (_are_digits(decimals) and len(decimals) <= exponent)):
        raise BadInput("amount", f"Write the amount in digits with at most {exponent} decimals, such as 4.99.")
    return Money(int(whole + decimals.ljust(exponent, "0")), code)


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def _is_code(currency: str) -> bool:
    return len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()
