"""CloudFormation's intrinsic functions, one Python function each, in one table.

What each function does: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Content, Node, Reference
from prodworks_cli.sources.cloudformation.texts import as_text, concatenate

if TYPE_CHECKING:
    from prodworks_cli.sources.cloudformation.resolver import Resolver

Function = Callable[["Resolver", Node, Location], Content]

TRANSFORM = "Fn::Transform"
MAX_PARTS = 10_000

_VARIABLE = re.compile(r"\$\{(!?)([^{}$]*)\}")


def _ref(resolver: Resolver, argument: Node, place: Location) -> Content:
    return resolver.ref(argument.text() or "", place)


def _get_att(resolver: Resolver, argument: Node, place: Location) -> Content:
    parts = argument.items()
    if len(parts) == 1:
        name, _, attribute = (argument.text() or "").partition(".")
        return resolver.attribute(name, attribute)
    name = parts[0].text() or "" if parts else ""
    known = [as_text(resolver.resolve(part).content) for part in parts[1:]]
    if None in known:
        return Unknown(f"an attribute of {name}", present=True)
    return resolver.attribute(name, ".".join(text or "" for text in known))


def _sub(resolver: Resolver, argument: Node, place: Location) -> Content:
    parts = argument.items()
    text = parts[0].text() if parts else None
    if text is None:
        return Unknown("Fn::Sub without a text")
    variables = dict(parts[1].members()) if len(parts) > 1 else {}
    if text.count("${") > MAX_PARTS:
        return Unknown(f"Fn::Sub with more than {MAX_PARTS} variables", present=True)
    return concatenate(_pieces(resolver, text, variables, place))


def _pieces(resolver: Resolver, text: str, variables: Mapping[str, Node], place: Location) -> Iterator[Content]:
    end = 0
    for match in _VARIABLE.finditer(text):
        yield text[end : match.start()]
        end = match.end()
        name = match[2].strip()
        if match[1]:
            yield "${" + match[2] + "}"
        elif name in variables:
            yield resolver.resolve(variables[name], place).content
        elif "." in name:
            yield resolver.attribute(*name.split(".", 1))
        else:
            yield resolver.ref(name, place)
    yield text[end:]


def _join(resolver: Resolver, argument: Node, place: Location) -> Content:
    parts = argument.items()
    delimiter = as_text(parts[0].content) if len(parts) == 2 else None
    if delimiter is None:
        return Unknown("Fn::Join with a malformed argument")
    elements = resolver.resolve(parts[1], place)
    if elements.unknown:
        return _derived(elements.unknown)
    pieces: list[Content] = []
    for element in elements.items():
        pieces += [delimiter, element.content]
    return concatenate(pieces[1:])


def _select(resolver: Resolver, argument: Node, place: Location) -> Content:
    parts = argument.items()
    index = as_text(resolver.resolve(parts[0]).content) if len(parts) == 2 else None
    if index is None or not re.fullmatch(r"[0-9]{1,6}", index):
        return Unknown("Fn::Select with an index that is not known")
    elements = resolver.resolve(parts[1], place)
    if elements.unknown:
        return _derived(elements.unknown)
    items = elements.items()
    return items[int(index)].content if int(index) < len(items) else Unknown("Fn::Select past the end of its list")


def _split(resolver: Resolver, argument: Node, place: Location) -> Content:
    parts = argument.items()
    delimiter = as_text(parts[0].content) if len(parts) == 2 else None
    if not delimiter:
        return Unknown("Fn::Split with a malformed argument")
    source = resolver.resolve(parts[1], place)
    text = as_text(source.content)
    if text is None:
        return _derived(source.unknown or Unknown("Fn::Split of what is not a text"))
    if text.count(delimiter) > MAX_PARTS:
        return Unknown(f"Fn::Split into more than {MAX_PARTS} parts", present=True)
    return tuple(Node(part, place) for part in text.split(delimiter))


def _if(resolver: Resolver, argument: Node, place: Location) -> Content:
    parts = argument.items()
    name = parts[0].text() if len(parts) == 3 else None
    if name is None:
        return Unknown("Fn::If with a malformed argument")
    truth = resolver.condition(name)
    if not isinstance(truth, Unknown) and resolver.decided(name):
        return resolver.resolve(parts[1 if truth else 2]).content
    # A default of a parameter is not what every deployment has: both branches must say the same.
    yes, no = resolver.resolve(parts[1]), resolver.resolve(parts[2])
    if yes.plain() == no.plain():
        return yes.content
    return Unknown(f"depends on condition {name}", present=_surely_present(yes) and _surely_present(no))


def _surely_present(node: Node) -> bool:
    return node.present and (node.unknown is None or node.unknown.present)


def _find_in_map(resolver: Resolver, argument: Node, place: Location) -> Content:
    parts = argument.items()
    keys = [as_text(resolver.resolve(part).content) for part in parts[:3]]
    if len(keys) < 3 or None in keys:
        return Unknown("a mapping's key that is not known", present=len(keys) == 3)
    found = resolver.mappings.at(*(key or "" for key in keys))
    if not found.present and len(parts) > 3:
        return resolver.resolve(parts[3]["DefaultValue"], place).content
    return resolver.resolve(found, place).content if found.present else Unknown("a mapping without that key")


def _import_value(resolver: Resolver, argument: Node, place: Location) -> Content:
    name = resolver.resolve(argument, place)
    shown = as_text(name.content) or (name.unknown.shape if name.unknown else None) or "whose name is not known"
    return Unknown(f"import of export {shown}", present=True)


def _equals(resolver: Resolver, argument: Node, place: Location) -> Content:
    sides = [resolver.resolve(part, place) for part in argument.items()]
    if len(sides) != 2:
        return Unknown("Fn::Equals with a malformed argument")
    texts = [as_text(side.content) for side in sides]
    if None not in texts:
        return texts[0] == texts[1]
    unknown = next((side.unknown for side in sides if side.unknown), None)
    if unknown is None:
        return sides[0].plain() == sides[1].plain()
    same = isinstance(sides[0].content, Reference) and sides[0].content == sides[1].content
    return same or Unknown(unknown.reason)


def _and(resolver: Resolver, argument: Node, place: Location) -> Content:
    return _kleene([resolver.truth(part) for part in argument.items()], decisive=False)


def _or(resolver: Resolver, argument: Node, place: Location) -> Content:
    return _kleene([resolver.truth(part) for part in argument.items()], decisive=True)


def _kleene(truths: list[bool | Unknown], decisive: bool) -> Content:
    if decisive in truths:
        return decisive
    return next((truth for truth in truths if isinstance(truth, Unknown)), not decisive)


def _not(resolver: Resolver, argument: Node, place: Location) -> Content:
    truths = [resolver.truth(part) for part in argument.items()]
    if len(truths) != 1:
        return Unknown("Fn::Not with a malformed argument")
    return truths[0] if isinstance(truths[0], Unknown) else not truths[0]


def _length(resolver: Resolver, argument: Node, place: Location) -> Content:
    content = resolver.resolve(argument, place).content
    return len(content) if isinstance(content, tuple) else Unknown("the length of a list that is not known", True)


def _structure(resolver: Resolver, argument: Node, place: Location) -> Content:
    """The argument itself: rules look into the structure that the JSON text will hold."""
    return resolver.resolve(argument).content


def _after_deployment(name: str) -> Function:
    return lambda resolver, argument, place: Unknown(f"{name} is not evaluated", present=True)


def _transform(resolver: Resolver, argument: Node, place: Location) -> Content:
    return Unknown("Fn::Transform is not evaluated")


def _derived(unknown: Unknown) -> Unknown:
    """What is made of something unknown: no longer of its shape."""
    return Unknown(unknown.reason, present=unknown.present)


FUNCTIONS: Mapping[str, Function] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::ImportValue": _import_value,
    "Fn::Equals": _equals,
    "Fn::And": _and,
    "Fn::Or": _or,
    "Fn::Not": _not,
    "Fn::Length": _length,
    "Fn::ToJsonString": _structure,
    "Fn::Base64": _after_deployment("Fn::Base64"),
    "Fn::Cidr": _after_deployment("Fn::Cidr"),
    "Fn::GetAZs": _after_deployment("Fn::GetAZs"),
    TRANSFORM: _transform,
}
