"""What expressions of a CDK program evaluate to: nodes whose content may also be a construct, a class or a function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node, Reference
from prodworks_cli.sources.cdk import program as p

HOLE = "${...}"
BRANCH = "differs by a condition that is not known"
MAX_TEXT = 20_000


class Open(dict[str, Node]):
    """A mapping with members that are not known: what it does not name may be there."""

    def __init__(self, members: Mapping[str, Node], reason: str, at: Location) -> None:
        super().__init__(members)
        self.reason = reason
        self.at = at

    def get(self, key: str, default: Any = None) -> Any:
        """The member, unknown when it is not named."""
        return self[key] if key in self else Node(Unknown(self.reason), self.at)


@dataclass(frozen=True)
class External:
    """A name that a library brings: ``aws-s3.BucketEncryption.KMS``."""

    symbol: str


@dataclass(frozen=True)
class Made:
    """What a call of a library gives that is no construct: a policy statement, a metric, a duration.

    ``added`` are the calls of its methods that change it, by their names.
    """

    symbol: str
    arguments: tuple[Node, ...]
    of: Any = None
    added: list[tuple[str, tuple[Node, ...]]] = field(default_factory=list, compare=False, repr=False)

    @property
    def properties(self) -> Node:
        """The last argument that is a mapping."""
        found = [a for a in self.arguments if isinstance(a.content, dict)]
        return found[-1] if found else Node(None, Location(""))


def written(path: str) -> str:
    """The path of the construct that a person wrote: its one resource is called ``Resource`` or ``Default``."""
    parts = [part for part in path.split("/") if part]
    return "/".join(parts[:-1] if parts[-1:] in (["Resource"], ["Default"]) else parts)


@dataclass(frozen=True)
class Origin:
    """The file whose evaluation makes constructs; ``cls`` is the stack when it is evaluated on its own.

    ``app`` is then the app that knows the class and does not make it with the parameters that are committed.
    """

    path: str
    cls: str | None = None
    app: str | None = None


@dataclass(eq=False)
class Construct:
    """A construct of a library. ``type`` is the CloudFormation type, empty when no adapter needs its resource.

    ``resource`` is how the construct calls its resource where that has a name of its own, ``stack`` the path of the
    stack around it; ``env`` where that is deployed as far as it is given; ``certain`` says
    that the path below that is known, ``origin`` which app or, where no app is known, which class made it; ``around``
    are the undecided conditions under which it is made.
    """

    symbol: str
    path: str
    at: Location
    address: str
    given: Node
    type: str = ""
    members: dict[str, Node] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    conditional: bool = False
    around: tuple[int, ...] = ()
    version: bool = False
    certain: bool = True
    stack: str = ""
    resource: str = ""
    origin: Origin | None = None
    env: Node = field(default_factory=lambda: Node(None, Location("")))

    @property
    def below(self) -> str:
        """The path below the stack, of a level 1 construct without the name that level 2 constructs give theirs."""
        path = self.path.removeprefix(self.stack).lstrip("/")
        return written(path) if self.symbol.rpartition(".")[2].startswith("Cfn") else path

    @property
    def resources(self) -> tuple[str, ...]:
        """Where below the stack its resource may be, as an assembly has it."""
        return tuple(f"{self.below}/{name}" if name else self.below for name in self.resource.split("|"))


@dataclass(eq=False)
class Instance:
    """An object of a class of the repository; ``construct`` is what its library base class makes."""

    cls: ClassValue
    path: str
    members: dict[str, Node] = field(default_factory=dict)
    construct: Construct | None = None


@dataclass(eq=False)
class Frame:
    """Variables of a function call or module; ``owner`` is the class whose constructor runs below the frame.

    ``left`` says that a condition which is not known may have ended the call.
    """

    module: str
    language: str
    variables: dict[str, Node] = field(default_factory=dict)
    parent: Frame | None = None
    this: Node | None = None
    returns: list[Node] = field(default_factory=list)
    left: bool = False
    owner: ClassValue | None = None

    def holder(self, name: str) -> Frame | None:
        """The frame that has a variable of this name."""
        frame: Frame | None = self
        while frame is not None and name not in frame.variables:
            frame = frame.parent
        return frame


@dataclass(eq=False)
class ClassValue:
    """A class of the repository."""

    definition: p.Class
    frame: Frame


@dataclass(frozen=True, eq=False)
class Closure:
    """A function of the repository with where it was made; ``this`` when it is a method."""

    function: p.Function
    frame: Frame
    this: Node | None = None


@dataclass(frozen=True, eq=False)
class Bound:
    """A method of a value that the reader itself knows."""

    of: Node
    name: str


@dataclass(frozen=True)
class Namespace:
    """A module of the repository as a value."""

    path: str


class Keywords(Node):
    """The keyword arguments of a Python call, as its last argument."""


def node(content: Any, at: Location) -> Node:
    """A node of any content that the reader uses."""
    return Node(content, at)


def unknown(reason: str, at: Location, present: bool = False, shape: str | None = None) -> Node:
    """A node of a value that is not known."""
    return Node(Unknown(reason, present, shape), at)


def known(value: Node) -> Any:
    """The content when it is a scalar or nothing; raises ``LookupError`` for all else."""
    if value.content is None or isinstance(value.content, str | int | float | bool):
        return value.content
    raise LookupError


def is_imported(construct: Construct) -> bool:
    """Whether a construct stands for something that another stack or person made: ``Vpc.fromLookup``."""
    return ".from" in construct.symbol


def is_class(symbol: str) -> bool:
    """Whether a symbol names a class or one of its factories: calling it makes an object."""
    return any(part[:1].isupper() for part in symbol.split(".")[1:])


def truth(value: Node) -> bool | None:
    """Whether a value counts as true; ``None`` when that is not known."""
    content: Any = value.content
    if isinstance(content, Unknown | Bound):
        return None
    if isinstance(content, Made):
        return True if is_class(content.symbol) else None
    if isinstance(content, Reference | External | dict | tuple):
        return True
    return bool(content)


def join(first: Node, second: Node, reason: str) -> Node:
    """One of two values: what both agree on is kept."""
    a: Any = first.content
    b: Any = second.content
    if a is b or (_plain(a) and _plain(b) and a == b and isinstance(a, bool) == isinstance(b, bool)):
        return first
    if isinstance(a, Construct | Instance) and b is None:
        return first
    if isinstance(b, Construct | Instance) and a is None:
        return second
    if isinstance(a, Construct) and isinstance(b, Construct) and is_imported(a) != is_imported(b):
        return second if is_imported(a) else first
    if isinstance(a, dict) and isinstance(b, dict):
        absent = Node(None, first.location)
        keys = dict.fromkeys((*a, *b))
        members = {k: join(a.get(k) or absent, b.get(k) or absent, reason) for k in keys}
        opened = next((m for m in (a, b) if isinstance(m, Open)), None)
        return node(Open(members, opened.reason, opened.at) if opened else members, first.location)
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return node(tuple(join(x, y, reason) for x, y in zip(a, b, strict=True)), first.location)
    present = _present(a) and _present(b)
    return unknown(reason, first.location, present)


def _plain(content: Any) -> bool:
    return content is None or isinstance(content, str | int | float | bool | External | Reference | Unknown)


def _present(content: Any) -> bool:
    return content.present if isinstance(content, Unknown) else content is not None


def concatenated(parts: list[str | Node], at: Location) -> Node:
    """A text of parts; unresolved ones become placeholders."""
    pieces: list[str] = []
    lost: Unknown | None = None
    for part in parts:
        content: Any = part if isinstance(part, str) else part.content
        if isinstance(content, bool):
            pieces.append("true" if content else "false")
        elif isinstance(content, str | int | float):
            pieces.append(str(content))
        else:
            why = content if isinstance(content, Unknown) else Unknown("known after deployment", present=True)
            lost = lost or why
            pieces.append(why.shape or HOLE)
    text = "".join(pieces)[:MAX_TEXT]
    if lost is None:
        return Node(text, at)
    if len(parts) == 1 and not isinstance(parts[0], str):
        return parts[0]
    return unknown(lost.reason, at, present=True, shape=text)


def members_of(value: Node) -> Mapping[str, Node]:
    """The members of a mapping; none for anything else."""
    return value.content if isinstance(value.content, dict) else {}


def absent(value: Node) -> bool:
    """Unknown, and not known to exist: a default written beside it counts."""
    return isinstance(value.content, Unknown) and not value.content.present


def updated(of: Mapping[str, Node], new: Mapping[str, Node]) -> Mapping[str, Node]:
    """A mapping with new members; one that may have others still may."""
    return like(of, {**of, **new})


def like(of: Any, members: dict[str, Node]) -> Mapping[str, Node]:
    """Members as a mapping that may have others where ``of`` may."""
    return Open(members, of.reason, of.at) if isinstance(of, Open) else members
