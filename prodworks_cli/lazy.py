"""What is made when it is first needed: methods of dataclasses, and regular expressions.

``dataclass`` from here is used everywhere, ``regex`` in modules that every audit imports and few have a use for.

The standard decorator writes and compiles up to eight methods for each class. Of some three hundred classes a run makes
objects of a third, and calls little but their constructors: to make all methods took a quarter of an audit. Here a
constructor is compiled by the first call of it, and the other methods are closures that need no compiling. Classes are
else the same, and checkers are shown the standard decorator.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from dataclasses import MISSING, FrozenInstanceError, fields
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, AnyStr, NoReturn, cast

_KNOWN = {"frozen", "eq"}
# Names that no field has.
_STORE, _ABSENT, _DEFAULT = "__store", "__absent", "__default_"


def _lazy(cls: Any = None, /, **options: bool) -> Any:
    """Decorate a class. With other options than ``frozen`` and ``eq`` the standard library does it, at once."""
    if cls is None:
        return lambda decorated: _lazy(decorated, **options)
    if not _KNOWN.issuperset(options) or hasattr(cls, "__post_init__"):
        return dataclasses.dataclass(**options)(cls)
    own = set(vars(cls))
    if cls.__hash__ is None and "__eq__" in own:
        own.discard("__hash__")  # Python itself put it there
    made = dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
    for name, method in _methods(made, options.get("frozen", False), options.get("eq", True)).items():
        if name not in own:
            setattr(made, name, method)
    return made


def _methods(cls: Any, frozen: bool, eq: bool) -> dict[str, Any]:
    methods: dict[str, Any] = {"__init__": _constructor(cls, frozen), "__repr__": _shown}
    if eq:
        values = _reader([f.name for f in fields(cls) if f.compare])
        methods |= {"__eq__": _comparison(values), "__hash__": _hashing(values) if frozen else None}
    if frozen:
        methods |= {"__setattr__": _refuse_to_assign, "__delattr__": _refuse_to_delete}
    return methods


def _constructor(cls: Any, frozen: bool) -> Callable[..., None]:
    def __init__(self: Any, /, *values: Any, **named: Any) -> None:
        cls.__init__ = _compiled(cls, frozen)
        cls.__init__(self, *values, **named)

    return __init__


def _compiled(cls: Any, frozen: bool) -> Callable[..., None]:
    """The constructor as the standard library writes it."""
    names: dict[str, Any] = {_STORE: object.__setattr__, _ABSENT: MISSING}
    parameters, body = ["self"], ["pass"]
    for field in fields(cls):
        if field.kw_only or not field.init:
            raise TypeError(f"{cls.__qualname__}.{field.name}: such fields are for the standard dataclass")
        name, value, default = field.name, field.name, _DEFAULT + field.name
        if field.default is not MISSING:
            names[default] = field.default
            name += f"={default}"
        elif field.default_factory is not MISSING:
            names[default] = field.default_factory
            name += f"={_ABSENT}"
            value = f"{default}() if {value} is {_ABSENT} else {value}"
        parameters.append(name)
        body.append(f"{_STORE}(self, {field.name!r}, {value})" if frozen else f"self.{field.name} = {value}")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body), names)  # noqa: S102 (names of our own fields)
    made: Callable[..., None] = names["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _reader(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Reads the named attributes of an object, as a tuple also where they are fewer than two."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple(getattr(record, name) for name in names)


def _comparison(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, Any], Any]:
    def __eq__(self: Any, other: Any) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hashing(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], int]:
    def __hash__(self: Any) -> int:
        return hash(values(self))

    return __hash__


@recursive_repr()
def _shown(self: Any) -> str:
    shown = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
    return f"{type(self).__qualname__}({shown})"


def _refuse_to_assign(self: Any, name: str, value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


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


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = _lazy
