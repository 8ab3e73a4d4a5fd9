"""Policy statements: read from policy documents in all the shapes that IaC and the account give them.

``NotAction`` and ``NotResource`` grant all but what they name. They are kept as one ``Unknown``, since which rights
remain depends on the list of all actions of AWS.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prodworks_cli.model import Unknown
from prodworks_cli.node import Declarations, Node, Reference
from prodworks_cli.resources.adapter import parsed
from prodworks_cli.schema import Drafted, Item, Text, Texts, draft

DOCUMENT = "data.aws_iam_policy_document"
NAMED_RESOURCE = "arn:${...}:declared/${...}"
_DEPTH = 8


@dataclass(frozen=True)
class Statement(Item):
    """An element of ``statements``.

    The ``effect`` of one that is added on a condition is ``Unknown``.
    An element of ``resources`` that is the ARN of a declared block is ``Unknown`` with the shape
    :data:`NAMED_RESOURCE`: its value comes with the deployment, but it names one resource. ``conditions`` are
    written as operator and key: ``StringEquals aws:SourceAccount``.
    """

    effect: Text
    actions: Texts
    resources: Texts
    conditions: Texts


def statements_of(policy: Node, declarations: Declarations, depth: int = _DEPTH) -> tuple[Drafted, ...]:
    """The statements of a policy document: nodes, JSON text, or a reference to a Terraform policy document."""
    return tuple(_statement(node) for node in statement_nodes(policy, declarations, depth))


def statement_nodes(policy: Node, declarations: Declarations, depth: int = _DEPTH) -> tuple[Node, ...]:
    """The statements as nodes with the keys of JSON policies; what cannot be read is one unknown node."""
    if isinstance(policy.content, Reference):
        return _referenced(policy, policy.content, declarations, depth)
    document = parsed(policy)
    if document.unknown:
        return (document,)
    if not document.present:
        return ()
    if not isinstance(document.content, Mapping):
        return (Node(Unknown("not a policy document", present=True), policy.location),)
    return document["Statement"].items()


def _referenced(policy: Node, to: Reference, declarations: Declarations, depth: int) -> tuple[Node, ...]:
    block = declarations.named(to.address)
    if block is None or block.type != DOCUMENT or depth <= 0:
        return (Node(to.unresolved(), policy.location),)
    body = block.body
    included = [
        *body["source_policy_documents"].items(),
        *body["override_policy_documents"].items(),
        *body["source_json"].items(),
        *body["override_json"].items(),
    ]
    own = tuple(_from_block(statement) for statement in body["statement"].items())
    return own + tuple(n for document in included for n in statement_nodes(document, declarations, depth - 1))


_KEYS = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}


def _from_block(statement: Node) -> Node:
    """A ``statement`` block with the keys of JSON policies."""
    if not isinstance(statement.content, Mapping):
        return statement
    members = {json: statement[key] for key, json in _KEYS.items() if statement[key].present}
    effect = statement["effect"]
    members["Effect"] = effect if effect.present else Node("Allow", statement.location)
    members["Principal"] = Node(dict(_principals(statement["principals"].items())), statement.location)
    conditions: dict[str, dict[str, Node]] = {}
    for condition in statement["condition"].items():
        operator, key = condition["test"].text() or "unknown", condition["variable"].text() or "unknown"
        conditions.setdefault(operator, {})[key] = condition["values"]
    members["Condition"] = Node(
        {operator: Node(keys, statement.location) for operator, keys in conditions.items()}, statement.location
    )
    return Node(members, statement.location)


def _principals(blocks: Iterable[Node]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for block in blocks:
        kind = block["type"].text() or ("unknown" if block.unknown else "AWS")
        identifiers = block.items() if block.unknown else block["identifiers"].items()
        earlier = found[kind].items() if kind in found else ()
        found[kind] = Node(earlier + identifiers, block.location)
    return found


def _statement(node: Node) -> Drafted:
    if node.unknown:
        return node.unknown
    if not isinstance(node.content, Mapping):
        return Unknown("not a policy statement", present=True)
    return draft(
        Statement,
        node,
        effect=node["Effect"],
        actions=_listed(node, "Action", "NotAction"),
        resources=_listed(node, "Resource", "NotResource"),
        conditions=_conditions(node["Condition"]),
    )


def _listed(statement: Node, key: str, inverted: str) -> Drafted:
    if statement[inverted].present:
        return (Unknown(f"{inverted}: all but those it names", present=True),)
    return tuple(_named(node) for node in statement[key].items())


def _named(node: Node) -> Drafted:
    if isinstance(node.content, Reference):
        unresolved = node.content.unresolved()
        return Node(Unknown(unresolved.reason, present=True, shape=NAMED_RESOURCE), node.location)
    return node


def _conditions(node: Node) -> Drafted:
    if node.unknown:
        return (node.unknown,)
    return tuple(f"{operator} {key}" for operator, keys in node.members() for key, _ in keys.members())


def principals_of(statements: Iterable[Node]) -> tuple[tuple[Drafted, ...], tuple[Drafted, ...]]:
    """Service principals, and all others, of a trust policy."""
    services: list[Drafted] = []
    others: list[Drafted] = []
    for statement in statements:
        principal = statement["Principal"]
        if principal.unknown or principal.text():
            others.append(principal)
        for kind, names in principal.members():
            (services if kind == "Service" else others).extend(names.items())
    return tuple(services), tuple(others)


def open_to_everybody(statement: Node) -> bool | Unknown:
    """An Allow for all principals; one with a condition may be narrowed by it."""
    if statement.unknown:
        return statement.unknown
    principal = statement["Principal"]
    names = [principal] if principal.text() else [n for _, node in principal.members() for n in node.items()]
    effect = statement["Effect"]
    everybody = bool(effect.unknown or effect.text() == "Allow") and any(n.text() == "*" for n in names)
    if everybody and effect.unknown:
        return effect.unknown
    limited = everybody and bool(tuple(statement["Condition"].members()))
    return Unknown("a condition limits who may read", present=True) if limited else everybody
