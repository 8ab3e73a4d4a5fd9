"""Tags as Billing sees them, and data exports: what costs can be told by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    ACCOUNT_ONLY,
    Declared,
    Observed,
    Record,
    declared,
    observed,
    own,
    parsed,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Text


@dataclass(frozen=True)
class CostAllocationTag(Kind):
    """A tag key as Billing sees it.

    ``used_for_attribution`` is joined later: whether the spend of the workload's models is told by it, because an
    inference profile of the workload carries it, or because it is one of an IAM principal (``iamPrincipal/team``).
    """

    KIND = "aws.ce.cost_allocation_tag"

    key: Text
    type: Text
    status: Text
    used_for_attribution: Flag


@dataclass(frozen=True)
class DataExport(Kind):
    """A data export of Billing; without a ``table`` the account has none.

    ``table`` is ``COST_AND_USAGE_REPORT`` for CUR 2.0. There is no ``status`` before it was made.
    ``includes_caller_identity`` says that each line tells the IAM principal that made the calls.
    """

    KIND = "aws.bcm.export"

    name: Text
    table: Text
    status: Text
    includes_caller_identity: Flag


CUR2 = "COST_AND_USAGE_REPORT"
PRINCIPAL = "iamPrincipal/"


def _tag(block: Block, _: Declarations) -> Draft:
    key = block.body["tag_key"]
    return declared(
        CostAllocationTag,
        block,
        (key,),
        key=key,
        type=ACCOUNT_ONLY,
        status=block.body["status"],
        used_for_attribution=None,
    )


def _observed_tag(record: Record) -> Draft:
    tag = own(record, "ce:ListCostAllocationTags", "CostAllocationTags")
    return observed(
        CostAllocationTag,
        record,
        (tag["TagKey"],),
        key=tag["TagKey"],
        type=tag["Type"],
        status=tag["Status"],
        used_for_attribution=None,
    )


_TABLE = re.compile(r"\bFROM\s+([A-Za-z_]\w*)", re.I)


def _export(block: Block, name: Node, query: Node, tables: Node) -> Draft:
    return declared(
        DataExport,
        block,
        (name,),
        name=name,
        table=_table(query),
        status=None,
        includes_caller_identity=_identifies(parsed(tables)),
    )


def _table(query: Node) -> Drafted:
    match = _TABLE.search((query.text() or "")[:200_000])
    return query.unknown or (match[1].upper() if match else Unknown("the query names no table", present=True))


def _identifies(tables: Node) -> bool | Unknown:
    """Whether a table is asked for with the principals; left out means no."""
    if tables.unknown:
        return tables.unknown
    asked = list(_asked(tables))
    unread = next((node.unknown for node in asked if node.unknown), None)
    return any(str(node.content).upper() == "TRUE" for node in asked) or unread or False


def _asked(tables: Node) -> Iterator[Node]:
    for _, settings in tables.members():
        yield Node(settings.unknown, settings.location) if settings.unknown else settings["INCLUDE_IAM_PRINCIPAL_DATA"]


def _terraform(block: Block, _: Declarations) -> Draft:
    export = block.body.at("export")
    export = export.items()[0] if export.items() else export
    query = export.at("data_query")
    query = query.items()[0] if query.items() else query
    return _export(block, export["name"], query["query_statement"], query["table_configurations"])


def _cloudformation(block: Block, _: Declarations) -> Draft:
    export = block.body["Export"]
    query = export["DataQuery"]
    return _export(block, export["Name"], query["QueryStatement"], query["TableConfigurations"])


def _observed_export(record: Record) -> Draft:
    """An export; or that there is none, which an account that does not pay its bill itself cannot know."""
    if record.answers["bcm-data-exports:ListExports"].present:
        return _none(record)
    answer = record.answer("bcm-data-exports:GetExport")
    export = answer["Export"]
    query = export["DataQuery"]
    return observed(
        DataExport,
        record,
        (export["Name"], export["ExportArn"]),
        name=export["Name"],
        table=_table(query["QueryStatement"]),
        status=answer.at("ExportStatus", "StatusCode"),
        includes_caller_identity=answer.unknown or _identifies(query["TableConfigurations"]),
    )


_ELSEWHERE = Unknown("the exports are those of the account that pays; read that one")


def _none(record: Record) -> Draft:
    payer = record.answer("organizations:DescribeOrganization").at("Organization", "MasterAccountId")
    here = not payer.unknown and payer.text() in (None, record.account)
    missing: Drafted = None if here else (payer.unknown or _ELSEWHERE)
    return observed(DataExport, record, name=missing, table=missing, status=missing, includes_caller_identity=missing)


TERRAFORM: Mapping[str, Declared] = {"aws_ce_cost_allocation_tag": _tag, "aws_bcmdataexports_export": _terraform}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::BCMDataExports::Export": _cloudformation}
API: Mapping[str, Observed] = {CostAllocationTag.KIND: _observed_tag, DataExport.KIND: _observed_export}
