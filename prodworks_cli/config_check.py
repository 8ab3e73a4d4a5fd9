"""The config checked against its published schema: one line for the first mistake, with the place and a suggestion."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from prodworks_cli.render.text import clean_line

SCHEMA_FILE = Path(__file__).parent / "schemas" / "config.schema.json"
VALUE_SHOWN = 60
NAMES_SHOWN = 20
_TYPES = {"string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}

Path_ = Sequence["str | int"]
LineOf = Callable[[Path_], "int | None"]


class ConfigError(ValueError):
    """A config file that cannot be used: the message names the file, the key and what was expected."""


@dataclass(frozen=True)
class Mistake:
    """One way in which the data is not what the schema says: ``keyword`` and ``operand`` do not hold at ``path``.

    ``of_name`` says that it is about the name of a key and not about a value.
    """

    path: Path_
    keyword: str
    operand: Any
    schema: Mapping[str, Any]
    value: Any
    of_name: bool

    @property
    def unknown(self) -> list[str]:
        """The keys that the schema does not know, where that is the mistake."""
        if self.of_name:
            return [self.value]
        if self.keyword == "additionalProperties":
            return [key for key in self.value if key not in self.schema.get("properties", {})]
        return []

    @property
    def place(self) -> Path_:
        """The path of what is wrong: the unknown key itself, not the mapping that holds it."""
        return [*self.path, *self.unknown[:1]]


def check(data: Any, where: str, line_of: LineOf) -> None:
    """Raise :class:`ConfigError` for the first mistake in ``data``; ``line_of`` gives the line of a key."""
    mistakes = _mistakes(data)
    if not mistakes:
        return
    first = min(mistakes, key=lambda m: (line_of(m.place) or 0, [str(part) for part in m.place]))
    others = sum(max(len(mistake.unknown), 1) for mistake in mistakes) - 1
    more = f" (and {others} more)" if others else ""
    raise ConfigError(f"{located(where, line_of(first.place))}: {_message(first)}{more}")


def _mistakes(data: Any) -> list[Mistake]:
    from jsonschema import Draft202012Validator

    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return [
        Mistake(
            path=list(error.absolute_path),
            keyword=str(error.validator),
            operand=error.validator_value,
            schema=error.schema if isinstance(error.schema, Mapping) else {},
            value=error.instance,
            of_name="propertyNames" in error.absolute_schema_path,
        )
        for error in Draft202012Validator(schema).iter_errors(data)
    ]


def located(where: str, line: int | None) -> str:
    """``file:line``, or the file alone."""
    return f"{where}:{line}" if line else where


def unknown_name(what: str, name: str, known: Iterable[str]) -> str:
    """That ``name`` is no ``what``, with the name that was probably meant."""
    return f"unknown {what} {shown(name)}; {_hint(name, list(known))}"


def shown(value: Any) -> str:
    """A value of the config, short and safe to print."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return clean_line(text, limit=VALUE_SHOWN)


def key_of(path: Path_) -> str:
    """A path as it is written: ``waivers[0].expires``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return clean_line(text.removeprefix("."))


def _message(mistake: Mistake) -> str:
    key = key_of(mistake.path)
    if mistake.unknown:
        known = mistake.operand if mistake.of_name else mistake.schema.get("properties", {})
        text = unknown_name("key", mistake.unknown[0], known)
    elif mistake.keyword == "required":
        absent = [name for name in mistake.operand if name not in mistake.value]
        text = f"{', '.join(absent)} {'is' if len(absent) == 1 else 'are'} missing"
    else:
        text = f"expected {_expected(mistake)}; {_found(mistake)}"
    return f"{key}: {text}" if key else text


def _expected(mistake: Mistake) -> str:
    schema = mistake.schema
    if mistake.keyword == "enum":
        return ", ".join(map(str, mistake.operand))
    if mistake.keyword == "maxLength":
        return f"at most {mistake.operand} characters"
    if schema.get("type") == "object":
        return "keys and values"
    if schema.get("type") == "array":
        texts = schema.get("items", {}).get("$ref") == "#/$defs/text"
        return "a list of texts" if texts else "a list"
    return str(schema.get("x-expected") or _TYPES[schema["type"]] + _limits(schema))


def _limits(schema: Mapping[str, Any]) -> str:
    if "minimum" in schema:
        return f" from {schema['minimum']} to {schema['maximum']}"
    return f" above {schema['exclusiveMinimum']}, at most {schema['maximum']}" if "maximum" in schema else ""


def _found(mistake: Mistake) -> str:
    found = f"found {shown(mistake.value)}"
    close = mistake.keyword == "enum" and get_close_matches(str(mistake.value), map(str, mistake.operand), 1)
    return f"{found}; did you mean {close[0]}?" if close else found


def _hint(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, 1)
    if close:
        return f"did you mean {close[0]}?"
    return f"known: {', '.join(known)}" if len(known) <= NAMES_SHOWN else "no such name is known"
