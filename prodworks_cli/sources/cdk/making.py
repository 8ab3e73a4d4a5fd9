"""How calls of a library make constructs: below which scope, at which path, with which role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.bedrock_agents import model_arn
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.perhaps import add
from prodworks_cli.sources.cdk.settle import construct_of
from prodworks_cli.sources.cdk.values import (
    Construct,
    External,
    Instance,
    Keywords,
    Made,
    members_of,
    node,
    unknown,
)

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

_CLASS = re.compile(r"(?:^|\.)[A-Z]\w*$")
_AWS = re.compile(r"^(?:core|constructs|aws-[\w-]+|bedrock|agentcore|genai|@aws-cdk/[\w-]+)\b")
_PLAIN = ("Props", "Property", "Options", "Rule", "Config")


def make(library: Library, evaluator: Evaluator, symbol: str, arguments: tuple[Node, ...], at: Location) -> Node:
    """A construct where the call has the form of one, else a value of the library."""
    if symbol == "core.App":
        return node(Construct(symbol, "", at, "", Node(None, at)), at)
    arguments = _positional(arguments, at)
    if _has_form(library.table, symbol, arguments):
        given = properties(arguments[2:], at)
        return node(library.declare(evaluator, symbol, arguments[0], arguments[1], given, at), at)
    scope: Any = arguments[0].content if arguments else None
    # DefinitionBody.fromChainable(state) and ActionGroupExecutor.fromlambdaFunction(fn) are no imports.
    found = ".from" in symbol and len(arguments) > 1 and not symbol.startswith("aws-stepfunctions.DefinitionBody")
    if not found or not isinstance(scope, Construct | Instance):
        return node(Made(symbol, arguments), at)
    return node(Construct(symbol, symbol, at, "", Node(None, at), parts={"arguments": arguments[1:]}), at)


def _positional(arguments: tuple[Node, ...], at: Location) -> tuple[Node, ...]:
    """Scope and id in their places where Python names them."""
    last = arguments[-1] if arguments else None
    if not isinstance(last, Keywords) or "scope" not in members_of(last):
        return arguments
    given = dict(members_of(last))
    return given.pop("scope"), given.pop("id", Node("id", at)), Keywords(given, at)


def _has_form(table: Table, symbol: str, arguments: tuple[Node, ...]) -> bool:
    if len(arguments) < 2 or not _CLASS.search(symbol):
        return False
    scope: Any = arguments[0].content
    name = arguments[1]
    scoped = isinstance(scope, Construct | Instance) or (isinstance(scope, Unknown) and symbol in table.constructs)
    return scoped and bool(isinstance(name.content, str) or name.unknown) and not isinstance(name, Keywords)


def build(
    library: Library, evaluator: Evaluator, made: Made, name: str, arguments: tuple[Node, ...], at: Location
) -> Node:
    """Java's builders: each call adds a property, ``build`` makes the thing."""
    given: dict[str, Node] = made.of or {}
    if name != "build":
        value = arguments[0] if len(arguments) == 1 else node(arguments, at)
        return node(Made(made.symbol, made.arguments, {**given, name: value}), at)
    symbol = made.symbol.removeprefix("builder:")
    if made.arguments:
        return make(library, evaluator, symbol, (*made.arguments, Keywords(given, at)), at)
    return Node(given, at) if symbol.endswith(_PLAIN) else node(Made(symbol, (Keywords(given, at),)), at)


def builder(symbol: str) -> str | None:
    """The class whose builder a Java call starts: ``Bucket.Builder.create`` or ``BucketProps.builder``."""
    match = re.match(r"^(.*?)(?:\.Builder\.create|\.builder)$", symbol)
    return match[1] if match else None


def begin(
    library: Library, evaluator: Evaluator, instance: Instance, arguments: tuple[Node, ...], at: Location
) -> None:
    """A class of the repository becomes the construct of its library base."""
    base = evaluator.lineage(instance.cls)[-1]
    symbol = base.symbol if isinstance(base, External) else ""
    if not _CLASS.search(symbol):
        return
    arguments = _of_base(arguments, at)
    scope, name, *rest = (*arguments, unknown("a scope", at), unknown("an id", at)) if len(arguments) < 2 else arguments
    if not library.is_base(symbol) and not _AWS.match(symbol) and construct_of(scope) is None:
        return
    called = name if name.text() else Node(instance.cls.definition.name, at)
    given = properties(tuple(rest) if len(arguments) >= 2 else (), at)
    instance.construct = library.declare(evaluator, symbol, scope, called, given, at)
    instance.construct.certain = instance.construct.certain and (called is name or symbol == "core.Stack")
    instance.path = instance.construct.path


def _of_base(arguments: tuple[Node, ...], at: Location) -> tuple[Node, ...]:
    """The arguments of ``super().__init__`` with scope and id in their places."""
    if not arguments or not isinstance(arguments[-1], Keywords) or len(arguments) >= 3:
        return arguments
    given = dict(members_of(arguments[-1]))
    scope = arguments[0] if len(arguments) > 1 else given.pop("scope", unknown("a scope", at))
    name = given.pop("id", given.pop("constructId", unknown("an id", at)))
    return scope, name, Keywords(given, at)


def properties(rest: tuple[Node, ...], at: Location) -> Node:
    """The properties among the arguments after scope and id."""
    found = (a for a in rest if isinstance(a.content, dict) or a.unknown or isinstance(a.content, Made))
    given = next(found, Node(None, at))
    content: Any = given.content
    return content.properties if isinstance(content, Made) else given


def type_of(table: Table, symbol: str, given: Node) -> str:
    """The CloudFormation type of what a class makes, empty when no adapter needs it."""
    known = table.constructs.get(symbol)
    if known is not None:
        return str(known.get("type", ""))
    module, _, name = symbol.rpartition(".")
    if symbol == "core.CfnResource":
        return given["type"].text() or ""
    service = table.services.get(module)
    return f"AWS::{service}::{name[3:]}" if service and name.startswith("Cfn") else ""


def give_role(library: Library, evaluator: Evaluator, construct: Construct) -> None:
    """The role that a construct is given, else the one that it makes."""
    spec = library.table.constructs.get(construct.symbol, {})
    if "role" not in spec:
        return
    given = construct.given[spec["role"]]
    role = construct_of(given) if given.present else _made_role(library, construct, spec)
    construct.parts["role"] = role
    if role is None:
        construct.members["role"] = given
    else:
        needed = _statements(construct, spec.get("needs", ()), library.table)
        add(evaluator, role, "statements", (*needed, *construct.given["initialPolicy"].items()))


def _made_role(library: Library, construct: Construct, spec: Any) -> Construct:
    path, at = f"{construct.path}/{spec.get('role_name', 'ServiceRole')}", construct.at
    address = library.address(at.where, path)
    empty = Node({}, at)
    role = Construct("aws-iam.Role", path, at, address, empty, "AWS::IAM::Role", conditional=construct.conditional)
    role.parts["service"] = spec["service"]
    named = "aws-iam.ManagedPolicy.fromAwsManagedPolicyName"
    role.parts["managed"] = [node(Made(named, (Node(b, at),)), at) for b in spec.get("basic", ())]
    role.parts["statements"] = list(_statements(construct, spec.get("statements", ()), library.table))
    role.certain, role.stack, role.around = construct.certain, construct.stack, construct.around
    library.add(role)
    return role


def _resource(construct: Construct, one: Any, table: Table) -> Node:
    """On what a statement allows something; ``model`` is the property that names a model."""
    at = construct.at
    if "model" in one:
        return model_arn(construct.given[one["model"]], table)
    text = one["resources"]
    return unknown("known after deployment", at, True, text) if "${" in text else Node(text, at)


def _off(value: Node) -> bool:
    content: Any = value.content
    return (
        not value.present
        or content is False
        or (isinstance(content, External) and content.symbol.endswith(".DISABLED"))
    )


def _statements(construct: Construct, listed: Any, table: Table) -> Iterator[Node]:
    """What a role may do before any grant."""
    at = construct.at
    for one in listed:
        if "when" in one and _off(construct.given[one["when"]]):
            continue
        known = _resource(construct, one, table)
        actions = node(tuple(Node(a, at) for a in one["actions"]), at)
        properties = node({"actions": actions, "resources": node((known,), at)}, at)
        yield node(Made("aws-iam.PolicyStatement", (properties,)), at)
