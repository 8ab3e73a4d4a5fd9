"""Numbers of people in a text that tell themselves: of cards, accounts and social security. The number is never kept.

Names, addresses and phone numbers do not tell whether somebody has them, or a writer of examples made them up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from prodworks_cli.lazy import regex

_CARD = regex(r"(?<![\w.,-])(?:\d[ -]?){12,18}\d(?![\w-]|[.,]\d)")
_NETWORKS = regex(r"4\d{12}(?:\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12}")
_IBAN = regex(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_SECURITY = regex(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
# Numbers that card networks, banks and authorities give as examples.
_EXAMPLES = frozenset(
    (
        *("378282246310005", "371449635398431", "378734493671000", "30569309025904", "6011111111111117"),
        *("6011000990139424", "5105105105105100", "4012888888881881", "5454545454545454", "4000056655665556"),
        *("GB82WEST12345698765432", "GB29NWBK60161331926819", "GB33BUKB20201555555555", "DE89370400440532013000"),
        *("FR1420041010050500013M02606", "FR7630006000011234567890189", "NL91ABNA0417164300", "CH9300762011623852957"),
        *("ES9121000418450200051332", "IT60X0542811101000000123456", "BE68539007547034", "AT611904300234573201"),
        *("078-05-1120", "219-09-9999", "123-45-6789", "987-65-4321"),
    )
)
_LITTLE_VARIETY = 4


def kinds_in(text: str) -> tuple[str, ...]:
    """Which kinds of numbers a text holds: ``bank account``, ``card number``, ``social security number``."""
    return tuple(kind for kind, numbers in _FOUND if any(_is_no_example(number) for number in numbers(text)))


def _is_no_example(number: str) -> bool:
    return number not in _EXAMPLES and len(set(number)) > _LITTLE_VARIETY


def _cards(text: str) -> Iterator[str]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if _NETWORKS.fullmatch(digits) and _has_check_digit(digits):
            yield digits


def _has_check_digit(digits: str) -> bool:
    """The sum of Luhn: every second digit from the right counts double, by its own digits."""
    doubled = (int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits)))
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0


def _accounts(text: str) -> Iterator[str]:
    for match in _IBAN.finditer(text):
        number = match.group().replace(" ", "")
        turned = "".join(str(int(c, 36)) for c in number[4:] + number[:4])
        if int(turned) % 97 == 1:
            yield number


def _security_numbers(text: str) -> Iterator[str]:
    yield from (match.group() for match in _SECURITY.finditer(text))


_FOUND: tuple[tuple[str, Callable[[str], Iterator[str]]], ...] = (
    ("bank account", _accounts),
    ("card number", _cards),
    ("social security number", _security_numbers),
)
