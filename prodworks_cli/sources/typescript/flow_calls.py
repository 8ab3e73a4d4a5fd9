"""How calls hand values on: functions of the repository by what they return, outside functions by what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from prodworks_cli.sources.calls.flows import OUTSIDE, Path, ask
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.typescript.flow_types import BODIES, Leaf, Place, element, only
from prodworks_cli.sources.typescript.kinds import CLASSES, FUNCTIONS
from prodworks_cli.sources.typescript.places import MAX_FRAMES, Frame, Site
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name, string_of
from prodworks_cli.sources.typescript.trace import WRAPPERS, Tracer

# Functions and constructors whose result is their argument in another form.
CARRIES = words(
    """
    String stringify parse from assign entries values fromEntries all allSettled resolve decode encode structuredClone
    HumanMessage AIMessage SystemMessage ToolMessage ChatMessage Document fromMessages fromTemplate Response TextBlock
    convertToCoreMessages convertToModelMessages convertToLangChainMessages safeParse parseAsync validate cast Blob
    TextDecoder Uint8Array Set Map Array Promise URLSearchParams freeze dedent outdent createDataStreamResponse
    HumanMessagePromptTemplate race isArray atob btoa fromAsync
    """
)
# Methods whose result is the object, or a part of it, in another form.
KEEPS = words(
    """
    trim trimStart trimEnd toString toLowerCase toUpperCase slice substring substr replace replaceAll split join concat
    at pop shift filter flat sort reverse normalize match matchAll padStart padEnd values entries find findLast
    transformToString transformToByteArray toArray splice repeat toWellFormed charAt toJSON getReader read pipeThrough
    toDataStreamResponse toTextStreamResponse toUIMessageStreamResponse get getAll valueOf arrayBuffer clone tee
    iterator format formatMessages invoke with toReversed toSorted finalMessage on
    """
)
_RESULT_OF = ("map", "flatMap", "then", "reduce")
MASKS = re.compile(
    r"mask|redact|anonymi|scrub|hash|digest|obfuscat|sha\d|md5|censor|fingerprint|pseudonym", re.IGNORECASE
)
SANITISES = re.compile(r"escape|saniti|purify|encodeURI|xss|^clean|stripTags|stripHtml", re.IGNORECASE)
# Functions whose result tells about a text, and is none.
MEASURES = re.compile(
    r"^(?:Number|parseInt|parseFloat|Boolean|Symbol|length|includes|indexOf|startsWith|endsWith|test|has|some|every"
    r"|is\w+|count\w*|estimate\w*|Date|now|randomUUID|uuid\w*|nanoid|keys|push|add|set|log|max|min|floor|round|send"
    r"|require|import|createHash|existsSync|setTimeout|findIndex|localeCompare|URL|Error)$"
)
_NESTED = FUNCTIONS | CLASSES


class Carriers:
    """Steps from a call to the arguments and returned expressions that its value is made of."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def of(self, place: Place) -> Iterator[Place | Leaf]:
        """The expressions that the value of a call comes from; a leaf for a function of which that is not known."""
        site = place.site
        name = last_name(site.module, callee_of(site.node))
        if MASKS.search(name) or SANITISES.search(name):
            return
        if site.node.type == "new_expression":
            cls = self._tracer.members.class_of(site)
            if cls is not None:
                yield from self._member(place, cls)
                return
        else:
            functions = self._tracer.callees(site)
            if functions:
                yield from (p for f in functions for p in self._entered(place, f))
                return
        yield from self._outside(place, name)

    def _member(self, place: Place, cls: Site) -> Iterator[Place]:
        """The member that is asked for of an instance of a class of the repository."""
        if place.path:
            found = (o for o in self._tracer.members.declared(cls, place.path[0]) if isinstance(o, Site))
            yield from (Place(o, place.path[1:]) for o in found if o.node.type not in _NESTED)

    def _entered(self, place: Place, function: Site) -> Iterator[Place]:
        frames, site = place.site.frames, place.site
        if len(frames) >= MAX_FRAMES or any(f.function == function.node.id for f in frames):
            return
        frame = Frame(site, site.module.arguments(site.node), function.node.id)
        yield from _results(Site(function.module, function.node, (frame, *frames)), place)

    def _outside(self, place: Place, name: str) -> Iterator[Place | Leaf]:
        site = place.site
        callee, given = callee_of(site.node), site.module.arguments(site.node)
        target = (
            callee.child_by_field_name("object") if callee is not None and callee.type == "member_expression" else None
        )
        if name in WRAPPERS:
            yield from (place.to(n) for n in given[:1])
        elif target is not None and name in _RESULT_OF and given and given[0].type in FUNCTIONS:
            path = place.path if name in ("then", "reduce") else element(place.path)
            yield from _results(site.to(given[0]), Place(site, path))
            if name == "reduce":
                yield place.to(target)
        elif target is not None and name in BODIES and not given:
            yield place.to(target, ask(name, place.path))
        elif name in CARRIES:
            yield from (place.to(n, _parsed(name, place)) for n in given)
        elif target is not None and name in KEEPS:
            yield place.to(target, _chosen(site.module, name, given, place.path))
            yield from (place.to(n) for n in given if name in ("replace", "replaceAll", "concat", "invoke", "format"))
        elif not MEASURES.search(name):
            yield from (Leaf(OUTSIDE, site, (), name) for _ in given[:1])


def _chosen(module: Module, name: str, given: tuple[Node, ...], path: Path) -> Path:
    """The path in what ``find`` and ``filter`` go through: only elements of the kind that they ask for."""
    body = given[0].child_by_field_name("body") if given and name in ("find", "findLast", "filter") else None
    sides = body.named_children if body is not None and body.type == "binary_expression" else []
    operator = module.text(body.child_by_field_name("operator")) if body is not None and sides else ""
    value = next((string_of(module, s) for s in sides if s.type == "string"), "")
    if not value or operator.rstrip("=") not in ("", "!") or last_name(module, sides[0]) not in ("role", "type"):
        return path
    kind = only(last_name(module, sides[0]), value, like=operator.startswith("="))
    return (path[0], kind, *path[1:]) if path and path[0].startswith(("*", "#")) else (kind, *path)


def _parsed(name: str, place: Place) -> tuple[str, ...]:
    """``safeParse(x).data`` and the values of a settled promise are what went in."""
    first = place.path[0] if place.path else ""
    if (name, first) in (("safeParse", "data"), ("allSettled", "value")):
        return place.path[1:]
    return element(place.path) if name in ("all", "race") and len(place.path) < 2 else place.path


def _results(function: Site, place: Place) -> Iterator[Place]:
    """What a function returns or yields."""
    body = function.node.child_by_field_name("body")
    if body is None:
        return
    if body.type != "statement_block":
        yield Place(function.to(body), place.path)
        return
    for node in function.module.left(body):
        path = element(place.path) if node.type == "yield_expression" else place.path
        yield Place(function.to(node.named_children[0]), path)
