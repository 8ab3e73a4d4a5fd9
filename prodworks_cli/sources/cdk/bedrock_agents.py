"""What level 2 constructs of Bedrock add: action groups of agents, and rights to invoke models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.converters import CONVERTERS
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.perhaps import add
from prodworks_cli.sources.cdk.settle import capitalised, construct_of, reference, settled
from prodworks_cli.sources.cdk.values import Construct, External, Made, members_of, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.model import Location
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

_BUILT_IN = {"userInputEnabled": "UserInput", "codeInterpreterEnabled": "CodeInterpreter"}
_MODELS = "bedrock.BedrockFoundationModel."
_PROFILES = ("bedrock.CrossRegionInferenceProfile.", "bedrock.PromptRouter.")
_AREAS = ("us.", "eu.", "apac.", "global.", "us-gov.", "au.", "jp.")


def add_action_groups(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``agent.addActionGroup(group)`` and ``addActionGroups(...)``"""
    for given in (one for argument in arguments for one in argument.items()):
        add(evaluator, of, "actions", (given,))
        _let_invoke(evaluator, of, given)
    return Node(None, at)


def agent(library: Library, evaluator: Evaluator, made: Construct) -> None:
    """The action groups that an agent is given from the start."""
    add_action_groups(library, evaluator, made, (made.given["actionGroups"],), made.at)


def _let_invoke(evaluator: Evaluator, of: Construct, group: Node) -> None:
    content: Any = group.content
    role, executor = of.parts.get("role"), content.properties["executor"] if isinstance(content, Made) else group
    function = _function(executor)
    if isinstance(role, Construct) and function is not None:
        arn = node(reference(function, "Arn"), group.location)
        add(evaluator, role, "statements", (allowing(("lambda:InvokeFunction",), arn),))


def allowing(actions: tuple[str, ...], resource: Node) -> Node:
    """A policy statement."""
    at = resource.location
    listed = {"actions": node(tuple(Node(a, at) for a in actions), at), "resources": node((resource,), at)}
    return node(Made("aws-iam.PolicyStatement", (node(listed, at),)), at)


def _function(executor: Node) -> Construct | None:
    content: Any = executor.content
    given = content.arguments if isinstance(content, Made) else ()
    return next((c for c in map(construct_of, given) if c is not None), None)


def action_groups(made: Construct, body: dict[str, Node], table: Table) -> None:
    """The action groups of an agent as CloudFormation writes them: two that AWS offers, then its own."""
    groups = [*_built_in(made), *(_group(g, table) for g in made.parts.get("actions", []))]
    given = made.given["actionGroups"]
    body["ActionGroups"] = given if given.unknown else node(tuple(groups), made.at)


def _built_in(made: Construct) -> Iterator[Node]:
    for name, kind in _BUILT_IN.items():
        on: Any = made.given[name]
        state: Any = "ENABLED" if on.content is True else "DISABLED"
        members = {"ActionGroupName": f"{kind}Action", "ParentActionGroupSignature": f"AMAZON.{kind}"}
        nodes = {k: Node(v, made.at) for k, v in members.items()}
        lost = unknown("whether the action is on", made.at, present=True)
        yield node({**nodes, "ActionGroupState": lost if on.unknown else Node(state, made.at)}, made.at)


def _group(group: Node, table: Table) -> Node:
    content: Any = group.content
    at = group.location
    if not isinstance(content, Made):
        return unknown("an action group that is not resolved", at, present=True)
    given = content.properties
    state = unknown("whether the group is on", at, present=True) if given["enabled"].unknown else None
    body = {
        "ActionGroupName": settled(given["name"], table),
        "ActionGroupState": state or Node("DISABLED" if given["enabled"].content is False else "ENABLED", at),
        "ActionGroupExecutor": _executor(given["executor"], at),
    }
    if given["apiSchema"].present:
        body["ApiSchema"] = _schema(given["apiSchema"], at)
    if given["functionSchema"].present:
        body["FunctionSchema"] = _functions(given["functionSchema"], table)
    return node(body, at)


def _executor(executor: Node, at: Location) -> Node:
    content: Any = executor.content
    function = _function(executor)
    if function is not None:
        return node({"Lambda": node(reference(function, "Arn"), at)}, at)
    if isinstance(content, External) and content.symbol.endswith(".RETURN_CONTROL"):
        return node({"CustomControl": Node("RETURN_CONTROL", at)}, at)
    return unknown("an executor that is not resolved", at, present=True) if executor.present else Node(None, at)


def _schema(schema: Node, at: Location) -> Node:
    content: Any = schema.content
    text = content.arguments[0] if isinstance(content, Made) and content.symbol.endswith(".fromInline") else None
    return node({"Payload": text}, at) if text is not None else unknown("an API schema in a file", at, present=True)


def _functions(schema: Node, table: Table) -> Node:
    content: Any = schema.content
    given = content.properties if isinstance(content, Made) else schema
    listed = [capitalised(_confirmed(f, table), table) for f in given["functions"].items()]
    if given["functions"].unknown or given.unknown:
        return unknown("the functions of a group", schema.location, present=True)
    return node({"Functions": node(tuple(listed), schema.location)}, schema.location)


def _confirmed(function: Node, table: Table) -> Node:
    """A function; whether it asks for a confirmation is a constant of the library."""
    made = settled(function, table)
    given: Any = function["requireConfirmation"].content
    if not isinstance(given, External):
        return made
    name = Node(given.symbol.rpartition(".")[2], made.location)
    return node({**members_of(made), "requireConfirmation": name}, made.location)


def model_arn(model: Node, table: Table) -> Node:
    """The ARN of a model, or of a profile that spreads its calls over Regions."""
    at = model.location
    name = CONVERTERS["model"](model, table).text()
    if name is None or name.startswith("arn:"):
        return Node(name, at) if name else unknown("known after deployment", at, True, "arn:${...}")
    if name.startswith(_AREAS):
        return unknown("known after deployment", at, True, "arn:${...}:bedrock:${...}:inference-profile/" + name)
    return unknown("known after deployment", at, True, "arn:${...}:bedrock:${...}::foundation-model/" + name)


def is_model(symbol: str) -> bool:
    """Whether a symbol is a model of the library, or a profile."""
    return symbol.startswith((_MODELS, *_PROFILES))


def invoking(model: Node, table: Table) -> Iterator[Node]:
    """The statements with which a model may be invoked; a profile invokes its model wherever it sends the call."""
    content: Any = model.content
    invoke = ("bedrock:InvokeModel*", "bedrock:GetFoundationModel")
    if not isinstance(content, Made) or not content.symbol.startswith(_PROFILES):
        yield allowing(invoke, model_arn(model, table))
        return
    yield allowing(("bedrock:GetInferenceProfile", "bedrock:InvokeModel*"), model_arn(model, table))
    inner = content.properties["model"]
    if inner.present:
        yield allowing(invoke, model_arn(inner, table))
