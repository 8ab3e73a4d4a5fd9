"""What libraries do: they make constructs that have members and methods, and compute values."""

from __future__ import annotations

import re
from typing import Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk import making, members_of_libraries
from prodworks_cli.sources.cdk.apis import deployed, own_routes, proxied
from prodworks_cli.sources.cdk.aspects import ADD as ADD_ASPECT
from prodworks_cli.sources.cdk.aspects import Aspect, add_aspect
from prodworks_cli.sources.cdk.bedrock_agents import is_model
from prodworks_cli.sources.cdk.bringing import bring
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.evaluator import Evaluator, Host
from prodworks_cli.sources.cdk.iam import CHANGES
from prodworks_cli.sources.cdk.methods import call_method
from prodworks_cli.sources.cdk.metrics import alarm_arguments
from prodworks_cli.sources.cdk.permissions import grant_given, grant_model
from prodworks_cli.sources.cdk.providers import SINGLETON, singleton_function
from prodworks_cli.sources.cdk.settle import camel, construct_of
from prodworks_cli.sources.cdk.standard import STANDARD
from prodworks_cli.sources.cdk.tags import ADD as ADD_TAG
from prodworks_cli.sources.cdk.tags import Tag, add_tag
from prodworks_cli.sources.cdk.values import (
    Bound,
    Construct,
    External,
    Instance,
    Keywords,
    Made,
    Open,
    Origin,
    node,
    unknown,
)
from prodworks_cli.sources.cdk.zod import parsed

_STACK = "core.Stack"
_SCOPED = {ADD_TAG: add_tag, ADD_ASPECT: add_aspect}
# Modules of AWS whose constructs make others of many kinds.
_PATTERNS = ("aws-ecs-patterns", "aws-route53-patterns")
_OF_CDK = re.compile(r"^(core|constructs|aws-|triggers|cx-api|custom-resources|pipelines)")


class Library(Host):
    """Constructs in the order they are made, and the packages whose constructs are not known."""

    def __init__(self, known: Table) -> None:
        self.table = known
        self.constructs: list[Construct] = []
        self.opaque: dict[str, tuple[set[str], Location]] = {}
        self.tags: list[Tag] = []
        self.aspects: list[Aspect] = []
        self.origin: Origin | None = None
        self.singles: dict[str, Construct] = {}
        self._addresses: dict[str, int] = {}

    def context(self, key: str, at: Location) -> Node:
        """A context value."""
        raise NotImplementedError

    def all_context(self, at: Location) -> Node:
        """All context values that are committed; others may be given."""
        raise NotImplementedError

    def is_base(self, symbol: str) -> bool:
        """Whether a library class is a plain construct or stack."""
        return symbol in self.table.base_classes

    def member(self, evaluator: Evaluator, of: Node, name: str, at: Location) -> Node:
        """A member of a library's value."""
        return members_of_libraries.member(self.table, of, name, at)

    def call(self, evaluator: Evaluator, called: Any, arguments: tuple[Node, ...], at: Location) -> Node:
        """A call of a library."""
        arguments = _spelled(arguments)
        if isinstance(called, Bound):
            return self._bound(evaluator, called, arguments, at)
        if isinstance(called, Made):
            return node(Made(called.symbol, arguments, called), at)
        symbol = called.symbol
        if "." not in symbol and symbol[:1].isupper():
            symbol = self.table.by_name(symbol) or symbol
        return self._function(evaluator, symbol, arguments, at)

    def _function(self, evaluator: Evaluator, symbol: str, arguments: tuple[Node, ...], at: Location) -> Node:
        if symbol.endswith(("tryGetContext", "getContext")):
            key = arguments[0].text() if arguments else None
            return self.context(key, at) if key else unknown("a context value", at)
        if symbol.endswith("getAllContext"):
            return self.all_context(at)
        model, _, method = symbol.rpartition(".")
        if is_model(model) and method.startswith("grantInvoke"):
            return grant_model(self, evaluator, node(External(model), at), arguments, at)
        if symbol.startswith("aws-iam.Grant.addToPrincipal"):
            return grant_given(evaluator, arguments, at)
        known = STANDARD.get(symbol)
        if known is not None:
            return known(evaluator, arguments, at)
        built = making.builder(symbol)
        if built:
            return node(Made(f"builder:{built}", arguments), at)
        return making.make(self, evaluator, symbol, arguments, at)

    def _bound(self, evaluator: Evaluator, called: Bound, arguments: tuple[Node, ...], at: Location) -> Node:
        content: Any = called.of.content
        if isinstance(content, Made) and content.symbol.startswith("builder:"):
            return making.build(self, evaluator, content, called.name, arguments, at)
        if isinstance(content, Made):
            return self._of_value(evaluator, content, called, arguments, at)
        if isinstance(content, Construct):
            if called.name.startswith("get") and called.name[3:4].isupper() and not arguments:
                return self.member(evaluator, called.of, called.name[3].lower() + called.name[4:], at)
            return call_method(self, evaluator, content, called.name, arguments, at)
        return unknown("the result of a call", at)

    def _of_value(
        self, evaluator: Evaluator, made: Made, called: Bound, arguments: tuple[Node, ...], at: Location
    ) -> Node:
        """A method of something that a library made."""
        symbol = f"{made.symbol}.{called.name}"
        if symbol.startswith("zod.") and called.name == "parse" and arguments:
            return parsed(called.of, arguments[0], at)
        if is_model(made.symbol) and called.name.startswith("grantInvoke"):
            return grant_model(self, evaluator, called.of, arguments, at)
        if called.name in CHANGES and made.symbol.startswith("aws-iam.Policy"):
            made.added.append((called.name, arguments))
            return called.of
        if symbol in _SCOPED and made.arguments:
            return _SCOPED[symbol](self, evaluator, made.arguments[0], arguments, at)
        if called.name == "createAlarm":
            return making.make(self, evaluator, "aws-cloudwatch.Alarm", alarm_arguments(called.of, arguments, at), at)
        return node(Made(symbol, arguments, called.of), at)

    def begin(self, evaluator: Evaluator, instance: Instance, arguments: tuple[Node, ...], at: Location) -> None:
        """A class of the repository becomes the construct of its library base."""
        making.begin(self, evaluator, instance, _spelled(arguments), at)

    def declare(
        self, evaluator: Evaluator, symbol: str, scope: Node | None, name: Node | None, given: Node, at: Location
    ) -> Construct:
        """A construct below another, with the role that it brings."""
        if symbol == SINGLETON:
            return singleton_function(self, evaluator, scope, given, at)
        above = construct_of(scope)
        given_name = name.text() if name is not None else None
        segment = given_name or symbol.rpartition(".")[2]
        path = f"{above.path}/{segment}" if above is not None and above.path else segment
        optional = evaluator.optional > 0 or (above is not None and above.conditional)
        kind = making.type_of(self.table, symbol, given)
        construct = Construct(symbol, path, at, self.address(at.where, path), given, kind, conditional=optional)
        construct.around = evaluator.around
        named = given_name is not None and (above is None or above.certain)
        construct.certain = symbol == _STACK or named
        construct.resource = self.table.constructs.get(symbol, {}).get("resource", "").replace("$id", segment)
        construct.stack = path if symbol == _STACK or above is None else above.stack
        construct.env = (
            given["env"] if symbol == _STACK and given["env"].present else above.env if above else construct.env
        )
        self.add(construct)
        making.give_role(self, evaluator, construct)
        self.note_opaque(symbol, at)
        for brings in (deployed, proxied, own_routes, bring):
            brings(self, evaluator, construct)
        return construct

    def add(self, construct: Construct) -> None:
        """Note a construct, with what is evaluated now as its origin."""
        construct.origin = self.origin
        self.constructs.append(construct)

    def address(self, where: str, path: str) -> str:
        """The address of a new construct, each once."""
        address = f"{where}#{path}"
        count = self._addresses[address] = self._addresses.get(address, 0) + 1
        return address if count == 1 else f"{address}:{count}"

    def is_opaque(self, symbol: str) -> bool:
        """Whether what makes a construct is no part of AWS's library, nor known otherwise."""
        if symbol in self.table.constructs or symbol in self.table.base_classes:
            return False
        module = symbol.rpartition(".")[0]
        return not _OF_CDK.match(module) or module in _PATTERNS

    def note_opaque(self, symbol: str, at: Location) -> None:
        """Remember the package of something that may declare or change more than is known."""
        if not self.is_opaque(symbol):
            return
        module, _, name = symbol.rpartition(".")
        package = "/".join(module.split("/")[:2]) or symbol
        names, place = self.opaque.get(package, (set(), at))
        self.opaque[package] = ({*names, name}, place)


def _spelled(arguments: tuple[Node, ...]) -> tuple[Node, ...]:
    """Python's keyword arguments in the spelling of the table."""
    last = arguments[-1] if arguments else None
    if not isinstance(last, Keywords) or not isinstance(last.content, dict):
        return arguments
    members = {camel(k): v for k, v in last.content.items()}
    content: Any = last.content
    made = Open(members, content.reason, content.at) if isinstance(content, Open) else members
    return (*arguments[:-1], Keywords(made, last.location))
