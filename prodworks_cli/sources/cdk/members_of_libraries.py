"""Members of what libraries bring: names below modules and classes, attributes of constructs."""

from __future__ import annotations

import re
from typing import Any

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.apis import REST, resource
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.hatches import default_child
from prodworks_cli.sources.cdk.imports import library, symbol_of
from prodworks_cli.sources.cdk.settle import camel, construct_of, reference
from prodworks_cli.sources.cdk.values import Bound, Construct, External, Made, members_of, node, unknown

_REFERENCE = re.compile(r"(Arn|Name|Id|Url|Endpoint|Ref|ref|Domain|Attribute)$")
_ENVIRONMENT = ("process.env", "os.environ")
_STACKS = ("core.Stack", "core.App", "core.NestedStack", "core.Stage")
_OF_STACKS = (
    "region",
    "account",
    "partition",
    "stackName",
    "stackId",
    "urlSuffix",
    "availabilityZones",
    "artifactId",
)
NODE = "node"
# A version of a function is taken for the function itself.
_VERSIONS = ("currentVersion", "latestVersion")
_ROLES = ("role", "grantPrincipal", "executionRole", "taskRole")


def member(table: Table, of: Node, name: str, at: Location) -> Node:
    """A member of a library's value."""
    content: Any = of.content
    name = camel(name) if at.where.endswith(".py") and not isinstance(content, External) else name
    if isinstance(content, External):
        return _of_name(table, content.symbol, name, at)
    if isinstance(content, Construct):
        return _of_construct(content, of, name, at)
    if isinstance(content, Made) and content.symbol == NODE:
        return default_child(content.of, at) if name == "defaultChild" else node(External(f"node.{name}"), at)
    if isinstance(content, Made) and content.symbol.startswith("core.Stack.of") and not name.startswith("get"):
        return _of_stack(construct_of(content.arguments[0]) if content.arguments else None, name, at)
    return node(Bound(of, name), at)


def _of_stack(construct: Construct | None, name: str, at: Location) -> Node:
    """An attribute of the stack around a construct: its Region and account where code says them."""
    given = construct.env[name] if construct is not None and name in ("region", "account") else Node(None, at)
    return Node(given.content, at) if given.text() else unknown(f"{name} of the stack", at, present=True)


def _of_name(table: Table, symbol: str, name: str, at: Location) -> Node:
    if symbol in _ENVIRONMENT:
        got = node(External(f"{symbol}.{name}"), at)
        return got if name == "get" else unknown(f"environment variable {name}", at)
    if "." not in symbol and symbol[:1].isupper():
        symbol = table.by_name(symbol) or symbol
    if symbol.startswith("software.amazon.awscdk") and name[:1].isupper():
        return node(External(symbol_of(library(symbol, "java", table), name, table)), at)
    spelled = name if name[:1].isupper() or name.isupper() or "_" not in name or symbol == "core" else camel(name)
    return node(External(symbol_of(symbol, spelled, table)), at)


def _of_construct(construct: Construct, of: Node, name: str, at: Location) -> Node:
    if name in construct.members:
        return Node(construct.members[name].content, at)
    if construct.symbol in _STACKS and name in _OF_STACKS:
        return _of_stack(construct, name, at)
    if construct.symbol in REST and name in ("root", "deploymentStage"):
        return node(construct.parts.get("stage") if name != "root" else resource(construct, "", at), at)
    if name == "node":
        return node(Made(NODE, (), construct), at)
    if name == "connections":
        return Node(of.content, at)
    if name in _VERSIONS and construct.type == "AWS::Lambda::Function":
        return Node(of.content, at)
    if name in _ROLES:
        role = construct if construct.type == "AWS::IAM::Role" else construct.parts.get("role")
        return node(role, at) if role is not None else node(Bound(of, name), at)
    if construct.symbol == "bedrock.Guardrail" and name == "guardrailVersion":
        return node(Unknown("a version of the guardrail", present=True) if construct.version else "DRAFT", at)
    return _attribute(construct, name, at) or _given(construct, of, name, at)


def _attribute(construct: Construct, name: str, at: Location) -> Node | None:
    if name.startswith("attr") and name[4:5].isupper():
        return node(reference(construct, name[4:]), at)
    if _REFERENCE.search(name) and not name.startswith(("add", "grant", "metric")):
        return node(reference(construct, "Arn" if name.endswith("Arn") else "Ref"), at)
    return None


def _given(construct: Construct, of: Node, name: str, at: Location) -> Node:
    """A construct that was given as the property of this name is its member; all else may be a method."""
    given = members_of(construct.given).get(name)
    if given is not None and construct_of(given) is not None:
        return Node(given.content, at)
    return node(Bound(of, name), at)
