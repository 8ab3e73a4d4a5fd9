"""What an expression evaluates to, as far as the repository says: scalars, lists and mappings as located nodes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

import tree_sitter

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Content, Node, Reference, node_of
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.syntax import Module, inside
from prodworks_cli.sources.python.trace import Origin, Site, Tracer, encloses, reaching_bindings

MAX_DEPTH = 30
MAX_ITEMS = 500
# The key under which a mapping says why it may hold more than what was read.
OPEN = "**"
ENVIRONMENT_CALLS = ("os.environ.get", "os.getenv", "environ.get", "getenv")
TRANSPARENT = {"json.dumps", "dumps", "json.loads", "loads", "str", "dict", "bytes", "deepcopy", "copy.deepcopy"}
READERS = {"dumps", "print", "len", "str", "repr", "debug", "info", "warning", "error", "exception", "log", "copy"}
FIELD_CALLS = {"Field", "field"}
# Ways to one value branch at every caller: past this many steps the value is unknown.
MAX_STEPS = 400


class Values:
    """Evaluates expressions. ``environment`` maps a variable to the nodes that IaC sets it to."""

    def __init__(self, tracer: Tracer, environment: Mapping[str, tuple[Node, ...]]) -> None:
        self.tracer = tracer
        self._environment = environment
        self._depth = 0
        self._steps = 0

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
        kinds: dict[str, Callable[[Site], Content]] = {
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
        evaluate = kinds.get(site.node.type, self._traced)
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
        if isinstance(content, Mapping):
            return self._changed(site, content)
        return content

    def _changed(self, site: Site, content: Mapping[str, Node]) -> Mapping[str, Node]:
        """A mapping after ``d[k] = v``, ``d.update(...)`` and functions that were given it, up to its use."""
        module, name, scope = site.module, site.text, site.module.function(site.node)
        if scope is None:
            return content
        bindings = module.bindings.get(scope.id, {}).get(name, ())
        start = min((b.statement.start_byte for b in reaching_bindings(site, bindings)), default=scope.start_byte)
        for node in inside(scope, "lambda"):
            if start <= node.start_byte and node.end_byte <= site.node.start_byte:
                content = self._change(site, content, node, name)
        return content

    def _change(self, site: Site, content: Mapping[str, Node], node: tree_sitter.Node, name: str) -> Mapping[str, Node]:
        module = site.module
        if node.type == "assignment":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            path = _path(module, left, name)
            if path and right is not None:
                return self._set(content, path, self.of(site.to(right)), self._happens(site, node))
        if node.type == "call":
            return self._change_by_call(site, content, node, name)
        return content

    def _change_by_call(
        self, site: Site, content: Mapping[str, Node], node: tree_sitter.Node, name: str
    ) -> Mapping[str, Node]:
        module, arguments = site.module, site.module.arguments(node)
        callee = node.child_by_field_name("function")
        if module.text(callee) == f"{name}.update":
            parts = [(k, self.of(site.to(v))) for k, v in arguments.keywords.items()]
            for given in arguments.positional:
                value = self.of(site.to(given))
                parts.extend(value.members())
                if not isinstance(value.content, Mapping):
                    parts.append((OPEN, Node(Unknown("updated with what is not written out"), value.location)))
            for key, value in parts:
                content = self._set(content, (key,), value, self._happens(site, node))
            return content
        given_whole = any(module.text(a) == name for a in (*arguments.positional, *arguments.keywords.values()))
        if given_whole and last_name(module, callee) not in READERS:
            reason = Unknown(f"may be changed by {module.text(callee)[:60]}")
            return {**content, OPEN: Node(reason, module.at(node))}
        return content

    def _set(
        self, content: Mapping[str, Node], path: Sequence[str], value: Node, happens: bool | None
    ) -> dict[str, Node]:
        if happens is False:
            return dict(content)
        key, old = path[0], member(content, path[0])
        if len(path) > 1:
            below = old.content if isinstance(old.content, Mapping) else {}
            value = Node(self._set(below, path[1:], value, True), value.location)
        if happens is None and old.content != value.content:
            value = Node(Unknown(f"set under a condition on line {value.location.line}"), value.location)
        return {**content, key: value}

    def _happens(self, site: Site, statement: tree_sitter.Node) -> bool | None:
        """Whether a statement before ``site`` runs: yes, no (its condition is known), or not known."""
        if encloses(site.module, statement, site.node):
            return True
        return self.condition_of(site, statement)

    def condition_of(self, site: Site, statement: tree_sitter.Node) -> bool | None:
        """The conditions of the ``if`` statements around ``statement`` that are not around ``site``."""
        around = {a.id for a in site.module.ancestors(site.node)}
        verdicts: list[bool | None] = []
        child = statement
        for above in site.module.ancestors(statement):
            if above.id in around:
                break
            if above.type == "if_statement":
                test = above.child_by_field_name("condition")
                body = above.child_by_field_name("consequence")
                inside_body = body is not None and child.id == body.id
                verdicts.append(self.truth(site.to(test)) if test is not None and inside_body else None)
            elif above.type not in ("block", "expression_statement"):
                verdicts.append(None)
            child = above
        return False if False in verdicts else None if None in verdicts else True

    def truth(self, site: Site) -> bool | None:
        """Whether a condition holds, when it only asks for the presence of known values."""
        node, parts = site.node, site.node.named_children
        if node.type == "not_operator":
            inner = self.truth(site.to(parts[0]))
            return None if inner is None else not inner
        if node.type == "boolean_operator":
            sides = [self.truth(site.to(p)) for p in parts[:2]]
            both = site.module.text(node.child_by_field_name("operator")) == "and"
            return (not both) if (not both) in sides else None if None in sides else both
        if node.type == "comparison_operator":
            return self._compared(site)
        return truthy(self.of(site).content)

    def _compared(self, site: Site) -> bool | None:
        parts = site.node.named_children
        operators = [site.module.text(o) for o in site.node.children_by_field_name("operators")]
        left, right = (self.of(site.to(p)).content for p in parts[:2])
        if len(parts) != 2 or right is not None or isinstance(left, Unknown):
            return None
        return {"is": left is None, "is not": left is not None}.get(operators[0])

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
        return second if self._environment_of(site.to(left)) is not None and not _present(first) else first

    def _choice(self, site: Site) -> Content:
        parts = site.node.named_children
        if len(parts) != 3:
            return Unknown("a choice that is not complete")
        verdict = self.truth(site.to(parts[1]))
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
            return _parsed(self.of(site.to(first)).content)
        if name in ("int", "float") and first is not None:
            return _cast(self.of(site.to(first)).content)
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
            found = member(holder, str(key)).content
            if found is None and len(arguments.positional) > 1:
                return self.of(site.to(arguments.positional[1])).content
            return Unknown(f"key {key} is not written out") if found is None else found
        if name == "format":
            return Unknown("a text that is filled in when the program runs", present=True)
        return _parsed(holder) if name != "get" else None

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


def member(content: Mapping[str, Node], key: str) -> Node:
    """A member of a mapping: absent when the mapping is complete, unknown when it is open."""
    if key in content:
        return content[key]
    return content.get(OPEN, Node(None, Location("")))


def truthy(content: Content) -> bool | None:
    """Python's truth of a value; ``None`` when it is not known."""
    if isinstance(content, Unknown):
        return None
    if isinstance(content, Reference):
        return True
    return bool(content)


def merged(contents: Sequence[Content]) -> Content:
    """One value for several ways to get it: the common one, else unknown."""
    if not contents:
        return Unknown("no value found")
    if all(c == contents[0] for c in contents[1:]):
        return contents[0]
    mappings = [c for c in contents if isinstance(c, Mapping)]
    if len(mappings) == len(contents):
        return {key: _common(mappings, key) for m in mappings for key in m}
    unresolved = next((c for c in contents if isinstance(c, Unknown)), None)
    if unresolved is not None and all(c is None or isinstance(c, Unknown) for c in contents):
        return Unknown(unresolved.reason)
    return Unknown("differs between the ways to this call", present=all(_present(c) for c in contents))


def _common(mappings: Sequence[Mapping[str, Node]], key: str) -> Node:
    nodes = [member(m, key) for m in mappings]
    return Node(
        merged([n.content for n in nodes]), next(n.location for m, n in zip(mappings, nodes, strict=False) if key in m)
    )


def joined(parts: Sequence[Content]) -> Content:
    """Texts put together; unknown with the known parts as its shape when some part is not known."""
    if all(isinstance(p, str | int | float) for p in parts):
        return "".join(str(p) for p in parts)
    shape = "".join(str(p) if isinstance(p, str | int | float) else "${...}" for p in parts)
    reason = next((p.reason for p in parts if isinstance(p, Unknown)), "part of the text is known after deployment")
    return Unknown(reason, present=True, shape=shape[:400])


def _present(content: Content) -> bool:
    return content.present if isinstance(content, Unknown) else bool(content)


def _path(module: Module, left: tree_sitter.Node | None, name: str) -> tuple[str, ...]:
    """``("a", "b")`` for ``name["a"]["b"]``; empty for anything else."""
    keys: list[str] = []
    while left is not None and left.type == "subscript":
        key = left.child_by_field_name("subscript")
        keys.append(module.text(key).strip("\"'") if key is not None and key.type == "string" else OPEN)
        left = left.child_by_field_name("value")
    return tuple(reversed(keys)) if left is not None and module.text(left) == name else ()


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


def _parsed(content: Content) -> Content:
    """JSON text as data; anything else as it is."""
    if not isinstance(content, str) or not content.lstrip().startswith(("{", "[")):
        return content
    try:
        return node_of(json.loads(content), Location("")).content
    except (ValueError, RecursionError):
        return content
