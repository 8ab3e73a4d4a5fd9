"""Redaction: account ids, resource names in ARNs and e-mail addresses replaced, the same one always by the same.

ARNs keep their service, Region and kind of resource, and wildcards stay, so that a redacted inventory is judged like
the original. What belongs to AWS (models, managed policies) stays readable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from prodworks_cli.inventory import dump, load
from prodworks_cli.model import Inventory

_ARN = re.compile(
    r"arn:(?P<partition>aws[\w-]*):(?P<service>[\w-]*):(?P<region>[\w-]*):(?P<account>\d{12}|)"
    r":(?P<name>[^\s\"'<>\\,;()\[\]]+)"
)
_ID = re.compile(r"(?=[A-Za-z]*\d)[A-Za-z0-9]{6,64}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def redacted(inventory: Inventory) -> Inventory:
    """The inventory without account ids, names in ARNs and e-mail addresses."""
    document = json.loads(dump(inventory))
    found = sorted(set(_texts(document)))
    masks = _Masks(found, inventory.scan.accounts)
    return load(json.dumps(_mapped(document, masks)))


class _Masks:
    """Numbers for everything that is masked, given in the order of the sorted originals."""

    def __init__(self, texts: list[str], accounts: tuple[str, ...]) -> None:
        arns = [m for text in texts for m in _ARN.finditer(text)]
        known = sorted({*accounts, *(m["account"] for m in arns if m["account"])})
        self._accounts = {account: f"{number:012d}" for number, account in enumerate(known, 1)}
        names = sorted({(m["service"], _split(m)[1]) for m in arns})
        self._names = {name: f"redacted-{number}" for number, name in enumerate(names, 1)}
        # Names of Bedrock that AWS made up are ids, and also written without their ARN.
        made = {_split(m)[1] for m in arns if m["service"] == "bedrock" and m["account"]}
        self._ids = {name: self._names["bedrock", name] for name in made if _ID.fullmatch(name)}
        mails = sorted({m.group().lower() for text in texts for m in _MAIL.finditer(text)})
        self._mails = {mail: f"address-{number}@redacted.invalid" for number, mail in enumerate(mails, 1)}
        self._account = re.compile("|".join(map(re.escape, known)) or r"(?!)")

    def apply(self, text: str) -> str:
        """The text with everything masked."""
        if text in self._ids:
            return self._ids[text]
        text = _ARN.sub(self._arn, text)
        text = self._account.sub(lambda m: self._accounts[m.group()], text)
        return _MAIL.sub(lambda m: self._mails.get(m.group().lower(), m.group()), text)

    def _arn(self, match: re.Match[str]) -> str:
        if not match["account"] and match["service"] != "s3":
            return match.group()
        kind, name, rest = _split(match)
        # The root of an account stands for everybody in it, and is no name.
        shown = name if "*" in name or name == "root" else self._names[match["service"], name]
        head = ":".join(("arn", match["partition"], match["service"], match["region"], match["account"]))
        return f"{head}:{kind}{shown}{rest}"


def _split(match: re.Match[str]) -> tuple[str, str, str]:
    """The kind of resource with its separator, the name, and a qualifier or wildcard at the end."""
    text = match["name"]
    if match["service"] == "s3":
        name, slash, rest = text.partition("/")
        return "", name, slash + ("*" if rest else "")
    parts = re.match(r"([\w-]+[:/])?(.*?)(:\*|/\*|\.)?$", text, re.S)
    return (parts[1] or "", parts[2], parts[3] or "") if parts else ("", text, "")


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list):
        for element in data:
            yield from _texts(element)


def _mapped(data: Any, masks: _Masks) -> Any:
    if isinstance(data, str):
        return masks.apply(data)
    if isinstance(data, Mapping):
        return {key: _mapped(value, masks) for key, value in data.items()}
    return [_mapped(element, masks) for element in data] if isinstance(data, list) else data
