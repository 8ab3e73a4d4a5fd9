"""How log groups are read from the account: those that something of the workload writes to. Events are never read."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed, never

_GROUPS = Read("logs", "DescribeLogGroups", "logs:DescribeLogGroups")
_MASKS = Read("logs", "GetDataProtectionPolicy", "logs:GetDataProtectionPolicy")
_FILTERS = Read("logs", "DescribeMetricFilters", "logs:DescribeMetricFilters")
_ACCOUNT = Read("logs", "DescribeAccountPolicies", "logs:DescribeAccountPolicies")


def _groups(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_GROUPS, "logGroups"), lambda group: _group(reader, group))


def _group(reader: Reader, group: Node) -> Record | None:
    name = group["logGroupName"].text()
    arn = (group["logGroupArn"].text() or group["arn"].text() or "").removesuffix(":*")
    if name is None or not arn or not reader.wanted(name, arn, f"{arn}:*"):
        return None
    policies = reader.listing(_ACCOUNT, "accountPolicies", arn, policyType="DATA_PROTECTION_POLICY")
    answers = {
        _GROUPS: narrowed(_GROUPS, "logGroups", group, arn),
        _MASKS: reader.get(_MASKS, arn, logGroupIdentifier=name),
        _FILTERS: reader.listing(_FILTERS, "metricFilters", arn, logGroupName=name),
        _ACCOUNT: policies,
    }
    return reader.record(arn, answers)


_READS = (_GROUPS, _MASKS, _FILTERS, _ACCOUNT)
COLLECT = (Collector("aws.logs.log_group", _READS, _groups, referenced=True, root=never),)
