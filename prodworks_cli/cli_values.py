"""Values of the command line that need no check: texts, whole numbers, and paths that can be read.

Typer has every value checked by pydantic, whose import takes as long as reading a small repository. What is evidently
right passes here; all else, and all that is wrong, goes the usual way and gets its message there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args, get_origin

from typer.core import TyperGroup

_NUMBER = re.compile(r"[0-9]{1,9}")


class Commands(TyperGroup):
    """A group of commands whose plain values pass."""

    def get_params(self, ctx: Any) -> Any:
        """The options of the group itself."""
        parameters = super().get_params(ctx)
        _let_pass(parameters)
        return parameters

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _let_pass(command.get_params(ctx))
        return command


def _let_pass(parameters: Any) -> None:
    """Give parameters the short way. Those that do not tell their type, as in other versions of Typer, need none."""
    for parameter in parameters:
        if hasattr(parameter, "type_descriptor") and not isinstance(parameter.process_value, _ShortWay):
            parameter.process_value = _ShortWay(parameter)


class _ShortWay:
    """Makes the value of a parameter, or has it made the usual way."""

    def __init__(self, parameter: Any) -> None:
        annotation, info = parameter.type_descriptor.annotation, parameter.type_descriptor.parameter_info
        self._parameter = parameter
        self._usual = parameter.process_value
        self._several = get_origin(annotation) is list
        self._plain = _PLAIN.get(get_args(annotation)[0] if self._several else annotation, _nothing)
        self._bounded = info.min is not None or info.max is not None

    def __call__(self, ctx: Any, value: Any) -> Any:
        made = self._made(value)
        if None in made or (value is None and self._parameter.required):
            return self._usual(ctx, value)
        found: object = (made or ()) if self._several else made[0] if made else None
        return self._parameter.callback(ctx, self._parameter, found) if self._parameter.callback else found

    def _made(self, value: Any) -> list[object]:
        """The value or values; none where nothing is given, and ``None`` for one that must be checked."""
        if value is None:
            return []
        # A bound is meant for what is given, not for a default.
        if self._bounded and isinstance(value, str):
            return [None]
        return [self._plain(item) for item in (value if self._several else (value,))]


def _nothing(value: object) -> None:
    return None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> int | None:
    if isinstance(value, str):
        return int(value) if _NUMBER.fullmatch(value) else None
    return value if isinstance(value, int) else None


def _path(value: object) -> Path | None:
    return Path(value) if isinstance(value, (str, Path)) and os.access(value, os.R_OK) else None


_PLAIN: dict[object, Callable[[object], object]] = {bool: _flag, str: _text, int: _number, Path: _path}
