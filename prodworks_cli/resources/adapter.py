"""What adapters look like and the small tools they share.

An adapter turns one declared block, or the account's answers about one resource, into a :class:`Draft`. It never
raises on odd input: what cannot be read becomes ``Unknown``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference, node_of
from prodworks_cli.schema import Draft, Drafted


@dataclass(frozen=True)
class Record:
    """What the account answered about one resource.

    ``answers`` maps ``service:Operation`` (the boto3 client's name and the API's operation, such as
    ``bedrock-agent:GetAgent``) to the response under its own keys. An operation that failed is an ``Unknown`` node,
    one that says "not configured" an absent one, one that was not called is not there. Pages are joined into one
    response; an operation that is called several times for one resource has a list of responses. A response that
    lists many resources is narrowed to this one. ``read_at`` is the ISO 8601 time of the reading: what ages count from.
    """

    kind: str
    identity: str
    account: str
    region: str
    answers: Node
    read_at: str = ""

    def answer(self, operation: str) -> Node:
        """The response of ``operation``; unknown when the collector did not call it."""
        if isinstance(self.answers.content, Mapping) and operation not in self.answers.content:
            return Node(Unknown(f"{operation} was not called"), self.answers.location)
        return self.answers[operation]


Declared = Callable[[Block, Declarations], Draft | None]
"""Describes a block; ``None`` for one that is none of the kind (an OPTIONS method, a credential of another service)."""
Parts = Callable[[Block, Declarations], Iterable[Draft]]
"""Describes what a block declares besides the resource of its type: what is written inside it, or another side."""
Observed = Callable[[Record], Draft]
Spelling = Callable[[str], str]

_OPEN = "${...}"
ACCOUNT_ONLY = Unknown("only the account shows it")


def snake(name: str) -> str:
    """The spelling of Terraform arguments, in which adapters write names: ``input_strength``."""
    return name


def awscc(name: str) -> str:
    """The spelling of the ``awscc`` provider: the names of CloudFormation (lists in the plural) in snake case."""
    return name


def pascal(name: str) -> str:
    """The spelling of CloudFormation properties: ``InputStrength``."""
    return "".join(part.capitalize() for part in name.split("_"))


def camel(name: str) -> str:
    """The spelling of most Bedrock response members: ``inputStrength``."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def declared(cls: type[Kind], block: Block, names: Iterable[Node] = (), /, **attributes: Drafted) -> Draft:
    """A resource that a block declares; ``names`` are the nodes of its names, ids and ARNs, literal or not.

    A resource without a ``name`` of its own gets one at deployment.
    """
    name = attributes.get("name")
    if isinstance(name, Node) and not name.present:
        attributes["name"] = later(block, "name")
    return Draft(cls, block.body.location, attributes, block.address, literals(names))


def observed(cls: type[Kind], record: Record, names: Iterable[Node] = (), /, **attributes: Drafted) -> Draft:
    """A resource that the account shows."""
    return Draft(cls, record.answers.location, attributes, record.identity, literals(names))


def literals(nodes: Iterable[Node]) -> tuple[str, ...]:
    """The known texts among ``nodes``, each once and in order."""
    return tuple(dict.fromkeys(text for node in nodes if (text := node.text())))


_TEMPLATES = (".yaml", ".yml", ".json", ".template", ".tf", ".tofu")


def written_in_code(block: Block) -> bool:
    """Whether a construct of the CDK makes the block, and not a template: what it leaves out may come from code."""
    return not block.body.location.where.lower().endswith(_TEMPLATES)


def later(block: Block, attribute: str) -> Unknown:
    """A value that exists only once the block is deployed (an id, an ARN, a version)."""
    return Reference(block.address, attribute).unresolved()


def each(node: Node, describe: Callable[[Node], Drafted]) -> Drafted:
    """A list attribute: each mapping of ``node`` described, the unresolved kept as ``Unknown``; absent is empty."""
    if node.unknown:
        return node.unknown
    return tuple(_element(element, describe) for element in node.items())


def _element(element: Node, describe: Callable[[Node], Drafted]) -> Drafted:
    if element.unknown:
        return element.unknown
    if isinstance(element.content, Mapping):
        return describe(element)
    return Unknown("expected a mapping", present=True)


def has(node: Node) -> bool | Unknown:
    """Whether something is configured: true also for a value that exists but cannot be read."""
    if node.unknown:
        return True if node.unknown.present else node.unknown
    return node.present and node.content not in ("", ())


def some(flags: Iterable[bool | Unknown | None]) -> bool | Unknown:
    """Kleene "or": true decides, else the first unknown, else false. ``None`` counts as false."""
    seen = tuple(flags)
    return True if True in seen else next((f for f in seen if isinstance(f, Unknown)), False)


def every(flags: Iterable[bool | Unknown | None]) -> bool | Unknown:
    """Kleene "and": false decides, else the first unknown, else true. ``None`` counts as false."""
    seen = tuple(flags)
    if any(f is False or f is None for f in seen):
        return False
    return next((f for f in seen if isinstance(f, Unknown)), True)


def holds_some(values: tuple[str | Unknown, ...] | Unknown | None) -> bool | Unknown:
    """Whether a list holds an element, be it one that only deployment tells, such as the ARN of a declared topic."""
    if isinstance(values, Unknown):
        return values
    return some((v if isinstance(v, Unknown) and not v.present else True) for v in values or ())


def truth(node: Node) -> bool | Unknown:
    """A flag node as a truth value; absent is false."""
    return node.unknown or node.content is True or (node.text() or "").lower() == "true"


def otherwise(node: Node, default: Drafted) -> Drafted:
    """The node, or the service's default when the argument is left out."""
    return node if node.present else default


def parsed(node: Node) -> Node:
    """A node with JSON text replaced by the nodes it describes, all at the text's place; anything else as it is.

    Of a text with unresolved parts only the values that hold one are unknown.
    """
    open_text = node.content if isinstance(node.content, Unknown) and node.content.shape else None
    text = node.text() or (open_text.shape if open_text else None)
    if text is None:
        return node
    try:
        data = json.loads(text)
        return node_of(_opened(data, open_text) if open_text else data, node.location)
    except (ValueError, RecursionError):
        return Node(open_text or Unknown("not valid JSON", present=True), node.location)


def _opened(data: object, text: Unknown) -> object:
    """JSON data with each value that holds an unresolved part as unknown; a name with one could be any name."""
    if isinstance(data, dict):
        if any(_OPEN in key for key in data):
            return Unknown(text.reason, present=True)
        return {key: _opened(value, text) for key, value in data.items()}
    if isinstance(data, list):
        return [_opened(value, text) for value in data]
    if isinstance(data, str) and _OPEN in data:
        return Unknown(text.reason, present=data != _OPEN, shape=None if data == _OPEN else data)
    return data


def refers(node: Node, block: Block, *names: str) -> bool | Unknown:
    """Whether a value names the block: by reference, or by the literal value of one of its arguments ``names``."""
    if isinstance(node.content, Reference):
        return node.content.address == block.address
    if node.unknown:
        return node.unknown
    text = node.text()
    return text is not None and any(text == block.body[name].text() for name in names)


def pointing(
    declarations: Declarations, types: tuple[str, ...], key: str, block: Block, *names: str
) -> tuple[Block, ...]:
    """Blocks of ``types`` whose argument ``key`` certainly names ``block``; see :func:`refers`."""
    return tuple(b for b in declarations.of_type(*types) if refers(b.body[key], block, *names) is True)


def belonging(
    declarations: Declarations,
    owner: Block,
    types: Mapping[str, str],
    describe: Callable[[Block], Drafted],
    *names: str,
) -> tuple[Drafted, ...]:
    """The blocks that certainly belong to ``owner``, described, and one unknown for each that may.

    ``types`` maps the types of blocks to the argument that names their owner; for ``names`` see :func:`refers`.
    """
    named = [(b, b.body[key]) for type_, key in types.items() for b in declarations.of_type(type_)]
    blocks = [(b, refers(node, owner, *names)) for b, node in named]
    return tuple(describe(b) if belongs is True else belongs for b, belongs in blocks if belongs is not False)


def tag_keys(node: Node) -> Drafted:
    """The keys of tags in either shape: a mapping, or a list of ``Key``/``Value`` pairs."""
    if node.unknown:
        return node.unknown
    if isinstance(node.content, tuple):
        return tuple(pair.unknown or pair.first_of("Key", "key") for pair in node.content)
    return tuple(Node(key, value.location) for key, value in node.members())


def terraform_tags(body: Node) -> Drafted:
    """The keys of a Terraform block's tags. Where the provider is not declared, its ``default_tags`` may add others."""
    if body["tags_all"].present:
        return tag_keys(body["tags_all"])
    keys = tag_keys(body["tags"])
    return (*keys, Unknown("default_tags of the provider may add tags")) if isinstance(keys, tuple) else keys


def own(record: Record, operation: str, key: str) -> Node:
    """The one element of a listing that is about the record's resource."""
    listing = record.answer(operation)[key]
    if not isinstance(listing.content, tuple):
        return listing
    named = (e for e in listing.content if any(v.text() == record.identity for _, v in e.members()))
    first = next(iter(listing.content), Node(None, listing.location))
    return next(named, first)


def days_since(node: Node, read_at: str) -> Drafted:
    """Whole days from a time to the reading of the account; absent stays absent."""
    days = days_until(node, read_at)
    return -days if isinstance(days, int) else days


def days_until(node: Node, read_at: str) -> Drafted:
    """Whole days from the reading of the account to a time; absent stays absent."""
    if node.unknown or not node.present:
        return node.unknown
    then, now = _time(node.text() or ""), _time(read_at)
    if then is None or now is None:
        return Unknown("a time that cannot be read", present=True)
    return (then - now).days


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
