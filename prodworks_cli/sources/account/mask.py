"""Masking at the source: what AWS's own model calls sensitive never gets past the reader.

Values of environment variables, prompt texts, instructions and e-mail addresses become ``***`` before anything keeps
them. Of an environment variable it stays known whether its value is a credential.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prodworks_cli.resources.collecting import Read
from prodworks_cli.resources.environment import masked_variable

MASK = "***"
# Names tell what a thing is; AWS marks them because they may say something about the business.
_ALWAYS_SHOWN = frozenset({"name"})


def masked(answer: Any, shape: Any, read: Read) -> Any:
    """An answer of ``read`` with everything masked that its model marks as sensitive, except what ``read`` shows."""
    return _masked(answer, shape, _ALWAYS_SHOWN | read.shown, "")


def _masked(data: Any, shape: Any, shown: frozenset[str], member: str) -> Any:
    if shape.metadata.get("sensitive") and member not in shown:
        return _hidden(data, shape)
    if shape.type_name == "structure" and isinstance(data, Mapping):
        known = shape.members
        return {k: _masked(v, known[k], shown, k) for k, v in data.items() if k in known}
    if shape.type_name == "list" and isinstance(data, list):
        return [_masked(element, shape.member, shown, member) for element in data]
    if shape.type_name == "map" and isinstance(data, Mapping):
        if shape.value.metadata.get("sensitive"):
            return {key: masked_variable(str(key), str(value)) for key, value in data.items()}
        return {key: _masked(value, shape.value, shown, member) for key, value in data.items()}
    return data


def _hidden(data: Any, shape: Any) -> Any:
    """Sensitive data without its texts: keys, enums, numbers and ARNs stay, and what a variable's name tells."""
    if isinstance(data, Mapping):
        if shape.type_name == "map":
            return {key: masked_variable(str(key), str(value)) for key, value in data.items()}
        if set(data) == {"name", "value"}:
            return {"name": data["name"], "value": masked_variable(str(data["name"]), str(data["value"]))}
        return {key: _hidden(value, shape.members[key]) for key, value in data.items() if key in shape.members}
    if isinstance(data, list):
        return [_hidden(element, shape.member) for element in data]
    if isinstance(data, str) and not getattr(shape, "enum", None) and not data.startswith("arn:"):
        return MASK if data else data
    return data
