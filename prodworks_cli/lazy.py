"""Regular expressions that are compiled when they are first needed.

For modules that every audit imports and few have a use for: of some 370 expressions an audit searches 50.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Regex:
    """Stands for a regular expression. A method is looked up once and then kept where it is found at once."""

    def __init__(self, expression: Any, flags: int) -> None:
        self._given = expression, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        expression, flags = self._given
        found = getattr(re.compile(expression, flags), name)
        setattr(self, name, found)
        return found


def regex(expression: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """A regular expression that is compiled by the first call of one of its methods; for its methods only.

    Functions of ``re`` do not take it in place of an expression.
    """
    return cast("re.Pattern[AnyStr]", _Regex(expression, flags))
