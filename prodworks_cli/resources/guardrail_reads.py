"""How guardrails are read from the account."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader

_LIST = Read("bedrock", "ListGuardrails", "bedrock:ListGuardrails")
_GET = Read("bedrock", "GetGuardrail", "bedrock:GetGuardrail")


def _guardrails(reader: Reader) -> Iterable[Record]:
    """One record for each guardrail, with the version that calls should use: the newest numbered one, else DRAFT."""
    return reader.each(reader.found(_LIST, "guardrails"), lambda summary: _guardrail(reader, summary))


def _guardrail(reader: Reader, summary: Node) -> Record | None:
    arn, name = summary["arn"].text(), summary["id"].text()
    if arn is None or name is None:
        return None
    versions = reader.listing(_LIST, "guardrails", arn, guardrailIdentifier=name)
    numbers = [text for entry in versions["guardrails"].items() if (text := entry["version"].text())]
    newest = max((n for n in numbers if n.isdigit()), key=int, default="DRAFT")
    detail = reader.get(_GET, arn, guardrailIdentifier=name, guardrailVersion=newest)
    return reader.record(arn, {_LIST: versions, _GET: detail})


COLLECT = (Collector("aws.bedrock.guardrail", (_LIST, _GET), _guardrails),)
