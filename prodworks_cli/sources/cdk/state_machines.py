"""State machines in CDK code: the states that are chained to a definition, and what their role may do for them.

A definition holds all states that are reachable from its start; how they follow each other is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node, node_of
from prodworks_cli.sources.cdk.bedrock_agents import model_arn
from prodworks_cli.sources.cdk.converters import CONVERTERS
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.settle import construct_of, reference, settled
from prodworks_cli.sources.cdk.values import Construct, Instance, Made, members_of, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

MACHINE = "aws-stepfunctions.StateMachine"
_STATES = ("aws-stepfunctions.", "aws-stepfunctions-tasks.")
_LINKS = ("next", "branch", "iterator", "itemProcessor", "when", "otherwise", "addCatch", "addRetry", "afterwards")
_INVOKE = "aws-stepfunctions-tasks.BedrockInvokeModel"
_SDK = ("aws-stepfunctions-tasks.CallAwsService", "aws-stepfunctions-tasks.CallAwsServiceCrossRegion")
_CUSTOM = "aws-stepfunctions.CustomState"
# CDK knows these names alone: what it grants for a call of bedrockruntime allows nothing unless iamAction is given.
_IAM_NAMES = {
    "bedrockagent": "bedrock",
    "cloudwatchlogs": "logs",
    "efs": "elasticfilesystem",
    "elasticloadbalancingv2": "elasticloadbalancing",
    "mediapackagevod": "mediapackage-vod",
    "mwaa": "airflow",
    "sfn": "states",
}
_MOST_STATES = 500


def is_state(construct: Construct) -> bool:
    """Whether a construct is a state of a state machine."""
    return construct.symbol.startswith(_STATES) and construct.symbol != MACHINE


def links(construct: Construct, name: str) -> bool:
    """Whether a method says what follows a state."""
    return is_state(construct) and name in _LINKS


def link(of: Construct, name: str, arguments: tuple[Node, ...], at: Location) -> Node:
    """``state.next(other)`` and its likes; the result stands for the chain from the first state."""
    if name == "addRetry":
        of.parts.setdefault("retries", []).append(arguments[0] if arguments else node({}, at))
        return node(of, at)
    if name == "addCatch":
        of.parts.setdefault("catches", []).append(arguments[-1] if arguments else node({}, at))
    # Python may name the argument: add_catch(handler=..., errors=[...])
    following = (x for a in arguments for x in (members_of(a).values() or (a,)))
    of.parts.setdefault("following", []).extend(following)
    return node(of, at)


def model_of_task(library: Library, evaluator: Evaluator, task: Construct) -> None:
    """The id or ARN of the model that a task is given, asked of the model while the code is evaluated."""
    given = task.given["model"]
    content: Any = given.content
    if isinstance(content, Instance):
        name = "model_arn" if task.at.where.endswith(".py") else "modelArn"
        task.parts["model"] = evaluator.member(given, name, task.at)
    elif given.present:
        task.parts["model"] = given


def definition(machine: Construct, table: Table) -> Node:
    """The definition as CloudFormation has it; unknown when it is not resolved."""
    start = _start(machine)
    content: Any = start.content
    if isinstance(content, str):
        return start
    if isinstance(content, Made) and content.symbol.endswith((".fromString", ".fromFile")):
        return content.arguments[0] if content.symbol.endswith(".fromString") else _lost(machine)
    states = list(_reached(start))
    if not states:
        return _lost(machine)
    body = {"States": node({s.path.rpartition("/")[2]: _state(s, table) for s in states}, machine.at)}
    if machine.given["timeout"].present:
        body["TimeoutSeconds"] = settled(machine.given["timeout"], table)
    return node(body, machine.at)


def _lost(machine: Construct) -> Node:
    return unknown("the states of the definition are not resolved", machine.at, present=True)


def _start(machine: Construct) -> Node:
    given = machine.given
    for name in ("definitionBody", "definition", "definitionString"):
        content: Any = given[name].content
        if isinstance(content, Made) and content.symbol.endswith(".fromChainable") and content.arguments:
            return content.arguments[0]
        if given[name].present:
            return given[name]
    return Node(None, machine.at)


def _reached(start: Node) -> Iterator[Construct]:
    """All states that can be reached, each once."""
    waiting, seen = [start], set[int]()
    while waiting and len(seen) < _MOST_STATES:
        content: Any = waiting.pop(0).content
        if id(content) in seen:
            continue
        seen.add(id(content))
        if isinstance(content, Construct) and is_state(content):
            yield content
            waiting += content.parts.get("following", [])
        elif isinstance(content, Instance):
            waiting += [*content.members.values()]
        elif isinstance(content, Made):
            waiting += [*content.arguments, *([content.of] if isinstance(content.of, Node) else [])]
        elif isinstance(content, tuple):
            waiting += content


def _state(state: Construct, table: Table) -> Node:
    made = _TASKS.get(state.symbol)
    if made is None:
        return node({"Type": Node(state.symbol.rpartition(".")[2], state.at)}, state.at)
    body = made(state, table)
    if not isinstance(body.content, Mapping):
        return body
    extra = {k: v for k, v in (("Retry", _retries(state, table)), ("Catch", _catches(state, table))) if v.items()}
    limit = _timeout(state, table)
    return node({**body.content, **extra, **({"TimeoutSeconds": limit} if limit.present else {})}, state.at)


def _invoke(state: Construct, table: Table) -> Node:
    given = state.given
    parameters = {"ModelId": CONVERTERS["model"](state.parts.get("model", Node(None, state.at)), table)}
    if given["body"].present:
        parameters["Body"] = _input(given["body"], table)
    guardrail: Any = given["guardrail"].content
    if isinstance(guardrail, Made) and guardrail.arguments:
        draft = Node("DRAFT", given["guardrail"].location)
        version = guardrail.arguments[1] if len(guardrail.arguments) > 1 else draft
        parameters |= {"GuardrailIdentifier": settled(guardrail.arguments[0], table), "GuardrailVersion": version}
    elif given["guardrail"].present:
        parameters["GuardrailIdentifier"] = settled(given["guardrail"], table)
    return _task(state, "arn:aws:states:::bedrock:invokeModel", node(parameters, state.at))


def _input(value: Node, table: Table) -> Node:
    """``TaskInput.fromObject({...})``"""
    content: Any = value.content
    return settled(content.arguments[0] if isinstance(content, Made) and content.arguments else value, table)


def _sdk_call(state: Construct, table: Table) -> Node:
    service, action = state.given["service"].text(), state.given["action"].text()
    if service is None or action is None:
        return unknown("a call that is not known", state.at, present=True)
    return _task(state, f"arn:aws:states:::aws-sdk:{service}:{action}", settled(state.given["parameters"], table))


def _task(state: Construct, resource: str, parameters: Node) -> Node:
    return node(
        {"Type": Node("Task", state.at), "Resource": Node(resource, state.at), "Parameters": parameters}, state.at
    )


def _custom(state: Construct, table: Table) -> Node:
    return settled(state.given["stateJson"], table)


_TASKS: Mapping[str, Callable[[Construct, Table], Node]] = {
    _INVOKE: _invoke,
    _CUSTOM: _custom,
    **dict.fromkeys(_SDK, _sdk_call),
}


def _retries(state: Construct, table: Table) -> Node:
    return node(tuple(_handler(r, table) for r in state.parts.get("retries", ())), state.at)


def _catches(state: Construct, table: Table) -> Node:
    return node(tuple(_handler(c, table) for c in state.parts.get("catches", ())), state.at)


def _handler(options: Node, table: Table) -> Node:
    errors = options["errors"] if options["errors"].present else node_of(["States.ALL"], options.location)
    members = {"ErrorEquals": settled(errors, table)}
    for name, target in (("maxAttempts", "MaxAttempts"), ("backoffRate", "BackoffRate")):
        if options[name].present:
            members[target] = settled(options[name], table)
    return node(members, options.location)


def _timeout(state: Construct, table: Table) -> Node:
    given: Any = state.given["taskTimeout"].content
    if isinstance(given, Made) and given.arguments and given.symbol.endswith(".duration"):
        return settled(given.arguments[0], table)
    return settled(state.given["timeout"], table)


def grant_tasks(constructs: Iterable[Construct], table: Table) -> None:
    """The role of each machine may do what its tasks need."""
    for machine in [c for c in constructs if c.symbol == MACHINE]:
        role = machine.parts.get("role")
        if isinstance(role, Construct):
            needed = [s for state in _reached(_start(machine)) for s in _needs(state, table)]
            role.parts.setdefault("statements", []).extend(needed)


def _needs(state: Construct, table: Table) -> Iterator[Node]:
    given, at = state.given, state.at
    if state.symbol == _INVOKE:
        arn = model_arn(state.parts.get("model", Node(None, at)), table)
        yield _statement(Node("bedrock:InvokeModel", at), arn, at)
        if given["guardrail"].present:
            arn = unknown("the ARN of the guardrail", at, True, "arn:${...}:bedrock:${...}:guardrail/${...}")
            yield _statement(Node("bedrock:ApplyGuardrail", at), arn, at)
    elif state.symbol in _SDK:
        service, action = given["service"].text() or "", given["action"].text() or ""
        name = f"{_IAM_NAMES.get(service, service)}:{action}"
        actions = given["iamAction"] if given["iamAction"].present else Node(name, at)
        yield _statement(actions, given["iamResources"], at)
        yield from given["additionalIamStatements"].items()
    elif state.symbol == "aws-stepfunctions-tasks.LambdaInvoke":
        function = construct_of(given["lambdaFunction"])
        arn = node(reference(function, "Arn"), at) if function else unknown("a function", at, present=True)
        yield _statement(Node("lambda:InvokeFunction", at), arn, at)


def _statement(actions: Node, resources: Node, at: Location) -> Node:
    return node(Made("aws-iam.PolicyStatement", (node({"actions": actions, "resources": resources}, at),)), at)
