"""Classes of the lazy decorator are those of the standard one, but for the time at which methods are made."""

from __future__ import annotations

import copy
import dataclasses
import gc
import pickle
import re
from dataclasses import FrozenInstanceError, field, fields, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from prodworks_cli import lazy

PACKAGE = Path(lazy.__file__).parent


class Plain:
    a: int
    b: str = "b"
    c: list[int] = field(default_factory=list)
    d: int = field(default=0, compare=False, repr=False)


class Single:
    only: float


class Empty:
    pass


class Speaking:
    """Methods of its own win."""

    a: int

    def __repr__(self) -> str:
        return f"spoken {self.a}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Speaking)


class Hashed:
    a: int

    def __hash__(self) -> int:
        return 7


def made(source: type, decorator: Any, options: dict[str, bool]) -> Any:
    members = {name: value for name, value in vars(source).items() if name not in ("__dict__", "__weakref__")}
    return decorator(**options)(type(source.__name__, (), members | {"__qualname__": source.__qualname__}))


def both(source: type, **options: bool) -> tuple[Any, Any]:
    return made(source, lazy.dataclass, options), made(source, dataclasses.dataclass, options)


OPTIONS: list[dict[str, bool]] = [
    {},
    {"frozen": True},
    {"eq": False},
    {"frozen": True, "eq": False},
    {"frozen": True, "order": True},
]
VALUES: list[tuple[type, list[tuple[Any, ...]]]] = [
    (Plain, [(1,), (1, "b", [], 5), (2, "x"), (1, "b", [3])]),
    (Single, [(1.0,), (2.0,), (float("inf"),)]),
    (Empty, [()]),
    (Speaking, [(1,), (2,)]),
    (Hashed, [(1,), (2,)]),
]


def outcome(run: Any) -> Any:
    try:
        return run()
    except Exception as error:  # which error it is, is the answer
        return type(error), str(error).replace("Plain.", "").replace("Single.", "")


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize(("source", "values"), VALUES, ids=lambda v: getattr(v, "__name__", ""))
def test_objects_behave_as_those_of_the_standard_library(
    source: type, values: list[tuple[Any, ...]], options: dict[str, bool]
) -> None:
    ours, theirs = both(source, **options)
    # Objects that are only compared, or only hashed, have had no method made by another call.
    pairs = [(ours(*v), theirs(*v)) for v in values]
    if options.get("eq", True):
        assert [[a == b for b, _ in pairs] for a, _ in pairs] == [[a == b for _, b in pairs] for _, a in pairs]
        assert [outcome(lambda a=a: hash(a)) for a, _ in pairs] == [outcome(lambda b=b: hash(b)) for _, b in pairs]
    else:
        assert all((a == b) is (a is b) for a, _ in pairs for b, _ in pairs) or source is Speaking
        assert (ours.__hash__ is None) is (theirs.__hash__ is None)
    assert all(a != b and b != a for a, b in pairs) or source is Speaking
    if options.get("eq", True) or source is not Empty:
        assert [repr(a) for a, _ in pairs] == [repr(b) for _, b in pairs]
    assert [f.name for f in fields(ours)] == [f.name for f in fields(theirs)]
    assert ours.__match_args__ == theirs.__match_args__


@pytest.mark.parametrize("arguments", [(), (1, 2, 3, 4, 5)], ids=["too few", "too many"])
@pytest.mark.parametrize("frozen", [True, False])
def test_wrong_arguments_are_refused_in_the_same_words(arguments: tuple[int, ...], frozen: bool) -> None:
    ours, theirs = both(Plain, frozen=frozen)
    first = outcome(lambda: ours(*arguments))
    assert first == outcome(lambda: theirs(*arguments))
    assert first[0] is TypeError
    assert outcome(lambda: ours(*arguments)) == first
    assert outcome(lambda: ours(1, z=2)) == outcome(lambda: theirs(1, z=2))


def test_an_object_has_a_list_of_its_own() -> None:
    ours, _ = both(Plain)
    first, second = ours(1), ours(1)
    first.c.append(1)
    assert (second.c, first.c) == ([], [1])


def test_a_frozen_object_cannot_be_changed() -> None:
    ours, theirs = both(Plain, frozen=True)
    changes: list[Any] = [lambda o: setattr(o, "a", 2), lambda o: setattr(o, "z", 2), lambda o: delattr(o, "a")]
    for change in changes:
        assert outcome(lambda c=change: c(ours(1))) == outcome(lambda c=change: c(theirs(1)))
        assert outcome(lambda c=change: c(ours(1)))[0] is FrozenInstanceError


def test_one_that_is_not_frozen_can() -> None:
    ours, _ = both(Plain)
    thing = ours(1)
    thing.a = 2
    assert thing == ours(2)


def test_replace_copy_and_dict() -> None:
    ours, theirs = both(Plain, frozen=True)
    assert replace(ours(1, "x"), a=2) == ours(2, "x")
    assert dataclasses.asdict(ours(1, "x")) == dataclasses.asdict(theirs(1, "x"))
    assert copy.deepcopy(ours(1, "x", [2])) == ours(1, "x", [2])
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        replace(ours(1), z=2)


@lazy.dataclass(frozen=True)
class Base:
    """Where a class adds fields, its own methods know all of them."""

    a: int
    b: int = 2


@lazy.dataclass(frozen=True)
class Derived(Base):
    c: int = 3


class Undecorated(Base):
    """Shares the methods of its base."""


def test_inherited_fields_come_first() -> None:
    assert repr(Derived(1)) == "Derived(a=1, b=2, c=3)"
    assert Derived(1, c=4) == Derived(1, 2, 4)
    assert Derived(1) != Derived(1, c=4)
    assert len({Derived(1), Derived(1), Derived(1, c=4)}) == 2
    assert Derived(1) != Base(1)


def test_a_class_that_is_not_decorated_inherits_all() -> None:
    assert (repr(Undecorated(1)), Undecorated(1) == Undecorated(1, 2)) == ("Undecorated(a=1, b=2)", True)
    assert Undecorated(1) != Base(1)


def test_objects_can_be_sent_to_other_processes() -> None:
    assert pickle.loads(pickle.dumps(Derived(1, 5))) == Derived(1, 5)  # noqa: S301


def test_an_object_that_holds_itself_is_shown() -> None:
    ours, theirs = both(Plain)
    for cls in (ours, theirs):
        thing = cls(1)
        thing.c.append(thing)
        assert repr(thing) == "Plain(a=1, b='b', c=[...])"


def test_a_constructor_is_compiled_by_its_first_call() -> None:
    ours, _ = both(Plain)
    before = ours.__init__
    ours(1)
    after = ours.__init__
    ours(1)
    assert ours.__init__ is after
    assert after is not before


def test_fields_that_the_constructor_does_not_take_are_refused() -> None:
    ours = made(type("Odd", (), {"__annotations__": {"a": int}, "a": field(init=False)}), lazy.dataclass, {})
    with pytest.raises(TypeError, match="standard dataclass"):
        ours()


def test_the_package_has_no_other_dataclasses() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "lazy.py"}
    others = re.compile(r"^import dataclasses|^from dataclasses import .*\bdataclass\b", re.M)
    assert [path for path, text in texts.items() if others.search(text)] == []
    assert sum("\n@dataclass" in text for text in texts.values()) > 100


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
    for parts in names:
        if parts[-1] != "__main__":
            import_module(".".join(parts).removesuffix(".__init__"))
    found = [thing for thing in gc.get_objects() if isinstance(thing, lazy._Regex)]
    assert len(found) > 200
    assert all(isinstance(thing.pattern, str | bytes) for thing in found)
