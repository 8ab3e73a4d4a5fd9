"""Settings of the AWS provider that resources take over: the Region and the default tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.evaluation import Scope, evaluate
from prodworks_cli.sources.terraform.values import settled

DEFAULT = "aws"


@dataclass(frozen=True)
class Provider:
    """One ``provider`` block: its Region, and the tags that it adds to all resources."""

    region: Node
    tags: Node


def provider_key(block: x.BlockSyntax) -> str:
    """How resources name a provider block: ``aws``, or ``aws.use1`` with an alias."""
    alias = block.body.arguments.get("alias")
    named = alias.value.value if alias and isinstance(alias.value, x.Literal) else None
    name = block.labels[-1] if block.labels else ""
    return f"{name}.{named}" if isinstance(named, str) else name


def provider_of(block: x.BlockSyntax, scope: Scope) -> Provider:
    """The settings of a provider block."""
    nothing = Node(None, block.at)
    region = block.body.arguments.get("region")
    return Provider(_value(region, scope) if region else nothing, _default_tags(block, scope))


def _value(written: x.Argument, scope: Scope) -> Node:
    return Node(settled(evaluate(written.value, scope)).content, written.at)


def _default_tags(block: x.BlockSyntax, scope: Scope) -> Node:
    """A block in the native syntax, an object in JSON; a dynamic block may add any tags."""
    if "default_tags" in block.body.arguments:
        return _value(block.body.arguments["default_tags"], scope).at("tags")
    for inner in block.body.blocks:
        if inner.type == "default_tags" and "tags" in inner.body.arguments:
            return _value(inner.body.arguments["tags"], scope)
        if inner.type == "dynamic":
            return Node(Unknown("default tags that are not known"), inner.at)
    return Node({}, block.at)


def named_provider(written: x.Argument | None) -> str | None:
    """The provider that a ``provider`` argument names."""
    return _dotted(written.value) if written else None


def passed(written: x.Argument | None) -> Mapping[str, str]:
    """The ``providers`` of a module call: the name inside the module, and that of the caller."""
    entries = written.value.entries if written and isinstance(written.value, x.Object) else ()
    pairs = ((_dotted(key), _dotted(value)) for key, value in entries)
    return {key: value for key, value in pairs if key and value}


def _dotted(expression: x.Expression) -> str | None:
    if isinstance(expression, x.Literal):
        return expression.value if isinstance(expression.value, str) else None
    if isinstance(expression, x.Variable):
        return expression.name
    if isinstance(expression, x.Traversal) and isinstance(expression.root, x.Variable):
        names = [step.name for step in expression.steps if isinstance(step, x.Attribute)]
        return ".".join((expression.root.name, *names))
    return None


def with_provider(kind: str, body: Node, provider: Provider | None) -> Node:
    """The arguments of an AWS resource with what it takes over: ``region``, and ``tags_all`` with the default tags."""
    if provider is None or not kind.startswith("aws_") or not isinstance(body.content, Mapping):
        return body
    added = {"tags_all": _both(provider.tags, body["tags"])}
    if provider.region.text() and not body["region"].present:
        added["region"] = provider.region
    return Node({**body.content, **added}, body.location)


def _both(shared: Node, own: Node) -> Node:
    if isinstance(shared.content, Mapping) and (own.content is None or isinstance(own.content, Mapping)):
        return Node({**shared.content, **(own.content or {})}, own.location if own.present else shared.location)
    return Node(Unknown("tags that are not known", present=True), own.location)
