"""What an expression evaluates to, as far as the repository says: scalars, lists and mappings as located nodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Node
from prodworks_cli.sources.content import OPEN, joined, member, merged, parsed, present, truthy
from prodworks_cli.sources.python.changes import Changes
from prodworks_cli.sources.python.conditions import Conditions
from prodworks_cli.sources.python.places import Origin, Site
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.trace import Tracer

MAX_DEPTH = 30
MAX_ITEMS = 500
ENVIRONMENT_CALLS = ("os.environ.get", "os.getenv", "environ.get", "getenv")
TRANSPARENT = {"json.dumps", "dumps", "json.loads", "loads", "str", "dict", "bytes", "deepcopy", "copy.deepcopy"}
FIELD_CALLS = {"Field", "field"}
# Typed dictionaries and records of libraries that hold settings of a model.
SETTINGS = re.compile(r"(?:^|\.)(?:\w*ModelSettings|GenerateContentConfig|GenerationConfig)$")
# Ways to one value branch at every caller: past this many steps the value is unknown.
MAX_STEPS = 400


class Values:
    """Evaluates expressions. ``environment`` maps a variable to the nodes that IaC sets it to."""

    def __init__(self, tracer: Tracer, environment: Mapping[str, tuple[Node, ...]]) -> None:
        self.tracer = tracer
        self._environment = environment
        self._conditions = Conditions(self.of)
        self._changes = Changes(self.of, self._conditions)
        self._depth = 0
        self._steps = 0
        self._kinds: dict[str, Callable[[Site], Content]] = {
            "string": self._string,
            "concatenated_string": self._joined,
            "integer": _number,
            "float": _number,
            "true": lambda _: True,
            "false": lambda _: False,
            "none": lambda _: None,
            "dictionary": self._dictionary,
            "list": self._sequence,
            "tuple": self._sequence,
            "expression_list": self._sequence,
            "boolean_operator": self._either,
            "conditional_expression": self._choice,
            "binary_operator": self._binary,
            "unary_operator": _number,
            "subscript": self._subscript,
            "call": self._call,
            "identifier": self._name,
        }

    def declared(self, variable: str) -> Content:
        """What IaC sets an environment variable to; ``None`` where it does not."""
        nodes = self._environment.get(variable, ())
        return merged([n.content for n in nodes]) if nodes else None

    def of(self, site: Site) -> Node:
        """The value of an expression, located at the expression."""
        here = site.module.at(site.node)
        self._steps = self._steps + 1 if self._depth else 0
        if self._depth >= MAX_DEPTH or self._steps > MAX_STEPS:
            return Node(Unknown("defined through too many steps"), here)
        self._depth += 1
        try:
            return Node(self._evaluate(site), here)
        finally:
            self._depth -= 1

    def _evaluate(self, site: Site) -> Content:
        evaluate = self._kinds.get(site.node.type, self._traced)
        return evaluate(site)

    def _traced(self, site: Site) -> Content:
        environment = self._environment_of(site)
        if environment is not None:
            return environment
        following = self.tracer.step(site)
        if following is None:
            return Unknown(f"the {site.node.type.replace('_', ' ')} {site.text[:40]} is computed when the program runs")
        return merged([self._origin(o) for o in following])

    def _origin(self, origin: Origin) -> Content:
        return self.of(origin).content if isinstance(origin, Site) else origin

    def _name(self, site: Site) -> Content:
        content = self._traced(site)
        return self._changes.of(site, content) if isinstance(content, Mapping) else content

    def _string(self, site: Site) -> Content:
        parts: list[Content] = []
        for child in site.node.named_children:
            if child.type == "string_content":
                parts.append(site.module.text(child).replace("{{", "{").replace("}}", "}"))
            elif child.type == "interpolation":
                inner = child.child_by_field_name("expression")
                parts.append(self.of(site.to(inner)).content if inner else Unknown("empty"))
        return joined(parts)

    def _joined(self, site: Site) -> Content:
        return joined([self.of(site.to(c)).content for c in site.node.named_children if c.type == "string"])

    def _binary(self, site: Site) -> Content:
        left, right = (site.node.child_by_field_name(f) for f in ("left", "right"))
        operator = site.module.text(site.node.child_by_field_name("operator"))
        if left is None or right is None:
            return Unknown("an operation that is not complete")
        sides = [self.of(site.to(left)).content, self.of(site.to(right)).content]
        if operator == "+" and any(isinstance(s, str) for s in sides):
            return joined(sides)
        if operator == "*" and all(isinstance(s, int) and abs(s) < 1 << 31 for s in sides):
            return int(str(sides[0])) * int(str(sides[1]))
        if operator == "|" and all(isinstance(s, Mapping) for s in sides):
            return {k: n for s in sides if isinstance(s, Mapping) for k, n in s.items()}
        return Unknown("computed when the program runs", present=True)

    def _dictionary(self, site: Site) -> Content:
        members: dict[str, Node] = {}
        for child in site.node.named_children[:MAX_ITEMS]:
            if child.type == "pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                name = self.of(site.to(key)).content if key is not None else None
                name = str(name) if isinstance(name, str | int) else OPEN
                if value is not None:
                    entry = self.of(site.to(value))
                    members[name] = entry if name != OPEN else Node(Unknown("a computed key"), entry.location)
            elif child.type == "dictionary_splat":
                members.update(self.splat(site.to(child.named_children[0])))
        return members

    def splat(self, site: Site) -> Mapping[str, Node]:
        """The members that ``**expression`` brings; an open mapping when they are not written out."""
        value = self.of(site)
        if isinstance(value.content, Mapping):
            return value.content
        if value.content is None:
            return {}
        reason = value.unknown.reason if value.unknown else "not a mapping"
        return {OPEN: Node(Unknown(f"arguments of **{site.text[:60]}: {reason}"), value.location)}

    def _sequence(self, site: Site) -> Content:
        nodes = [c for c in site.node.named_children if c.type != "comment"]
        return tuple(self.of(site.to(c)) for c in nodes[:MAX_ITEMS])

    def _either(self, site: Site) -> Content:
        left, right = (site.node.child_by_field_name(f) for f in ("left", "right"))
        if left is None or right is None:
            return Unknown("an operation that is not complete")
        first, second = self.of(site.to(left)).content, self.of(site.to(right)).content
        if site.module.text(site.node.child_by_field_name("operator")) == "and":
            return second if truthy(first) else first if truthy(first) is False else Unknown("set under a condition")
        if truthy(first) is not None:
            return first if truthy(first) else second
        return second if self._environment_of(site.to(left)) is not None and not present(first) else first

    def _choice(self, site: Site) -> Content:
        parts = site.node.named_children
        if len(parts) != 3:
            return Unknown("a choice that is not complete")
        verdict = self._conditions.truth(site.to(parts[1]))
        if verdict is not None:
            return self.of(site.to(parts[0 if verdict else 2])).content
        return merged([self.of(site.to(parts[i])).content for i in (0, 2)])

    def _subscript(self, site: Site) -> Content:
        environment = self._environment_of(site)
        if environment is not None:
            return environment
        target, key = site.node.child_by_field_name("value"), site.node.child_by_field_name("subscript")
        if target is None or key is None:
            return Unknown("a look-up that is not complete")
        holder, name = self.of(site.to(target)), self.of(site.to(key)).content
        if isinstance(holder.content, Mapping) and isinstance(name, str | int):
            found = member(holder.content, str(name)).content
            return Unknown(f"key {name} is not written out") if found is None else found
        if isinstance(holder.content, tuple) and isinstance(name, int) and -1 <= name < len(holder.content):
            return holder.content[name].content if holder.content else None
        return Unknown(f"{site.text[:60]} is looked up when the program runs")

    def _call(self, site: Site) -> Content:
        environment = self._environment_of(site)
        if environment is not None:
            return environment
        callee = site.node.child_by_field_name("function")
        name, arguments = site.module.text(callee), site.module.arguments(site.node)
        first = arguments.positional[0] if arguments.positional else None
        if name == "dict":
            return self._keywords(site)
        if name in TRANSPARENT and first is not None:
            return parsed(self.of(site.to(first)).content)
        if name in ("int", "float") and first is not None:
            return _cast(self.of(site.to(first)).content)
        if SETTINGS.search(name) and not arguments.positional:
            return self._keywords(site)
        if name.split(".")[-1] in FIELD_CALLS:
            default = arguments.get("default", 0)
            return self.of(site.to(default)).content if default is not None else Unknown("a field without a default")
        if callee is not None and callee.type == "attribute":
            found = self._method(site, callee)
            if found is not None:
                return found
        return self._traced(site)

    def _keywords(self, site: Site) -> Mapping[str, Node]:
        arguments = site.module.arguments(site.node)
        members: dict[str, Node] = {}
        for given in (*arguments.positional[:1], *arguments.splats):
            members.update(self.splat(site.to(given)))
        members.update((k, self.of(site.to(v))) for k, v in arguments.keywords.items())
        return members

    def _method(self, site: Site, callee: tree_sitter.Node) -> Content:
        target, name = callee.child_by_field_name("object"), last_name(site.module, callee)
        arguments = site.module.arguments(site.node)
        if target is None or name not in ("get", "strip", "lower", "encode", "copy", "format"):
            return None
        holder = self.of(site.to(target)).content
        if name == "get" and isinstance(holder, Mapping) and arguments.positional:
            key = self.of(site.to(arguments.positional[0])).content
            if isinstance(key, Unknown):
                return Unknown(key.reason, present=key.present)
            found = member(holder, str(key)).content
            if found is None and len(arguments.positional) > 1:
                return self.of(site.to(arguments.positional[1])).content
            return Unknown(f"key {key} is not written out") if found is None else found
        if name == "format":
            return Unknown("a text that is filled in when the program runs", present=True)
        return parsed(holder) if name != "get" else None

    def _environment_of(self, site: Site) -> Content:
        """The value of an environment variable; ``None`` when the expression does not read one."""
        module, node = site.module, site.node
        key: tree_sitter.Node | None = None
        default: tree_sitter.Node | None = None
        if node.type == "call" and module.text(node.child_by_field_name("function")) in ENVIRONMENT_CALLS:
            arguments = module.arguments(node)
            key, default = arguments.get("key", 0), arguments.get("default", 1)
        elif node.type == "subscript" and module.text(node.child_by_field_name("value")) in ("os.environ", "environ"):
            key = node.child_by_field_name("subscript")
        if key is None:
            return None
        name = self.of(site.to(key)).content
        declared = self._environment.get(name, ()) if isinstance(name, str) else ()
        if declared:
            return merged([d.content for d in declared])
        if default is not None and default.type != "none":
            return self.of(site.to(default)).content
        return Unknown(f"environment variable {name if isinstance(name, str) else ''} is set outside the repository")


def _number(site: Site) -> Content:
    text = site.text.replace("_", "").replace(" ", "")
    try:
        return float(text) if any(c in text for c in ".eE") and not text.startswith("0x") else int(text, 0)
    except (ValueError, OverflowError):
        return Unknown("not a plain number")


def _cast(content: Content) -> Content:
    try:
        return int(float(content)) if isinstance(content, str | int | float) else content
    except (ValueError, OverflowError):
        return Unknown("not a plain number")
