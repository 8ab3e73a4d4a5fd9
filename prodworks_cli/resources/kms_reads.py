"""How keys are read from the account: those that something of the workload is encrypted with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, never

_KEYS = Read("kms", "ListKeys", "kms:ListKeys")
_ALIASES = Read("kms", "ListAliases", "kms:ListAliases")
_KEY = Read("kms", "DescribeKey", "kms:DescribeKey")
# A key that is asymmetric or imported has no rotation that could be on.
_UNSUPPORTED = frozenset({"UnsupportedOperationException"})
_ROTATION = Read("kms", "GetKeyRotationStatus", "kms:GetKeyRotationStatus", _UNSUPPORTED)


def _keys(reader: Reader) -> Iterable[Record]:
    aliases: dict[str, list[str]] = {}
    for alias in reader.found(_ALIASES, "Aliases"):
        names = [alias["AliasName"].text(), alias["AliasArn"].text()]
        aliases.setdefault(alias["TargetKeyId"].text() or "", []).extend(name for name in names if name)
    return reader.each(reader.found(_KEYS, "Keys"), lambda key: _key(reader, key, aliases))


def _key(reader: Reader, key: Node, aliases: Mapping[str, list[str]]) -> Record | None:
    """A key of the account's own; AWS's keys rotate by themselves."""
    arn, name = key["KeyArn"].text(), key["KeyId"].text()
    if arn is None or name is None or not reader.wanted(arn, name, *aliases.get(name, ())):
        return None
    detail = reader.get(_KEY, arn, KeyId=arn)
    if detail.at("KeyMetadata", "KeyManager").text() == "AWS":
        return None
    return reader.record(arn, {_KEY: detail, _ROTATION: reader.get(_ROTATION, arn, KeyId=arn)})


COLLECT = (Collector("aws.kms.key", (_KEYS, _ALIASES, _KEY, _ROTATION), _keys, referenced=True, root=never),)
