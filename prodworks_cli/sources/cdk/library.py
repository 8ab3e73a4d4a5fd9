"""What libraries do: they make constructs that have members and methods, and compute values."""

from __future__ import annotations

import re
from typing import Any

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.apis import REST, deployed, own_routes, proxied, resource
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.evaluator import Evaluator, Host, Keywords
from prodworks_cli.sources.cdk.imports import library
from prodworks_cli.sources.cdk.methods import call_method
from prodworks_cli.sources.cdk.settle import camel, construct_of, reference
from prodworks_cli.sources.cdk.standard import STANDARD
from prodworks_cli.sources.cdk.values import Bound, Construct, External, Instance, Made, Open, members_of, node, unknown

_CLASS = re.compile(r"(?:^|\.)[A-Z]\w*$")
_REFERENCE = re.compile(r"(Arn|Name|Id|Url|Endpoint|Ref|ref|Domain|Attribute)$")
_AWS = re.compile(r"^(?:core|constructs|aws-[\w-]+|bedrock|agentcore|genai|@aws-cdk/[\w-]+)\b")
_ENVIRONMENT = ("process.env", "os.environ")
_ROOTS = ("core.App", "core.Stage")


class Library(Host):
    """Constructs in the order they are made, and the packages whose constructs are not known."""

    def __init__(self, known: Table) -> None:
        self.table = known
        self.constructs: list[Construct] = []
        self.opaque: dict[str, tuple[set[str], Location]] = {}
        self._addresses: dict[str, int] = {}

    def context(self, key: str, at: Location) -> Node:
        """A context value."""
        raise NotImplementedError

    def inside(self, module: str, name: str) -> str:
        """The symbol of a member of a module."""
        if module == "core" and name.startswith("aws_"):
            alpha = name.replace("_", "-")
            return f"@aws-cdk/{alpha}" if alpha.endswith("-alpha") else alpha
        symbol = f"{module}.{name}"
        return self.table.modules.get(symbol, symbol)

    def is_base(self, symbol: str) -> bool:
        """Whether a library class is a plain construct or stack."""
        return symbol in self.table.base_classes

    # Members

    def member(self, evaluator: Evaluator, of: Node, name: str, at: Location) -> Node:
        """A member of a library's value."""
        content: Any = of.content
        name = camel(name) if at.where.endswith(".py") and not isinstance(content, External) else name
        if isinstance(content, External):
            return self._external_member(content.symbol, name, at)
        if isinstance(content, Construct):
            return self._construct_member(content, of, name, at)
        if isinstance(content, Made) and content.symbol.startswith("core.Stack.of"):
            return (
                unknown(f"{name} of the stack", at, present=True)
                if not name.startswith("get")
                else node(Bound(of, name), at)
            )
        return node(Bound(of, name), at)

    def _external_member(self, symbol: str, name: str, at: Location) -> Node:
        if symbol in _ENVIRONMENT:
            return (
                node(External(f"{symbol}.{name}"), at) if name == "get" else unknown(f"environment variable {name}", at)
            )
        if "." not in symbol and symbol[:1].isupper():
            symbol = self.table.by_name(symbol) or symbol
        spelled = name if name[:1].isupper() or name.isupper() or "_" not in name or symbol == "core" else camel(name)
        if symbol.startswith("software.amazon.awscdk") and name[:1].isupper():
            return node(External(self.inside(library(symbol, "java", self.table), name)), at)
        return node(External(self.inside(symbol, spelled)), at)

    def _construct_member(self, construct: Construct, of: Node, name: str, at: Location) -> Node:
        if name in construct.members:
            return Node(construct.members[name].content, at)
        if construct.symbol in ("core.Stack", "core.App", "core.NestedStack", "core.Stage") and name in (
            "region",
            "account",
            "partition",
            "stackName",
            "stackId",
            "urlSuffix",
            "availabilityZones",
            "artifactId",
        ):
            return unknown(f"{name} of the stack", at, present=True)
        if construct.symbol in REST and name in ("root", "deploymentStage"):
            return node(construct.parts.get("stage") if name != "root" else resource(construct, "", at), at)
        if name == "node":
            return node(External("node"), at)
        if name in ("role", "grantPrincipal", "executionRole", "taskRole"):
            role = construct if construct.type == "AWS::IAM::Role" else construct.parts.get("role")
            return node(role, at) if role is not None else node(Bound(of, name), at)
        if construct.symbol == "bedrock.Guardrail" and name == "guardrailVersion":
            return node(Unknown("a version of the guardrail", present=True) if construct.version else "DRAFT", at)
        if name.startswith("attr") and name[4:5].isupper():
            return node(reference(construct, name[4:]), at)
        if _REFERENCE.search(name) and not name.startswith(("add", "grant", "metric")):
            return node(reference(construct, "Arn" if name.endswith("Arn") else "Ref"), at)
        given = members_of(construct.given).get(name)
        if given is not None and construct_of(given) is not None:
            return Node(given.content, at)
        return node(Bound(of, name), at)

    # Calls

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
        if symbol.endswith("tryGetContext") or symbol.endswith("getContext"):
            key = arguments[0].text() if arguments else None
            return self.context(key, at) if key else unknown("a context value", at)
        known = STANDARD.get(symbol)
        if known is not None:
            return known(evaluator, arguments, at)
        builder = _builder(symbol)
        if builder:
            return node(Made(f"builder:{builder}", arguments), at)
        return self.make(evaluator, symbol, arguments, at)

    def _bound(self, evaluator: Evaluator, called: Bound, arguments: tuple[Node, ...], at: Location) -> Node:
        content: Any = called.of.content
        if isinstance(content, Made) and content.symbol.startswith("builder:"):
            return self._build(evaluator, content, called.name, arguments, at)
        if isinstance(content, Made):
            return node(Made(f"{content.symbol}.{called.name}", arguments, called.of), at)
        if isinstance(content, Construct):
            if called.name.startswith("get") and called.name[3:4].isupper() and not arguments:
                return self.member(evaluator, called.of, called.name[3].lower() + called.name[4:], at)
            return call_method(self, evaluator, content, called.name, arguments, at)
        return unknown("the result of a call", at)

    def _build(self, evaluator: Evaluator, made: Made, name: str, arguments: tuple[Node, ...], at: Location) -> Node:
        """Java's builders: each call adds a property, ``build`` makes the thing."""
        given: dict[str, Node] = made.of or {}
        if name != "build":
            value = arguments[0] if len(arguments) == 1 else node(arguments, at)
            return node(Made(made.symbol, made.arguments, {**given, name: value}), at)
        symbol = made.symbol.removeprefix("builder:")
        properties = Keywords(given, at)
        if not made.arguments:
            plain = symbol.endswith(("Props", "Property", "Options", "Rule", "Config"))
            return Node(given, at) if plain else node(Made(symbol, (properties,)), at)
        return self.make(evaluator, symbol, (*made.arguments, properties), at)

    def make(self, evaluator: Evaluator, symbol: str, arguments: tuple[Node, ...], at: Location) -> Node:
        """A construct where the call has the form of one, else a value of the library."""
        first = arguments[0] if arguments else None
        scope: Any = first.content if first is not None else None
        if symbol in _ROOTS or symbol == "core.App":
            return node(Construct(symbol, "", at, "", Node(None, at)), at)
        name = arguments[1] if len(arguments) > 1 else None
        scoped = isinstance(scope, Construct | Instance) or (
            isinstance(scope, Unknown) and symbol in self.table.constructs
        )
        named = name is not None and (isinstance(name.content, str) or name.unknown) and not isinstance(name, Keywords)
        by_keyword = (
            isinstance(arguments[-1], Keywords) and "scope" in members_of(arguments[-1]) if arguments else False
        )
        if by_keyword:
            given = dict(members_of(arguments[-1]))
            return self.make(
                evaluator, symbol, (given.pop("scope"), given.pop("id", Node("id", at)), Keywords(given, at)), at
            )
        if not (_CLASS.search(symbol) and scoped and named):
            imported = ".from" in symbol and isinstance(scope, Construct | Instance)
            return (
                node(Construct(symbol, symbol, at, "", Node(None, at)), at)
                if imported
                else node(Made(symbol, arguments), at)
            )
        return node(self.declare(evaluator, symbol, first, name, _properties(arguments[2:], at), at), at)

    def begin(self, evaluator: Evaluator, instance: Instance, arguments: tuple[Node, ...], at: Location) -> None:
        """A class of the repository becomes the construct of its library base."""
        arguments = _spelled(arguments)
        base = evaluator.lineage(instance.cls)[-1]
        symbol = base.symbol if isinstance(base, External) else ""
        if isinstance(arguments[-1] if arguments else None, Keywords) and len(arguments) < 3:
            given = dict(members_of(arguments[-1]))
            scope = arguments[0] if len(arguments) > 1 else given.pop("scope", unknown("a scope", at))
            name = (
                arguments[1] if len(arguments) > 2 else given.pop("id", given.pop("constructId", unknown("an id", at)))
            )
            arguments = (scope, name, Keywords(given, at))
        padded = (*arguments, unknown("a scope", at), unknown("an id", at))[:2] if len(arguments) < 2 else arguments[:2]
        if not _CLASS.search(symbol):
            return
        self._declare_base(evaluator, instance, symbol, padded, arguments, at)

    def _declare_base(
        self,
        evaluator: Evaluator,
        instance: Instance,
        symbol: str,
        pair: tuple[Node, ...],
        arguments: tuple[Node, ...],
        at: Location,
    ) -> None:
        if not self.is_base(symbol) and not _AWS.match(symbol):
            scope = construct_of(pair[0])
            if scope is None:
                return
        name = pair[1] if pair[1].text() else Node(instance.cls.definition.name, at)
        instance.construct = self.declare(evaluator, symbol, pair[0], name, _properties(arguments[2:], at), at)
        instance.path = instance.construct.path

    def declare(
        self, evaluator: Evaluator, symbol: str, scope: Node | None, name: Node | None, given: Node, at: Location
    ) -> Construct:
        """A construct below another, with the role that it brings."""
        above = construct_of(scope)
        short = symbol.rpartition(".")[2]
        segment = (name.text() if name is not None else None) or short
        path = f"{above.path}/{segment}" if above is not None and above.path else segment
        optional = evaluator.optional > 0 or (above is not None and above.conditional)
        construct = Construct(
            symbol, path, at, self._address(at.where, path), given, self._type(symbol, given), conditional=optional
        )
        self.constructs.append(construct)
        self._role(construct, at)
        self._note_opaque(symbol, at)
        deployed(self, evaluator, construct)
        proxied(self, evaluator, construct)
        own_routes(self, evaluator, construct)
        return construct

    def _address(self, where: str, path: str) -> str:
        address = f"{where}#{path}"
        count = self._addresses[address] = self._addresses.get(address, 0) + 1
        return address if count == 1 else f"{address}:{count}"

    def _type(self, symbol: str, given: Node) -> str:
        known = self.table.constructs.get(symbol)
        if known is not None:
            return str(known.get("type", ""))
        module, _, name = symbol.rpartition(".")
        if symbol == "core.CfnResource":
            return given["type"].text() or ""
        service = self.table.services.get(module)
        return f"AWS::{service}::{name[3:]}" if service and name.startswith("Cfn") else ""

    def _role(self, construct: Construct, at: Location) -> None:
        spec = self.table.constructs.get(construct.symbol, {})
        if "role" not in spec:
            return
        given = construct.given[spec["role"]]
        if given.present:
            construct.parts["role"] = construct_of(given)
            if construct.parts["role"] is None:
                construct.members["role"] = given
            return
        path = f"{construct.path}/ServiceRole"
        role = Construct(
            "aws-iam.Role",
            path,
            at,
            self._address(at.where, path),
            Node({}, at),
            "AWS::IAM::Role",
            conditional=construct.conditional,
        )
        role.parts["service"] = spec["service"]
        arns = [
            node(Made("aws-iam.ManagedPolicy.fromAwsManagedPolicyName", (Node(b, at),)), at)
            for b in spec.get("basic", ())
        ]
        role.parts["managed"] = arns
        construct.parts["role"] = role
        self.constructs.append(role)

    def _note_opaque(self, symbol: str, at: Location) -> None:
        if symbol in self.table.constructs or symbol in self.table.base_classes:
            return
        module, _, name = symbol.rpartition(".")
        if (
            re.match(r"^(core|constructs|aws-|triggers|cx-api|custom-resources|pipelines)", module)
            and module != "aws-ecs-patterns"
        ):
            return
        package = "/".join(module.split("/")[:2]) or symbol
        names, place = self.opaque.get(package, (set(), at))
        self.opaque[package] = ({*names, name}, place)


def _builder(symbol: str) -> str | None:
    """The class whose builder a Java call starts: ``Bucket.Builder.create`` or ``BucketProps.builder``."""
    match = re.match(r"^(.*?)(?:\.Builder\.create|\.builder)$", symbol)
    return match[1] if match else None


def _properties(rest: tuple[Node, ...], at: Location) -> Node:
    given = next(
        (a for a in rest if isinstance(a.content, dict) or a.unknown or isinstance(a.content, Made)), Node(None, at)
    )
    content: Any = given.content
    return content.properties if isinstance(content, Made) else given


def _spelled(arguments: tuple[Node, ...]) -> tuple[Node, ...]:
    """Python's keyword arguments in the spelling of the table."""
    last = arguments[-1] if arguments else None
    if not isinstance(last, Keywords) or not isinstance(last.content, dict):
        return arguments
    members = {camel(k): v for k, v in last.content.items()}
    content: Any = last.content
    made = Open(members, content.reason, content.at) if isinstance(content, Open) else members
    return (*arguments[:-1], Keywords(made, last.location))
