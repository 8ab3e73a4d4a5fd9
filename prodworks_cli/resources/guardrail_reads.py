"""How guardrails are read from the account."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader

_LIST = Read("bedrock", "ListGuardrails", "bedrock:ListGuardrails")
_GET = Read("bedrock", "GetGuardrail", "bedrock:GetGuardrail")


def _guardrails(reader: Reader) -> Iterable[Record]:
    """One record for each guardrail, in the version that the repository uses, of several the oldest. Where it names
    none, in the version that calls should use: the newest numbered one, else DRAFT."""
    return reader.each(reader.found(_LIST, "guardrails"), lambda summary: _guardrail(reader, summary))


def _guardrail(reader: Reader, summary: Node) -> Record | None:
    arn, name = summary["arn"].text(), summary["id"].text()
    if arn is None or name is None:
        return None
    versions = reader.listing(_LIST, "guardrails", arn, guardrailIdentifier=name)
    listed = [text for entry in versions["guardrails"].items() if (text := entry["version"].text())]
    used = [version for version in listed if reader.pinned(f"{arn}:{version}", f"{name}:{version}")]
    version = _oldest(used) if used else max((n for n in listed if n.isdigit()), key=int, default="DRAFT")
    detail = reader.get(_GET, arn, guardrailIdentifier=name, guardrailVersion=version)
    return reader.record(arn, {_LIST: versions, _GET: detail})


def _oldest(versions: Iterable[str]) -> str:
    return min((v for v in versions if v.isdigit()), key=int, default="DRAFT")


COLLECT = (Collector("aws.bedrock.guardrail", (_LIST, _GET), _guardrails),)
