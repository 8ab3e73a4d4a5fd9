"""How long-term Bedrock API keys are read from the account. Short-term keys appear in no list."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.api_keys import BEDROCK
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed

_LIST = Read("iam", "ListServiceSpecificCredentials", "iam:ListServiceSpecificCredentials")
_MEMBER = "ServiceSpecificCredentials"


def _keys(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_LIST, _MEMBER, AllUsers=True, ServiceName=BEDROCK), lambda key: _key(reader, key))


def _key(reader: Reader, key: Node) -> Record | None:
    name = key["ServiceSpecificCredentialId"].text()
    return reader.record(name, {_LIST: narrowed(_LIST, _MEMBER, key, name)}) if name else None


COLLECT = (Collector("aws.bedrock.api_key", (_LIST,), _keys, regional=False),)
