"""Expressions of the lazy module are those of the standard one, but for the time at which they are compiled."""

from __future__ import annotations

import copy
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from prodworks_cli import lazy

PACKAGE = Path(lazy.__file__).parent


def test_an_expression_is_compiled_by_the_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Any, int]] = []

    def compiled(expression: Any, flags: int) -> re.Pattern[Any]:
        seen.append((expression, flags))
        return compile_at_once(expression, flags)

    compile_at_once = re.compile
    monkeypatch.setattr("prodworks_cli.lazy.re.compile", compiled)
    word = lazy.regex(r"[a-z]+", re.IGNORECASE)
    assert seen == []
    assert [m[0] for m in word.finditer("Ab c")] == ["Ab", "c"]
    assert [m[0] for m in word.finditer("d")] == ["d"]
    assert seen == [(r"[a-z]+", re.IGNORECASE)]


def test_an_expression_has_what_python_s_have() -> None:
    word = lazy.regex(rb"(?P<first>a)(b)?")
    assert (word.pattern, word.groups, dict(word.groupindex)) == (rb"(?P<first>a)(b)?", 2, {"first": 1})
    assert word.sub(rb"x", b"abc") == b"xc"
    assert copy.copy(word).fullmatch(b"ab")
    with pytest.raises(AttributeError, match="nothing"):
        _ = word.nothing  # type: ignore[attr-defined]


def test_every_expression_of_the_package_compiles() -> None:
    names = [path.relative_to(PACKAGE.parent).with_suffix("").parts for path in PACKAGE.rglob("*.py")]
    modules = [import_module(".".join(n).removesuffix(".__init__")) for n in names if n[-1] != "__main__"]
    found = [thing for module in modules for thing in vars(module).values() if isinstance(thing, lazy._Regex)]
    assert len(found) > 200
    assert all(isinstance(thing.pattern, str | bytes) for thing in found)
