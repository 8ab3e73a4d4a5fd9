"""What an expression evaluates to, as far as the repository says: scalars, lists and mappings as located nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Node
from prodworks_cli.sources.content import OPEN, joined, member, merged, truthy
from prodworks_cli.sources.typescript.environment import MAX_WRAPPERS, TRANSPARENT_METHODS, Environment
from prodworks_cli.sources.typescript.kinds import FUNCTIONS, TRANSPARENT
from prodworks_cli.sources.typescript.members import enum_members, key_of
from prodworks_cli.sources.typescript.operators import arithmetic, cast, number
from prodworks_cli.sources.typescript.places import Origin, Site, shown
from prodworks_cli.sources.typescript.syntax import callee_of, last_name, string_of
from prodworks_cli.sources.typescript.trace import Tracer, step_key

MAX_DEPTH = 30
MAX_ITEMS = 500
# Ways to one value branch at every caller: past this many steps the value is unknown.
MAX_STEPS = 400
# Functions that hand on their first argument, or the object they are called on.
TRANSPARENT_CALLS = frozenset(
    {"JSON.stringify", "JSON.parse", "String", "Object.freeze", "Buffer.from", "structuredClone", "Uint8Array.from"}
)
NUMBER_CALLS = frozenset({"Number", "parseInt", "parseFloat", "Number.parseInt", "Number.parseFloat"})


@dataclass(frozen=True, slots=True)
class _Known:
    """A value, the steps that led to it, and how deep they went."""

    value: Node
    steps: int
    depth: int


class Values:
    """Evaluates expressions. ``environment`` maps a variable to the nodes that IaC sets it to."""

    def __init__(self, tracer: Tracer, environment: Mapping[str, tuple[Node, ...]]) -> None:
        self.tracer = tracer
        self._environment = Environment(tracer, environment)
        self._depth = 0
        self._steps = 0
        self._deepest = 0
        self._cuts = 0
        self._known: dict[object, _Known] = {}

    def of(self, site: Site) -> Node:
        """The value of an expression, located at the expression, which is evaluated once where there is room for it."""
        key = step_key(site)
        known = self._known.get(key)
        self._steps = self._steps + 1 if self._depth else 0
        if known is not None and self._depth + known.depth <= MAX_DEPTH and self._steps + known.steps <= MAX_STEPS:
            self._steps += known.steps
            self._deepest = max(self._deepest, self._depth + known.depth)
            return known.value
        here = site.module.at(site.node)
        if self._depth >= MAX_DEPTH or self._steps > MAX_STEPS:
            self._cuts += 1
            return Node(Unknown("defined through too many steps"), here)
        cuts, steps, deepest = self._cuts, self._steps, self._deepest
        self._depth += 1
        self._deepest = self._depth
        try:
            value = Node(self._evaluate(site), here)
        finally:
            self._depth -= 1
        if self._cuts == cuts:
            self._known[key] = _Known(value, self._steps - steps, self._deepest - self._depth)
        self._deepest = max(self._deepest, deepest)
        return value

    def _evaluate(self, site: Site) -> Content:
        node = site.node
        if node.type in TRANSPARENT and node.named_children:
            return self.of(site.to(node.named_children[0])).content
        return self._kinds.get(node.type, Values._traced)(self, site)

    def _merged(self, site: Site, name: str) -> Content:
        return merged([self._origin(o) for o in self.tracer.named(site, name)])

    def _traced(self, site: Site) -> Content:
        following = self.tracer.step(site)
        if following is None:
            return Unknown(f"{shown(site)} is computed when the program runs")
        return merged([self._origin(o) for o in following])

    def _origin(self, origin: Origin) -> Content:
        return self.of(origin).content if isinstance(origin, Site) else origin

    def _name(self, site: Site) -> Content:
        if site.text == "undefined":
            return None
        content = self._traced(site)
        return self._changed(site, content) if isinstance(content, Mapping) else content

    def _changed(self, site: Site, content: Mapping[str, Node]) -> Mapping[str, Node]:
        """An object after ``x.key = v`` and ``x["key"] = v``, in the function that uses it and up to that use."""
        module, name = site.module, site.text
        scope = next((a for a in module.ancestors(site.node) if a.type in FUNCTIONS), module.root)
        changes = [
            (statement, key, right)
            for target, assignments in module.assigned.items()
            if (key := _key_below(target, name))
            for statement, right in assignments
            if scope.start_byte <= statement.start_byte and statement.end_byte <= site.node.start_byte
        ]
        for statement, key, right in sorted(changes, key=lambda c: c[0].start_byte):
            value = self.of(site.to(right))
            block = module.block(statement)
            certain = any(a.id == block.id for a in module.ancestors(site.node))
            if not certain and member(content, key).content != value.content:
                value = Node(Unknown(f"set under a condition on line {value.location.line}"), value.location)
            content = {**content, key: value}
        return content

    def _template(self, site: Site) -> Content:
        parts: list[Content] = []
        for child in site.node.named_children:
            if child.type == "template_substitution" and child.named_children:
                parts.append(self.of(site.to(child.named_children[0])).content)
            else:
                parts.append(site.module.text(child))
        return joined(parts)

    def _object(self, site: Site) -> Content:
        members: dict[str, Node] = {}
        for child in site.node.named_children[:MAX_ITEMS]:
            if child.type == "spread_element" and child.named_children:
                members.update(self._spread(site.to(child.named_children[0])))
                continue
            key = key_of(site.module, child)
            value = child.child_by_field_name("value") if child.type == "pair" else child
            if child.type in FUNCTIONS or value is None:
                continue
            if key:
                members[key] = self.of(site.to(value))
            elif child.type == "pair":
                members[OPEN] = Node(Unknown("a computed key"), site.module.at(child))
        return members

    def _spread(self, site: Site, depth: int = MAX_WRAPPERS) -> Mapping[str, Node]:
        """The members that ``...expression`` brings; those of ``...(condition && {...})`` may be absent."""
        inner = site.node
        while inner.type in TRANSPARENT and inner.named_children:
            inner = inner.named_children[0]
        operator = inner.child_by_field_name("operator")
        if depth and inner.type == "binary_expression" and operator is not None and operator.type == "&&":
            left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
            holds = truthy(self.of(site.to(left)).content) if left is not None else None
            members = self._spread(site.to(right), depth - 1) if right is not None and holds is not False else {}
            return members if holds else {k: _perhaps(n) for k, n in members.items()}
        value = self.of(site)
        if isinstance(value.content, Mapping):
            return value.content
        if value.content is None:
            return {}
        reason = value.unknown.reason if value.unknown else "not an object"
        return {OPEN: Node(Unknown(f"members of ...{shown(site)}: {reason}"), value.location)}

    def _array(self, site: Site) -> Content:
        nodes = [c for c in site.node.named_children if c.type != "comment"]
        return tuple(self.of(site.to(c)) for c in nodes[:MAX_ITEMS])

    def _enum(self, site: Site) -> Content:
        return {name: self.of(site.to(value)) for name, value in enum_members(site.module, site.node)}

    def _binary(self, site: Site) -> Content:
        left, right = (site.node.child_by_field_name(f) for f in ("left", "right"))
        operator = site.module.text(site.node.child_by_field_name("operator"))
        if left is None or right is None:
            return Unknown("an operation that is not complete")
        first, second = self.of(site.to(left)).content, self.of(site.to(right)).content
        if operator in ("??", "||"):
            return self._either(site.to(left), first, second)
        if operator == "+" and any(isinstance(s, str) for s in (first, second)):
            return joined([first, second])
        return arithmetic(operator, first, second)

    def _either(self, left: Site, first: Content, second: Content) -> Content:
        if truthy(first) is not None:
            return first if truthy(first) else second
        if isinstance(first, Unknown) and first.present:
            return first
        if self._environment.reads(left):
            return second
        return Unknown(first.reason if isinstance(first, Unknown) else "", present=bool(second))

    def _choice(self, site: Site) -> Content:
        parts = [site.node.child_by_field_name(f) for f in ("condition", "consequence", "alternative")]
        condition, *ways = [site.to(p) for p in parts if p is not None]
        if len(ways) != 2:
            return Unknown("a choice that is not complete")
        verdict = truthy(self.of(condition).content)
        chosen = ways if verdict is None else [ways[0 if verdict else 1]]
        return merged([self.of(w).content for w in chosen])

    def _member(self, site: Site) -> Content:
        if self._environment.name(site) is not None:
            return self._environment.value(site)
        target, index = site.node.child_by_field_name("object"), site.node.child_by_field_name("index")
        key = self.of(site.to(index)).content if index is not None else last_name(site.module, site.node)
        following = self.tracer.step(site)
        if following and any(isinstance(o, Site) for o in following):
            return merged([self._origin(o) for o in following])
        holder = self.of(site.to(target)).content if target is not None else None
        if isinstance(holder, Mapping) and isinstance(key, str | int):
            found = member(holder, str(key)).content
            return Unknown(f"{key} is not written out") if found is None and index is not None else found
        if isinstance(holder, tuple) and isinstance(key, int) and 0 <= key < len(holder):
            return holder[key].content
        reason = next((o.reason for o in following or () if isinstance(o, Unknown)), None)
        return Unknown(reason or f"{shown(site)} is looked up when the program runs")

    def _call(self, site: Site) -> Content:
        if self._environment.name(site) is not None:
            return self._environment.value(site)
        callee, arguments = callee_of(site.node), site.module.arguments(site.node)
        name = site.module.text(callee)
        if name in TRANSPARENT_CALLS and arguments:
            return self.of(site.to(arguments[0])).content
        if name in NUMBER_CALLS and arguments:
            return cast(self.of(site.to(arguments[0])).content)
        if last_name(site.module, callee) in TRANSPARENT_METHODS and callee is not None:
            target = callee.child_by_field_name("object") if not arguments else arguments[0]
            content = self.of(site.to(target)).content if target is not None else None
            return content.strip() if isinstance(content, str) else content
        if last_name(site.module, callee) in ("replace", "replaceAll", "concat", "join"):
            return Unknown("a text that is filled in when the program runs", present=True)
        return self._traced(site)

    def _new(self, site: Site) -> Content:
        return Unknown(f"an object of {site.module.text(callee_of(site.node))[:40]}", present=True)

    _kinds: ClassVar[Mapping[str, Callable[[Values, Site], Content]]] = {
        "string": lambda _, s: string_of(s.module, s.node),
        "template_string": _template,
        "number": lambda _, s: number(s),
        "unary_expression": lambda _, s: number(s),
        "true": lambda *_: True,
        "false": lambda *_: False,
        "null": lambda *_: None,
        "undefined": lambda *_: None,
        "object": _object,
        "array": _array,
        "enum_declaration": _enum,
        "binary_expression": _binary,
        "ternary_expression": _choice,
        "member_expression": _member,
        "subscript_expression": _member,
        "call_expression": _call,
        "new_expression": _new,
        "identifier": _name,
        "shorthand_property_identifier": lambda v, s: v._merged(s, s.module.text(s.node)),
    }


def _key_below(target: str, name: str) -> str:
    """``key`` of the targets ``name.key`` and of no deeper one."""
    rest = target.removeprefix(f"{name}.")
    return rest if rest != target and rest.isidentifier() else ""


def _perhaps(node: Node) -> Node:
    """A value that is only there under a condition."""
    if isinstance(node.content, Mapping):
        return Node({k: _perhaps(n) for k, n in node.content.items()}, node.location)
    return Node(Unknown("set under a condition"), node.location)
