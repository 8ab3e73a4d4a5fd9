"""Makes the blocks of constructs: properties by the table, roles, statements, grants and what methods add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prodworks_cli.model import Location
from prodworks_cli.node import Block, Node, node_of
from prodworks_cli.sources.cdk.bedrock_agents import action_groups
from prodworks_cli.sources.cdk.converters import CONVERTERS
from prodworks_cli.sources.cdk.dashboards import body_of
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.hatches import overridden
from prodworks_cli.sources.cdk.iam import managed, policies_of, statement, statements_in, trust
from prodworks_cli.sources.cdk.metrics import alarm_properties
from prodworks_cli.sources.cdk.perhaps import Perhaps
from prodworks_cli.sources.cdk.settle import capitalised, construct_of, placed, reference, settled
from prodworks_cli.sources.cdk.state_machines import definition
from prodworks_cli.sources.cdk.values import Construct, External, Made, Open, node

_SPELLED = {"AWS::Bedrock::Flow": ("definition",)}
"""By type, the parts that CloudFormation spells which are free-form in other types."""


def block_of(construct: Construct, table: Table) -> Block:
    """A construct as a block of its CloudFormation type."""
    spec = table.constructs.get(construct.symbol, {})
    if construct.symbol == "core.CfnResource":
        body = dict(_members(settled(construct.given, table)["properties"]))
    elif _is_level_1(construct.symbol):
        spelled = _SPELLED.get(construct.type, ())
        body = dict(_members(capitalised(settled(construct.given, table), table, spelled=spelled)))
    else:
        body = properties(construct, spec, table)
    _add_parts(construct, body, table)
    opened = construct.given.content if isinstance(construct.given.content, Open) else None
    lost = construct.given.unknown
    if opened is not None or lost:
        reason = opened.reason if opened else lost.reason if lost else ""
        return Block(
            construct.type,
            construct.address,
            node(Open(body, reason, construct.at), construct.at),
            construct.conditional,
        )
    return Block(construct.type, construct.address, node(body, construct.at), construct.conditional)


def _is_level_1(symbol: str) -> bool:
    return symbol.rpartition(".")[2].startswith("Cfn")


def _members(value: Node) -> Mapping[str, Node]:
    return value.content if isinstance(value.content, dict) else {}


def properties(construct: Construct, spec: Mapping[str, Any], table: Table) -> dict[str, Node]:
    """The properties of a level 2 construct: defaults, then what is given."""
    tree: dict[str, Any] = {}
    for path, value in spec.get("defaults", {}).items():
        _put(tree, path.split("."), node_of(value, construct.at))
    given = construct.given.content if isinstance(construct.given.content, dict) else {}
    for name, rule in spec.get("properties", {}).items():
        for alias in name.split("|"):
            if alias in given and given[alias].content is not None:
                one = rule if isinstance(rule, dict) else {"to": rule}
                _put(tree, one["to"].split("."), converted(given[alias], one, table))
    return {name: _node(value, construct.at) for name, value in tree.items()}


def _put(tree: dict[str, Any], path: list[str], value: Node) -> None:
    *above, last = path
    if not last:
        for name, member in _members(value).items():
            _put(tree, [name], member)
        return
    for key in above:
        below = tree.get(key)
        if isinstance(below, Node):
            below = dict(_members(below))
        tree[key] = below = below if isinstance(below, dict) else {}
        tree = below
    old = tree.get(last)
    if isinstance(old, Node | dict) and isinstance(value.content, dict):
        merged = {**(dict(_members(old)) if isinstance(old, Node) else old), **value.content}
        value = node(merged, value.location)
    tree[last] = value


def _node(value: Any, at: Location) -> Node:
    if isinstance(value, Node):
        return value
    members = {k: _node(v, at) for k, v in value.items()}
    return node(members, next((m.location for m in members.values()), at))


def converted(value: Node, rule: Mapping[str, Any], table: Table) -> Node:
    """A given value as the rule of its property says."""
    if "each" in rule:
        if value.unknown:
            return value
        return node(tuple(converted(v, rule["each"], table) for v in value.items()), value.location)
    if "values" in rule:
        value = _one_of(value, rule["values"])
    if "fields" in rule:
        return _fields(value, rule, table)
    if "as" in rule:
        value = CONVERTERS[rule["as"]](value, table)
    value = settled(value, table)
    if rule.get("deep"):
        value = capitalised(value, table)
    return placed(rule["wrap"], value) if "wrap" in rule else value


def _fields(value: Node, rule: Mapping[str, Any], table: Table) -> Node:
    content: Any = value.content
    source = content.properties if isinstance(content, Made) else value
    if not isinstance(source.content, dict):
        return settled(value, table)
    made = Construct("", "", value.location, "", source)
    body = properties(made, {"properties": rule["fields"], "defaults": rule.get("defaults", {})}, table)
    return node(body, value.location)


def _one_of(value: Node, values: Mapping[Any, Any]) -> Node:
    content: Any = value.content
    name = content.symbol.rpartition(".")[2] if isinstance(content, External | Made) else content
    if isinstance(name, str | bool | int) and name in values:
        return node_of(values[name], value.location)
    return value


def _add_parts(construct: Construct, body: dict[str, Node], table: Table) -> None:
    """What methods and defaults add to the properties."""
    role = construct.parts.get("role")
    kind = construct.type
    spec = table.constructs.get(construct.symbol, {})
    if isinstance(role, Construct) and "role_property" in spec:
        body[spec["role_property"]] = node(reference(role, "Arn"), construct.at)
    making = _MAKING.get(kind) if not _is_level_1(construct.symbol) else None
    if making is not None:
        making(construct, body, table)
    if "default_name" in spec and spec["default_name"] not in body and construct.certain:
        body[spec["default_name"]] = Node(construct.path.rpartition("/")[2], construct.at)
    for path, value in construct.parts.get("set", {}).items():
        _set(body, path.split("."), settled(value, table), construct.at)
    for path, added in construct.parts.get("added", {}).items():
        _append(body, path.split("."), [settled(a, table) for a in added], construct.at)
    for path, value in overridden(construct, table).items():
        _set(body, path.split("."), value, construct.at)


def _set(body: dict[str, Node], path: list[str], value: Node, at: Location) -> None:
    key, *below = path
    if below:
        inner = dict(_members(body[key])) if key in body else {}
        _set(inner, below, value, at)
        value = node(inner, at)
    body[key] = value


def _append(body: dict[str, Node], path: list[str], added: list[Node], at: Location) -> None:
    key, *below = path
    if below:
        inner = dict(_members(body[key])) if key in body else {}
        _append(inner, below, added, at)
        body[key] = node(inner, at)
        return
    if all(isinstance(a.content, dict) and set(a.content) == {"$key", "$value"} for a in added):
        pairs = {a["$key"].text() or "": a["$value"] for a in added}
        body[key] = node({**(_members(body[key]) if key in body else {}), **pairs}, at)
        return
    before = body[key].items() if key in body else ()
    body[key] = node((*before, *added), added[0].location)


def _role(construct: Construct, body: dict[str, Node], table: Table) -> None:
    given = construct.given
    body["AssumeRolePolicyDocument"] = trust(given["assumedBy"], construct, table)
    attached = [*given["managedPolicies"].items(), *construct.parts.get("managed", [])]
    if attached:
        body["ManagedPolicyArns"] = node(tuple(managed(a, table) for a in attached), attached[0].location)
    inline = policies_of(given["inlinePolicies"], table)
    own = [statement(s, table) for s in construct.parts.get("statements", [])]
    if own:
        document = node({"Statement": node(tuple(own), own[0].location)}, own[0].location)
        inline = (
            *inline,
            node({"PolicyName": Node("DefaultPolicy", construct.at), "PolicyDocument": document}, own[0].location),
        )
    if inline:
        body["Policies"] = node(inline, construct.at)


def _policy(construct: Construct, body: dict[str, Node], table: Table) -> None:
    given = construct.given
    listed = [*given["statements"].items(), *construct.parts.get("statements", [])]
    document: Any = given["document"].content
    if isinstance(document, Made):
        listed += statements_in(given["document"])
    made = tuple(statement(s, table) for s in listed)
    body["PolicyDocument"] = node({"Statement": node(made, construct.at)}, construct.at)
    named = (*given["roles"].items(), *construct.parts.get("roles", []))
    roles = [r for r in named if construct_of(r) or isinstance(r.content, Perhaps)]
    if roles:
        body["Roles"] = node(tuple(settled(r, table) for r in roles), construct.at)


def _alarm(construct: Construct, body: dict[str, Node], table: Table) -> None:
    body.update(alarm_properties(construct, table))


def _dashboard(construct: Construct, body: dict[str, Node], table: Table) -> None:
    body["DashboardBody"] = body_of(construct, table)


def _machine(construct: Construct, body: dict[str, Node], table: Table) -> None:
    body["Definition"] = definition(construct, table)


_MAKING = {
    "AWS::IAM::Role": _role,
    "AWS::IAM::Policy": _policy,
    "AWS::IAM::ManagedPolicy": _policy,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::Bedrock::Agent": action_groups,
    "AWS::StepFunctions::StateMachine": _machine,
}
"""By type, what makes properties that are no members of what a level 2 construct is given."""
