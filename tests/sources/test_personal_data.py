"""Which numbers of people tell themselves."""

from __future__ import annotations

import pytest

from prodworks_cli.sources.personal_data import kinds_in


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Card 4539 1488 0343 6467 expires in May.", ("card number",)),
        ("4539-1488-0343-6467", ("card number",)),
        ("amex 371449635398430", ()),
        ("4539 1488 0343 6468", ()),
        ("Pay to DE75 5121 0800 1245 1261 99, please", ("bank account",)),
        ("GB94BARC10201530093459.", ("bank account",)),
        ("DE76 5121 0800 1245 1261 99", ()),
        ("SSN: 536-22-8145", ("social security number",)),
        ("SSN 666-22-8145, 900-22-8145, 536-00-8145, 536-22-0000", ()),
        ("4539148803436467 and 536-22-8145", ("card number", "social security number")),
        # What is known to be an example, or no number of anybody.
        ("4242 4242 4242 4242, 4111111111111111, 378282246310005", ()),
        ("GB82 WEST 1234 5698 7654 32", ()),
        ("123-45-6789", ()),
        ("pi is 3.14159265358979, e is 2.718281828459045", ()),
        ("id 4539148803436467123", ()),
        ("1410715640579 and 2026-11-26", ()),
        ("call 555-12-3456-1", ()),
        ("", ()),
    ],
)
def test_numbers_that_tell_themselves(text: str, kinds: tuple[str, ...]) -> None:
    assert kinds_in(text) == kinds


def test_a_long_row_of_digits_takes_no_time() -> None:
    assert kinds_in("4 " * 200_000) == ()
    assert kinds_in("AB12 " * 100_000) == ()
