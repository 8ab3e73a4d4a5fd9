"""Evaluates a program without running it: what is not known stays unknown, and both branches of a choice count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.functions import apply
from prodworks_cli.sources.cdk.operators import operate
from prodworks_cli.sources.cdk.patterns import names_of
from prodworks_cli.sources.cdk.values import (
    Bound,
    ClassValue,
    Closure,
    Construct,
    External,
    Frame,
    Instance,
    Made,
    Namespace,
    Open,
    concatenated,
    join,
    members_of,
    node,
    truth,
    unknown,
)

MAX_STEPS = 400_000
MAX_CALLS = 24
MAX_SELF_CALLS = 2
MAX_LOOP = 64
_BRANCH = "differs by a condition that is not known"
_SELF = ("this", "self", "cls")
_PACKAGES = ("java", "software", "com", "org")


class Exhausted(Exception):
    """The program takes more steps than a reader should."""


class Host:
    """What the evaluator asks of the reader: modules, and what libraries do."""

    def imported(self, frame: Frame, statement: p.Import) -> Mapping[str, Node]:
        """The variables that an import makes."""
        raise NotImplementedError

    def exports(self, path: str) -> Frame:
        """The variables of a module of the repository."""
        raise NotImplementedError

    def call(self, evaluator: Evaluator, called: Any, arguments: tuple[Node, ...], at: Location) -> Node:
        """A call of something that a library brings, or of a method of one of its values."""
        raise NotImplementedError

    def member(self, evaluator: Evaluator, of: Node, name: str, at: Location) -> Node:
        """A member of something that a library brings."""
        raise NotImplementedError

    def begin(self, evaluator: Evaluator, instance: Instance, arguments: tuple[Node, ...], at: Location) -> None:
        """The call of a library's constructor by a class of the repository."""
        raise NotImplementedError

    def is_base(self, symbol: str) -> bool:
        """Whether a library class is a construct."""
        raise NotImplementedError


class Evaluator:
    """Evaluates modules. ``optional`` counts the undecided conditions around what is evaluated now."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.optional = 0
        self.instantiated: set[int] = set()
        self._steps = 0
        self._calls = 0
        self._active: dict[int, int] = {}
        self._static_values: dict[int, dict[str, Node]] = {}
        self._journals: list[dict[tuple[int, str], tuple[dict[str, Node], Node | None]]] = []

    # Statements

    def run(self, statements: tuple[p.Statement, ...], frame: Frame) -> bool:
        """Execute; true when a return or an error ends the function."""
        for statement in statements:
            if isinstance(statement, p.Define):
                frame.variables[statement.name] = node(Closure(statement.function, frame), statement.at)
        return any(self._execute(statement, frame) for statement in statements)

    def _execute(self, statement: p.Statement, frame: Frame) -> bool:
        self._step()
        if isinstance(statement, p.Do):
            self.evaluate(statement.value, frame)
        elif isinstance(statement, p.Assign):
            self._assignment(statement, frame)
        elif isinstance(statement, p.If):
            return self._if(statement, frame)
        elif isinstance(statement, p.Each):
            return self._each(statement, frame)
        elif isinstance(statement, p.Return):
            if not statement.raises:
                none = Node(None, statement.at)
                frame.returns.append(self.evaluate(statement.value, frame) if statement.value else none)
            return True
        elif isinstance(statement, p.Import):
            frame.variables.update(self.host.imported(frame, statement))
        elif isinstance(statement, p.Class):
            self._define_class(statement, frame)
        return False

    def _define_class(self, statement: p.Class, frame: Frame) -> None:
        made = ClassValue(statement, frame)
        frame.variables[statement.name] = node(made, statement.at)
        self._statics(made)

    def _statics(self, made: ClassValue) -> None:
        inner = Frame(made.frame.module, made.frame.language, {}, made.frame)
        for name, value in made.definition.statics:
            inner.variables[name] = self.evaluate(value, inner)
        self._static_values[id(made.definition)] = inner.variables

    def _assignment(self, statement: p.Assign, frame: Frame) -> None:
        value = self.evaluate(statement.value, frame)
        if statement.declares and isinstance(statement.target, p.Name):
            self._write(frame.variables, statement.target.id, value)
        else:
            self.assign(statement.target, value, frame, statement.declares)

    def assign(self, target: p.Expression, value: Node, frame: Frame, declares: bool = False) -> None:
        """Give a variable, member or pattern its value."""
        if isinstance(target, p.Operation) and target.operator == "=" and target.left:
            given = value if value.content is not None and not _absent(value) else self.evaluate(target.right, frame)
            self.assign(target.left, given, frame, declares)
        elif isinstance(target, p.Name):
            held = None if declares or frame.language == "python" else frame.holder(target.id)
            this = self._implicit_this(target.id, frame) if held is None and not declares else None
            self._write(this if this is not None else (held or frame).variables, target.id, value)
        elif isinstance(target, p.Member):
            self._assign_member(target, value, frame)
        elif isinstance(target, p.Entries):
            self._destructure(target, value, frame)
        elif isinstance(target, p.Items):
            for i, element in enumerate(target.items):
                self.assign(element, self._index(value, Node(i, value.location), target.at), frame, declares=True)
        elif isinstance(target, p.Index):
            self._assign_index(target, value, frame)

    def _implicit_this(self, name: str, frame: Frame) -> dict[str, Node] | None:
        this: Any = self._this(frame).content if frame.language == "java" else None
        inside = isinstance(this, Instance) and name in _members(this.cls)
        return this.members if inside else None

    def _assign_member(self, target: p.Member, value: Node, frame: Frame) -> None:
        of: Any = self.evaluate(target.of, frame).content
        if isinstance(of, Instance | Construct):
            self._write(of.members, target.name, value)
        elif isinstance(of, Mapping):
            changed = _with(of, {target.name: value})
            self.assign(target.of, node(changed, target.at), frame)

    def _assign_index(self, target: p.Index, value: Node, frame: Frame) -> None:
        of = self.evaluate(target.of, frame)
        key = self.evaluate(target.key, frame)
        if isinstance(of.content, Mapping):
            text = key.text()
            changed = (
                _with(of.content, {text: value}) if text else Open(of.content, "a key that is not known", of.location)
            )
            self.assign(target.of, node(changed, of.location), frame)

    def _destructure(self, target: p.Entries, value: Node, frame: Frame) -> None:
        named = []
        for key, inner in target.entries:
            if isinstance(key, p.Literal) and isinstance(key.value, str):
                named.append(key.value)
                self.assign(inner, self.member(value, key.value, target.at), frame, declares=True)
            elif key is None:
                rest = {k: v for k, v in members_of(value).items() if k not in named}
                kept = node(_like(value.content, rest), value.location) if isinstance(value.content, Mapping) else value
                self.assign(inner, kept, frame, declares=True)

    def _write(self, variables: dict[str, Node], name: str, value: Node) -> None:
        for journal in self._journals[-1:]:
            journal.setdefault((id(variables), name), (variables, variables.get(name)))
        variables[name] = value

    def _if(self, statement: p.If, frame: Frame) -> bool:
        decided = truth(self.evaluate(statement.test, frame))
        if decided is not None:
            return self.run(statement.yes if decided else statement.no, frame)
        results, ends = [], []
        for branch in (statement.yes, statement.no):
            written, ended = self._branch(lambda b=branch: self.run(b, frame))  # type: ignore[misc]
            results.append(written)
            ends.append(ended)
        # A branch that leaves the function does not change what follows it.
        kept = [r for r, ended in zip(results, ends, strict=True) if not ended]
        self._merge(kept if kept else results)
        return all(ends)

    def _branch(
        self, run: Callable[[], bool]
    ) -> tuple[dict[tuple[int, str], tuple[dict[str, Node], Node | None]], bool]:
        """Run something that may not happen; what it wrote is taken back and returned."""
        self._journals.append({})
        self.optional += 1
        try:
            ended = run()
        finally:
            self.optional -= 1
            journal = self._journals.pop()
        written = {key: (variables, variables.get(key[1])) for key, (variables, _) in journal.items()}
        for (_, name), (variables, before) in journal.items():
            if before is None:
                variables.pop(name, None)
            else:
                variables[name] = before
        return written, ended

    def _merge(self, branches: list[dict[tuple[int, str], tuple[dict[str, Node], Node | None]]]) -> None:
        keys = dict.fromkeys(key for branch in branches for key in branch)
        for key in keys:
            variables = next(branch[key][0] for branch in branches if key in branch)
            before = variables.get(key[1])
            after = [branch[key][1] if key in branch else before for branch in branches]
            values = [v for v in after if v is not None]
            value = values[0]
            for other in values[1:]:
                value = join(value, other, _BRANCH)
            if len(values) < len(after):
                value = join(value, Node(None, value.location), _BRANCH)
            self._write(variables, key[1], value)

    def _each(self, statement: p.Each, frame: Frame) -> bool:
        source = self.evaluate(statement.source, frame) if statement.source else unknown("a loop", statement.at)
        content: Any = source.content
        elements = _elements(content, statement.keys or frame.language == "python", source.location)
        if elements is not None and len(elements) <= MAX_LOOP:
            for element in elements:
                if statement.pattern is not None:
                    self.assign(statement.pattern, element, frame, declares=True)
                if self.run(statement.body, frame):
                    return True
            return False
        if statement.pattern is not None:
            lost = unknown("an element of a list that is not known", statement.at, present=True)
            self.assign(statement.pattern, lost, frame, declares=True)
        written, _ = self._branch(lambda: self.run(statement.body, frame))
        self._merge([written, {}])
        return False

    # Expressions

    def evaluate(self, expression: p.Expression | None, frame: Frame) -> Node:
        """The value of an expression."""
        if expression is None:
            return Node(None, Location(frame.module))
        self._step()
        return _EVALUATE[type(expression)](self, expression, frame)

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise Exhausted

    def literal(self, e: p.Literal, frame: Frame) -> Node:
        """A literal."""
        return Node(e.value, e.at)

    def template(self, e: p.Template, frame: Frame) -> Node:
        """A text with values in it."""
        parts = [part if isinstance(part, str) else self.evaluate(part, frame) for part in e.parts]
        return concatenated(parts, e.at)

    def name(self, e: p.Name, frame: Frame) -> Node:
        """A variable."""
        held = frame.holder(e.id)
        if held is not None:
            return Node(held.variables[e.id].content, e.at)
        if e.id in _SELF:
            return self._this(frame)
        this: Any = self._this(frame).content
        qualified = e.id[:1].isupper() or e.id in _PACKAGES
        if frame.language == "java" and isinstance(this, Instance) and not qualified:
            return self.member(node(this, e.at), e.id, e.at)
        return node(External(e.id), e.at)

    def _this(self, frame: Frame) -> Node:
        at: Frame | None = frame
        while at is not None and at.this is None:
            at = at.parent
        return at.this if at is not None and at.this is not None else unknown("this", Location(frame.module))

    def get_member(self, e: p.Member, frame: Frame) -> Node:
        """A member of a value."""
        return self.member(self.evaluate(e.of, frame), e.name, e.at)

    def member(self, of: Node, name: str, at: Location) -> Node:
        """``of.name``"""
        content: Any = of.content
        if isinstance(content, Unknown):
            return unknown(content.reason, at)
        if isinstance(content, Mapping) and (name in content or not _is_method(name)):
            found = content.get(name)
            return Node(found.content, at) if found is not None else Node(None, at)
        if isinstance(content, Instance):
            return self._instance_member(content, of, name, at)
        if isinstance(content, ClassValue):
            return self._class_member(content, name, at)
        if isinstance(content, Namespace):
            found = self.host.exports(content.path).variables.get(name)
            return found or unknown(f"{name} is not exported", at)
        if isinstance(content, External | Construct | Made):
            return self.host.member(self, of, name, at)
        return (
            Node(len(content), at)
            if name == "length" and isinstance(content, str | tuple)
            else node(Bound(of, name), at)
        )

    def _instance_member(self, instance: Instance, of: Node, name: str, at: Location) -> Node:
        if name in instance.members:
            return Node(instance.members[name].content, at)
        method = self._method(instance.cls, name)
        if method is not None:
            closure = Closure(method[0], method[1].frame, of)
            accessor = name in instance.cls.definition.members and not method[0].parameters
            return self.call(closure, (), at) if accessor else node(closure, at)
        for cls in self.lineage(instance.cls):
            found = self._static_values.get(id(cls.definition), {}).get(name) if isinstance(cls, ClassValue) else None
            if found is not None:
                return found
        if instance.construct is not None:
            return self.host.member(self, node(instance.construct, at), name, at)
        return unknown(f"{name} of {instance.cls.definition.name}", at)

    def _class_member(self, cls: ClassValue, name: str, at: Location) -> Node:
        found = self._static_values.get(id(cls.definition), {}).get(name)
        if found is not None:
            return Node(found.content, at)
        method = self._method(cls, name)
        if method is not None:
            return node(Closure(method[0], method[1].frame, node(cls, at)), at)
        base = next((c for c in self.lineage(cls) if isinstance(c, External)), None)
        return self.host.member(self, node(base, at), name, at) if base else unknown(f"{name} of a class", at)

    def _method(self, cls: ClassValue, name: str) -> tuple[p.Function, ClassValue] | None:
        for one in self.lineage(cls):
            if isinstance(one, ClassValue) and name in one.definition.methods:
                return one.definition.methods[name], one
        return None

    def lineage(self, cls: ClassValue) -> list[ClassValue | External]:
        """A class and those that it extends, the last perhaps of a library."""
        found: list[ClassValue | External] = [cls]
        while isinstance(found[-1], ClassValue) and len(found) < 10:
            at = found[-1]
            bases: list[Any] = [self.evaluate(b, at.frame).content for b in at.definition.bases]
            following = next((b for b in bases if isinstance(b, ClassValue | External)), None)
            if following is None:
                break
            found.append(following)
        return found

    def get_index(self, e: p.Index, frame: Frame) -> Node:
        """An element of a list or mapping."""
        return self._index(self.evaluate(e.of, frame), self.evaluate(e.key, frame), e.at)

    def _index(self, of: Node, key: Node, at: Location) -> Node:
        content: Any = of.content
        if isinstance(key.content, str):
            return self.member(of, key.content, at)
        if isinstance(content, tuple) and isinstance(key.content, int):
            return content[key.content] if -len(content) <= key.content < len(content) else Node(None, at)
        return unknown("an element that is not known", at, present=False)

    def call_expression(self, e: p.Call, frame: Frame) -> Node:
        """A call."""
        arguments = self._arguments(e, frame)
        if isinstance(e.function, p.Name) and e.function.id == "super":
            # Python's super() is the object itself, seen as its base.
            return self._this(frame) if frame.language == "python" else self._super(arguments, frame, e.at)
        if isinstance(e.function, p.Member) and e.function.name == "__init__":
            return self._super(arguments, frame, e.at)
        function = self.evaluate(e.function, frame)
        content: Any = function.content
        changed = self._changed(e, content, arguments, frame) if isinstance(content, Bound) else None
        return changed if changed is not None else self.call(content, arguments, e.at)

    def _changed(self, e: p.Call, bound: Bound, arguments: tuple[Node, ...], frame: Frame) -> Node | None:
        """Methods that change a list or a mapping in place."""
        content: Any = bound.of.content
        if not isinstance(e.function, p.Member):
            return None
        if isinstance(content, tuple) and bound.name in ("push", "append", "add", "extend", "unshift"):
            added = tuple(x for a in arguments for x in (a.items() if bound.name == "extend" else (a,)))
            self.assign(e.function.of, node((*content, *added), bound.of.location), frame)
            return Node(None, e.at)
        if isinstance(content, Mapping) and bound.name in ("update", "put", "set"):
            pair = {str(arguments[0].content): arguments[1]} if len(arguments) == 2 else {}
            new = members_of(arguments[0]) if len(arguments) == 1 else pair
            self.assign(e.function.of, node(_with(content, new), bound.of.location), frame)
            return Node(None, e.at)
        return None

    def _arguments(self, e: p.Call, frame: Frame) -> tuple[Node, ...]:
        found: list[Node] = []
        for argument in e.arguments:
            if isinstance(argument, p.Spread):
                found.extend(self.evaluate(argument.value, frame).items())
            else:
                found.append(self.evaluate(argument, frame))
        if e.keywords:
            members: dict[str, Node] = {}
            opened = None
            for key, value in e.keywords:
                made = self.evaluate(value, frame)
                if key is not None:
                    members[key] = made
                elif isinstance(made.content, Mapping):
                    members.update(made.content)
                else:
                    opened = made
            reason = opened.unknown.reason if opened is not None and opened.unknown else "arguments that are not known"
            found.append(Keywords(Open(members, reason, e.at) if opened is not None else members, e.at))
        return tuple(found)

    def call(self, called: Any, arguments: tuple[Node, ...], at: Location) -> Node:
        """Call any value."""
        if isinstance(called, Closure):
            return self._enter(called, arguments, at)
        if isinstance(called, ClassValue):
            return self.instantiate(called, arguments, at)
        if isinstance(called, External | Made) or (
            isinstance(called, Bound) and isinstance(called.of.content, External | Made | Construct)
        ):
            return self.host.call(self, called, arguments, at)
        if isinstance(called, Bound):
            return apply(self, called, arguments, at)
        for argument in arguments:
            content: Any = argument.content
            if isinstance(content, Closure):
                lost = tuple(unknown("an argument that is not known", at) for _ in content.function.parameters)
                self._maybe(lambda c=content, a=lost: self._enter(c, a, at))  # type: ignore[misc]
        reason = called.reason if isinstance(called, Unknown) else "the result of a call"
        return unknown(reason, at)

    def _maybe(self, run: Callable[[], object]) -> None:
        written, _ = self._branch(lambda: bool(run()) and False)
        self._merge([written, {}])

    def _enter(self, closure: Closure, arguments: tuple[Node, ...], at: Location) -> Node:
        key = id(closure.function)
        if self._calls >= MAX_CALLS or self._active.get(key, 0) >= MAX_SELF_CALLS:
            return unknown("calls that nest too deeply", at)
        frame = Frame(closure.frame.module, closure.frame.language, {}, closure.frame, closure.this)
        self._bind(closure.function, arguments, frame, at)
        self._calls += 1
        self._active[key] = self._active.get(key, 0) + 1
        try:
            ended = self.run(closure.function.body, frame)
        finally:
            self._calls -= 1
            self._active[key] -= 1
        results = frame.returns if ended or not frame.returns else [*frame.returns, Node(None, at)]
        if not results:
            return Node(None, at)
        value = results[0]
        for other in results[1:]:
            value = join(value, other, _BRANCH)
        return value

    def _bind(self, function: p.Function, arguments: tuple[Node, ...], frame: Frame, at: Location) -> None:
        keywords = arguments[-1] if arguments and isinstance(arguments[-1], Keywords) else None
        positional = arguments[:-1] if keywords is not None else arguments
        for i, parameter in enumerate(function.parameters):
            named = names_of(parameter.target)
            if parameter.rest:
                rest = keywords if keywords is not None and i >= len(positional) else node(positional[i:], at)
                value = Node(rest.content, at)
            elif keywords is not None and named and named[0] in members_of(keywords):
                value = members_of(keywords)[named[0]]
            else:
                value = positional[i] if i < len(positional) else Node(None, at)
            if parameter.default is not None and (value.content is None or _absent(value)):
                value = self.evaluate(parameter.default, frame)
            self.assign(parameter.target, value, frame, declares=True)

    def instantiate(self, cls: ClassValue, arguments: tuple[Node, ...], at: Location) -> Node:
        """Make an object of a class of the repository."""
        self.instantiated.add(id(cls.definition))
        instance = Instance(cls, "")
        this = node(instance, at)
        self.construct(cls, this, arguments, at)
        return this

    def construct(self, cls: ClassValue, this: Node, arguments: tuple[Node, ...], at: Location) -> None:
        """Run the constructor of a class for an object, after that of its base when it has none of its own."""
        for names in ("constructor", "__init__", cls.definition.name):
            made = cls.definition.methods.get(names)
            if made is not None:
                self._fields(cls, this)
                self._enter(
                    Closure(made, Frame(cls.frame.module, cls.frame.language, {}, cls.frame, this), this), arguments, at
                )
                content: Any = this.content
                if content.construct is None:
                    self._base(cls, this, arguments, at)
                return
        self._base(cls, this, arguments, at)
        self._fields(cls, this)

    def _fields(self, cls: ClassValue, this: Node) -> None:
        instance: Any = this.content
        frame = Frame(cls.frame.module, cls.frame.language, {}, cls.frame, this)
        for name, value in cls.definition.fields:
            instance.members[name] = self.evaluate(value, frame)

    def _super(self, arguments: tuple[Node, ...], frame: Frame, at: Location) -> Node:
        this = self._this(frame)
        owner = self._owner(frame)
        if owner is not None:
            self._base(owner, this, arguments, at)
        return Node(None, at)

    def _owner(self, frame: Frame) -> ClassValue | None:
        """The class whose constructor runs in ``frame``."""
        this: Any = self._this(frame).content
        for cls in self.lineage(this.cls) if isinstance(this, Instance) else ():
            if isinstance(cls, ClassValue) and _within(frame, cls):
                return cls
        return None

    def _base(self, cls: ClassValue, this: Node, arguments: tuple[Node, ...], at: Location) -> None:
        line = self.lineage(cls)
        instance: Any = this.content
        if len(line) < 2 or instance.construct is not None:
            return
        base = line[1]
        if isinstance(base, ClassValue):
            self.construct(base, this, arguments, at)
        else:
            self.host.begin(self, instance, arguments, at)

    def entries(self, e: p.Entries, frame: Frame) -> Node:
        """An object."""
        members: dict[str, Node] = {}
        opened: str | None = None
        for key, value in e.entries:
            made = self.evaluate(value, frame)
            if key is not None:
                name = self.evaluate(key, frame).content
                if isinstance(name, str | int | float):
                    members[str(name)] = Node(made.content, made.location if _multiline(made, e) else key.at)
                else:
                    opened = "a key that is not known"
            elif isinstance(made.content, Mapping):
                members.update(made.content)
                opened = made.content.reason if isinstance(made.content, Open) else opened
            elif made.content is not None and made.content is not False:
                opened = made.unknown.reason if made.unknown else "members that are not known"
                members = {k: join(v, unknown(opened, e.at), opened) for k, v in members.items()}
        return node(Open(members, opened, e.at) if opened is not None else members, e.at)

    def listed(self, e: p.Items, frame: Frame) -> Node:
        """A list."""
        found: list[Node] = []
        for item in e.items:
            if isinstance(item, p.Spread):
                found.extend(self.evaluate(item.value, frame).items())
            else:
                found.append(self.evaluate(item, frame))
        return node(tuple(found), e.at)

    def choice(self, e: p.Choice, frame: Frame) -> Node:
        """One of two values."""
        decided = truth(self.evaluate(e.test, frame))
        if decided is not None:
            return self.evaluate(e.yes if decided else e.no, frame)
        self.optional += 1
        yes, no = self.evaluate(e.yes, frame), self.evaluate(e.no, frame)
        self.optional -= 1
        return join(yes, no, _BRANCH)

    def operation(self, e: p.Operation, frame: Frame) -> Node:
        """An operator; the right side of a logical one is evaluated only where it may count."""
        left = self.evaluate(e.left, frame) if e.left is not None else None
        if left is not None and e.operator in ("??", "||", "&&", "or", "and"):
            return self._logical(e, left, frame)
        return operate(e.operator, left, self.evaluate(e.right, frame), e.at)

    def _logical(self, e: p.Operation, left: Node, frame: Frame) -> Node:
        if e.operator == "??":
            use_right = left.content is None or _absent(left)
            return self.evaluate(e.right, frame) if use_right else left
        decided = truth(left)
        if e.operator in ("||", "or"):
            if decided is None and _absent(left) and not _boolean(e.right):
                return self.evaluate(e.right, frame)
            if decided is not None:
                return left if decided else self.evaluate(e.right, frame)
            right = self.evaluate(e.right, frame)
            return (
                right if right.content is True else join(left, right, left.unknown.reason if left.unknown else _BRANCH)
            )
        if decided is not None:
            return self.evaluate(e.right, frame) if decided else left
        self.optional += 1
        right = self.evaluate(e.right, frame)
        self.optional -= 1
        if truth(right) is False:
            return right
        reason = left.unknown.reason if left.unknown else _BRANCH
        if isinstance(right.content, Mapping):
            return join(right, node({}, e.at), reason)
        return unknown(reason, e.at)

    def comprehension(self, e: p.Comprehension, frame: Frame) -> Node:
        """A list or mapping made of the elements of another."""
        source = self.evaluate(e.source, frame)
        content: Any = source.content
        elements = _elements(content, True, source.location)
        inner = Frame(frame.module, frame.language, {}, frame)
        if elements is None or len(elements) > MAX_LOOP or e.filtered:
            self.assign(e.pattern, unknown("an element that is not known", e.at, True), inner, declares=True)
            self.evaluate(e.result, inner)
            return unknown("a list that is made of what is not known", e.at, present=True)
        made: list[tuple[Any, Node]] = []
        for element in elements:
            self.assign(e.pattern, element, inner, declares=True)
            made.append((self.evaluate(e.key, inner).content if e.key else None, self.evaluate(e.result, inner)))
        if e.key is None:
            return node(tuple(value for _, value in made), e.at)
        return node({str(key): value for key, value in made if isinstance(key, str)}, e.at)

    def function(self, e: p.Function, frame: Frame) -> Node:
        """A function as a value."""
        return node(Closure(e, frame), e.at)

    def opaque(self, e: p.Opaque, frame: Frame) -> Node:
        """What is not read."""
        for part in e.parts:
            self.evaluate(part, frame)
        return unknown(e.reason, e.at)


class Keywords(Node):
    """The keyword arguments of a Python call, as its last argument."""


_EVALUATE: Mapping[type, Callable[[Evaluator, Any, Frame], Node]] = {
    p.Literal: Evaluator.literal,
    p.Template: Evaluator.template,
    p.Name: Evaluator.name,
    p.Member: Evaluator.get_member,
    p.Index: Evaluator.get_index,
    p.Call: Evaluator.call_expression,
    p.Entries: Evaluator.entries,
    p.Items: Evaluator.listed,
    p.Choice: Evaluator.choice,
    p.Operation: Evaluator.operation,
    p.Comprehension: Evaluator.comprehension,
    p.Function: Evaluator.function,
    p.Spread: lambda s, e, f: s.evaluate(e.value, f),
    p.Opaque: Evaluator.opaque,
}


def _absent(value: Node) -> bool:
    """Unknown, and not known to exist: a default written beside it counts."""
    return isinstance(value.content, Unknown) and not value.content.present


def _boolean(e: p.Expression) -> bool:
    comparison = isinstance(e, p.Operation) and e.operator in (
        "===",
        "==",
        "!==",
        "!=",
        ">",
        "<",
        ">=",
        "<=",
        "!",
        "&&",
    )
    return comparison or (isinstance(e, p.Operation) and e.operator == "||" and _boolean(e.right))


def _is_method(name: str) -> bool:
    return name in ("get", "items", "keys", "values", "update", "put", "containsKey", "set", "has", "entries")


def _with(of: Mapping[str, Node], new: Mapping[str, Node]) -> Mapping[str, Node]:
    return _like(of, {**of, **new})


def _like(of: Any, members: dict[str, Node]) -> Mapping[str, Node]:
    return Open(members, of.reason, of.at) if isinstance(of, Open) else members


def _multiline(made: Node, e: p.Entries) -> bool:
    return made.location.where == e.at.where and isinstance(made.content, Mapping | tuple)


def _elements(content: Any, keys: bool, at: Location) -> tuple[Node, ...] | None:
    if isinstance(content, tuple):
        return content
    if isinstance(content, Mapping) and not isinstance(content, Open) and keys:
        return tuple(Node(key, at) for key in content)
    return () if content is None else None


def _members(cls: ClassValue) -> tuple[str, ...]:
    return (*cls.definition.members, *(name for name, _ in cls.definition.fields))


def _within(frame: Frame, cls: ClassValue) -> bool:
    """Whether a frame runs code that is written in the class: its constructor's frame lies below the class's."""
    at: Frame | None = frame
    while at is not None and at.parent is not cls.frame:
        at = at.parent
    return at is not None
