"""What a credential looks like from afar: enough to tell that a file holds none, before any expression is imported.

Lengths and alphabets are those that the issuers publish. A shape may let through what is no credential, and must never
keep out what is one.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from functools import partial

Shape = Callable[[bytes], bool]

_SECRET_LENGTH = 40
_SECRET = rf"""["'][0-9a-zA-Z/+]{{{_SECRET_LENGTH}}}["']""".encode()
# A text reduced to quotes and the characters of a secret access key, so that one plain search tells whether it has one.
_ALPHABET = (string.ascii_letters + string.digits + "/+").encode()
_REDUCED = bytes(ord("q") if c in b"\"'" else ord("a") if c in _ALPHABET else ord(" ") for c in range(256))
_QUOTED = b"q" + b"a" * _SECRET_LENGTH + b"q"


def shaped(*expressions: bytes) -> Shape:
    """One of some expressions is found; each starts with a plain text, which makes looking for it fast."""
    return partial(_is_shaped, expressions)


def alone(prefix: bytes, rest: bytes) -> bytes:
    """An expression for what starts with a prefix and goes on in no word before it, as no credential does."""
    return rb"%b(?<![A-Za-z0-9+]%b)%b" % (prefix, prefix, rest)


def may_hold_aws_key(data: bytes) -> bool:
    """A key id, or a secret key in quotes on a line that names AWS before it."""
    return _is_shaped((_KEY_ID,), data) or (_QUOTED in data.translate(_REDUCED) and _names_aws(data))


_KEY_ID = alone(b"A", rb"[0-9A-Z]{19}(?![0-9A-Za-z+])")


def _is_shaped(expressions: tuple[bytes, ...], data: bytes) -> bool:
    return any(re.search(expression, data) for expression in expressions)


def _names_aws(data: bytes) -> bool:
    places = (match.start() for match in re.finditer(_SECRET, data))
    return any(b"aws" in data[data.rfind(b"\n", 0, place) + 1 : place].lower() for place in places)
