"""How compute is read from the account: functions and tasks whose role can call a model, and every agent runtime."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.model import Location, Ref
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, moved, never
from prodworks_cli.resources.compute import Unit

_FUNCTIONS = Read("lambda", "ListFunctions", "lambda:ListFunctions")
_CONCURRENCY = Read("lambda", "GetFunctionConcurrency", "lambda:GetFunctionConcurrency")
_FAMILIES = Read("ecs", "ListTaskDefinitionFamilies", "ecs:ListTaskDefinitionFamilies")
_TASK = Read("ecs", "DescribeTaskDefinition", "ecs:DescribeTaskDefinition")
_RUNTIMES = Read("bedrock-agentcore-control", "ListAgentRuntimes", "bedrock-agentcore:ListAgentRuntimes")
_RUNTIME = Read("bedrock-agentcore-control", "GetAgentRuntime", "bedrock-agentcore:GetAgentRuntime")


def _functions(reader: Reader) -> Iterable[Record]:
    """The listing tells all of a function but its reserved concurrency."""
    functions = reader.found(_FUNCTIONS, "Functions")
    kept = (f for f in functions if reader.wanted(*(f[k].text() for k in ("FunctionArn", "FunctionName", "Role"))))
    return reader.each(kept, lambda function: _function(reader, function))


def _function(reader: Reader, function: Node) -> Record | None:
    arn = function["FunctionArn"].text()
    if arn is None:
        return None
    settings = moved(function, Location(arn, None, _FUNCTIONS.name))
    concurrency = reader.get(_CONCURRENCY, arn, FunctionName=arn)
    return reader.record(arn, {"lambda:GetFunctionConfiguration": settings, _CONCURRENCY: concurrency})


def _tasks(reader: Reader) -> Iterable[Record]:
    """The newest active revision of each family."""
    return reader.each(reader.found(_FAMILIES, "families", status="ACTIVE"), lambda family: _task(reader, family))


def _task(reader: Reader, family: Node) -> Record | None:
    name = family.text()
    if name is None:
        return None
    answer = reader.get(_TASK, name, taskDefinition=name)
    task = answer["taskDefinition"]
    arn = task["taskDefinitionArn"].text()
    if not reader.wanted(name, arn, task["taskRoleArn"].text()) and not answer.unknown:
        return None
    return reader.record(arn or name, {_TASK: answer})


def _runtimes(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_RUNTIMES, "agentRuntimes"), lambda summary: _runtime(reader, summary))


def _runtime(reader: Reader, summary: Node) -> Record | None:
    arn, name = summary["agentRuntimeArn"].text(), summary["agentRuntimeId"].text()
    if arn is None or name is None:
        return None
    return reader.record(arn, {_RUNTIME: reader.get(_RUNTIME, arn, agentRuntimeId=name)})


def _role(unit: Unit) -> Iterable[Ref]:
    """A unit stands beside its role: what can call a model belongs to the workload."""
    if isinstance(unit.role, Ref):
        yield unit.role


COLLECT = (
    Collector(Unit.KIND, (_FUNCTIONS, _CONCURRENCY), _functions, True, True, never, _role, ("aws.iam.role",)),
    Collector(Unit.KIND, (_FAMILIES, _TASK), _tasks, True, True, never, _role, ("aws.iam.role",)),
    Collector(Unit.KIND, (_RUNTIMES, _RUNTIME), _runtimes),
)
