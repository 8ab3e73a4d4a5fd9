"""How calls hand values on: functions of the repository by what they return, outside functions by what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prodworks_cli.sources.calls.flows import OUTSIDE, ask
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.python.flow_types import BODIES, Leaf, Place
from prodworks_cli.sources.python.places import MAX_FRAMES, RUNNERS, Frame, Site
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.syntax import Arguments
from prodworks_cli.sources.python.trace import Tracer

# Functions and constructors whose result is their argument in another form.
CARRIES = words(
    """
    str repr list tuple set dict sorted reversed next iter zip enumerate map filter dumps loads json dump bytes
    bytearray deepcopy copy cast format join sub findall search match fullmatch split finditer dedent indent fill
    wrap safe_load safe_dump HumanMessage AIMessage SystemMessage ToolMessage ChatMessage Document from_messages
    from_template StringIO BytesIO Response StreamingResponse JSONResponse ensure_str literal_eval chain gather
    wait_for run as_completed result to_thread quote_plus html2text fromkeys pformat min max BaseMessage Message
    ContentBlock removeprefix removesuffix tee islice starmap accumulate model_validate parse_obj from_dict text
    TextBlock parse_json_markdown parse_raw parse model_validate_json
    """
)
# Methods whose result is the object, or a part of it, in another form.
KEEPS = words(
    """
    strip lstrip rstrip lower upper title capitalize replace decode encode read readlines readline splitlines split
    partition rpartition format items values copy model_dump dict json text model_dump_json to_dict as_dict getvalue
    iter_lines iter_content content expandtabs zfill translate casefold group groups to_string tolist pop popleft
    get setdefault __getitem__ head tail result sub aread receive_text receive_json get_json form iter_chunks
    removeprefix removesuffix swapcase center ljust rjust isoformat pretty_repr get_text getlist to_json stream
    """
)
MASKS = re.compile(r"mask|redact|anonymi|scrub|hash|digest|obfuscat|sha\d|md5|censor|fingerprint", re.IGNORECASE)
SANITISES = re.compile(r"escape|saniti|bleach|nh3|^clean$|clean_html|quote$|purify", re.IGNORECASE)


# Functions whose result tells about a text, and is none.
MEASURES = re.compile(
    r"^(?:len|int|float|bool|abs|round|sum|hash|id|type|isinstance|hasattr|callable|range|count|index|find|startswith"
    r"|endswith|is\w+|uuid\d|time|now|today|strftime|utcnow|exists|environ|getenv|estimate\w*|num_tokens\w*|count_\w+"
    r"|get_logger|getLogger|client|resource|Session|keys|open|sleep|add|append|remove)$"
)


class Carriers:
    """Steps from a call to the arguments and returned expressions that its value is made of."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def of(self, place: Place) -> Iterator[Place | Leaf]:
        """The expressions that the value of a call comes from; a leaf for a function of which that is not known."""
        site = place.site
        callee = site.node.child_by_field_name("function")
        name, arguments = last_name(site.module, callee), site.module.arguments(site.node)
        if MASKS.search(name):
            return
        if name in RUNNERS and len(arguments.positional) > RUNNERS[name]:
            callee, arguments = arguments.positional[RUNNERS[name]], arguments.after(RUNNERS[name] + 1)
        function = self._tracer.callee(site, callee)
        if function is not None and function.node.type == "function_definition":
            yield from self._entered(place, function, arguments)
            return
        cls = self._tracer.classes.class_of(site)
        if cls is not None and cls.node.type == "class_definition":
            yield from self._made(place, arguments)
        else:
            yield from self._outside(place, name, arguments)

    def _entered(self, place: Place, function: Site, arguments: Arguments) -> Iterator[Place]:
        frames = place.site.frames
        if len(frames) >= MAX_FRAMES or any(f.function == function.node.id for f in frames):
            return
        entered = Site(function.module, function.node, (Frame(place.site, arguments, function.node.id), *frames))
        for node in function.module.results(function.node):
            yield Place(entered.to(node.named_children[0]), place.path, place.certain)

    def _made(self, place: Place, arguments: Arguments) -> Iterator[Place]:
        """An instance of a class of the repository: the argument of the member that is asked for, else all."""
        wanted = place.path[0] if place.path else "*"
        if wanted in arguments.keywords:
            yield place.to(arguments.keywords[wanted], place.path[1:])
        elif wanted == "*":
            yield from (place.to(n) for n in (*arguments.keywords.values(), *arguments.positional))

    def _outside(self, place: Place, name: str, arguments: Arguments) -> Iterator[Place | Leaf]:
        callee = place.site.node.child_by_field_name("function")
        target = callee.child_by_field_name("object") if callee is not None and callee.type == "attribute" else None
        if SANITISES.search(name) and name not in ("unescape",):
            return
        given = (*arguments.positional, *arguments.keywords.values(), *arguments.splats)
        if name in ("get", "pop", "setdefault") and target is not None and arguments.positional:
            yield from self._member(place, arguments)
        elif name == "dict":
            yield from self._dict(place, arguments)
        elif target is not None and name in KEEPS:
            yield place.to(target, ask(name, place.path) if name in BODIES else place.path)
            yield from (place.to(n) for n in given if name in ("format", "replace", "sub"))
        elif name in CARRIES:
            yield from (place.to(n) for n in given)
            if target is not None and name in ("join", "format"):
                yield place.to(target)
        elif not MEASURES.search(name):
            yield from (Leaf(OUTSIDE, place.site, (), name) for _ in given[:1])

    def _member(self, place: Place, arguments: Arguments) -> Iterator[Place]:
        key = arguments.positional[0]
        text = place.site.module.text(key)
        name = text.strip("\"'") if key.type == "string" else "*"
        callee = place.site.node.child_by_field_name("function")
        target = callee.child_by_field_name("object") if callee is not None else None
        if target is not None:
            yield place.to(target, ask(name, place.path))
        yield from (place.to(default) for default in arguments.positional[1:2])

    def _dict(self, place: Place, arguments: Arguments) -> Iterator[Place]:
        wanted = place.path[0] if place.path else "*"
        if wanted in arguments.keywords:
            yield place.to(arguments.keywords[wanted], place.path[1:])
            return
        yield from (place.to(n) for n in (*arguments.positional, *arguments.splats))
        if wanted == "*":
            yield from (place.to(n, place.path[1:]) for n in arguments.keywords.values())
