"""Prompts kept in the repository: prompt files, constants in modules of prompts, and literals in code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import tree_sitter_python
from tree_sitter import Language, Node, Parser

from prodworks_cli.model import Gap, Location, Unknown
from prodworks_cli.resources.prompts import Prompt
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.owners import Owners
from prodworks_cli.sources.parts import suffix_of
from prodworks_cli.sources.prompts_in_code import TYPESCRIPT, written_prompts

SHORTEST = 80
"""Characters; a shorter literal is a label or a fragment."""
_FILE_SUFFIXES = (".txt", ".md", ".yaml", ".yml", ".jinja", ".jinja2", ".j2", ".prompt", ".xml", ".tmpl")
_SYSTEM_FILE = re.compile(r"system[_-]?prompt[^/]*\.(txt|md|j2|jinja2?|xml)$")
_NOT_PROMPTS = re.compile(r"^(readme|index|requirements|changelog)\b|^_")
_PROMPT_FOLDERS = frozenset(("prompts", "prompt", "prompt_templates", "prompt-templates", "system_prompts"))
_PROMPT_MODULE = re.compile(r"(^|_)prompts?(_templates?|_library|_builder)?\.py$")
_NAMED = re.compile(r"(?:^|_)(?:SYSTEM|PROMPTS?|INSTRUCTIONS?|SYSTEM_?MESSAGE)(?:_|$|\d)")
_TEMPLATE = re.compile(r"(?:^|_)TEMPLATE(?:_|$)")
_NOT_NAMED = re.compile(
    r"SUBSYSTEM|FILE_SYSTEM|OPERATING_SYSTEM|SYSTEM_(?:ID|NAME|PATH|URL|INFO)|DESCRIPTION|_(?:SQL|HTML|QUERY)$"
)
_KEYWORDS = frozenset(
    ("system", "system_prompt", "system_message", "instruction", "instructions", "system_instruction")
)
# A template is a prompt when it speaks to a model.
_SPEAKS_TO_MODEL = re.compile(
    r"\b(?:you are (?:an?|the)\b|your (?:task|role|job)\b|assistant\b|answer the|as an ai\b|respond (?:in|with|only))"
    r"|<(?:context|instructions?)>|\bHuman:",
    re.I,
)
_USES_MODEL = re.compile(
    rb"bedrock|anthropic|openai|langchain|llama_index|strands|litellm|crewai|invoke_model|converse|prompt", re.I
)
_HIDDEN = re.compile("[\u00ad\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff\U000e0000-\U000e007f]")
_LITERALS = ("string", "concatenated_string")


def read(files: Iterable[File], owners: Owners) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """Prompts in the production files of ``files``. Their text is measured and dropped."""
    drafts: list[Draft] = []
    for file in files:
        text = file.text if file.part is Part.PRODUCTION else None
        if text is None:
            continue
        if is_prompt_file(file.path) and text.strip():
            drafts.append(_draft(file.path, file.path, 1, "file", text, owners))
        elif suffix_of(file.path) == ".py" and _USES_MODEL.search(file.data):
            drafts += _in_python(file, owners)
        elif file.path.endswith((*TYPESCRIPT, ".java")):
            drafts += _in_code(file, owners)
    return tuple(drafts), ()


def is_prompt_file(path: str) -> bool:
    """A text that is a prompt by its folder, name or extension."""
    *folders, name = path.lower().split("/")
    if name.endswith(".prompt") or _SYSTEM_FILE.search(name):
        return True
    in_folder = not _PROMPT_FOLDERS.isdisjoint(folders) and suffix_of(name) in _FILE_SUFFIXES
    return in_folder and not _NOT_PROMPTS.search(name)


def hidden_characters(text: str) -> tuple[str, ...]:
    """Code points that a reviewer does not see (``U+200B``): zero width, bidirectional control, tag characters.

    Zero-width joiners are left out: they are normal in emoji and in Indic and Persian text. So are the tag characters
    of a flag emoji.
    """
    visible = re.sub("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f", "", text)
    return tuple(sorted({f"U+{ord(c):04X}" for c in _HIDDEN.findall(visible)}))


def _draft(identity: str, path: str, line: int, origin: str, text: str, owners: Owners) -> Draft:
    unread = Unknown("not analysed by this version")
    described = draft(
        Prompt,
        Location(path, line),
        origin=origin,
        path=path,
        tracked=True,
        length=len(text),
        owners=owners.of(path),
        secrets=unread,
        personal_data=unread,
        hidden_characters=hidden_characters(text),
        managed_prompt=None,
    )
    return replace(described, identity=identity)


def _in_python(file: File, owners: Owners) -> Iterator[Draft]:
    *folders, name = file.path.lower().split("/")
    module = bool(_PROMPT_MODULE.search(name)) or not _PROMPT_FOLDERS.isdisjoint(folders)
    used: dict[str, int] = {}
    for label, literal, literal_is_named in _candidates(
        Parser(Language(tree_sitter_python.language())).parse(file.data).root_node
    ):
        text = _text_of(literal)
        if len(text) <= SHORTEST or (_TEMPLATE.search(label.upper()) and not _SPEAKS_TO_MODEL.search(text)):
            continue
        used[label] = used.get(label, 0) + 1
        number = f"#{used[label]}" if used[label] > 1 else ""
        in_module = module and literal_is_named
        line = literal.start_point.row + 1
        yield _draft(f"{file.path}:{label}{number}", file.path, line, "file" if in_module else "inline", text, owners)


def _in_code(file: File, owners: Owners) -> Iterator[Draft]:
    """Texts of TypeScript, JavaScript and Java that speak to a model, or whose place says that they are prompts."""
    used: dict[str, int] = {}
    for found in written_prompts(file):
        if len(found.text) <= SHORTEST or not (found.certain or _SPEAKS_TO_MODEL.search(found.text)):
            continue
        used[found.label] = used.get(found.label, 0) + 1
        number = f"#{used[found.label]}" if used[found.label] > 1 else ""
        origin = "file" if found.in_module else "inline"
        yield _draft(f"{file.path}:{found.label}{number}", file.path, found.line, origin, found.text, owners)


def _candidates(root: Node) -> Iterator[tuple[str, Node, bool]]:
    """Names and literals in order of the source; a stack instead of recursion, since nesting may be hostile."""
    stack = [root]
    while stack:
        node = stack.pop()
        found = _assigned(node) if node.type == "assignment" else _passed(node)
        if found:
            yield *found, node.type == "assignment"
        elif node.type not in _LITERALS:
            stack.extend(reversed(node.named_children))


def _assigned(node: Node) -> tuple[str, Node] | None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or left.type not in ("identifier", "attribute"):
        return None
    name = _source(left).rpartition(".")[2]
    named = _NAMED.search(name.upper()) or _TEMPLATE.search(name.upper())
    literal = _literal(right) if named and not _NOT_NAMED.search(name.upper()) else None
    return (name, literal) if literal else None


def _passed(node: Node) -> tuple[str, Node] | None:
    """``system="..."``, ``system=[{"text": "..."}]`` and ``"system": "..."`` of a request body."""
    key = {"keyword_argument": "name", "pair": "key"}.get(node.type)
    name, value = (node.child_by_field_name(key), node.child_by_field_name("value")) if key else (None, None)
    if name is None or value is None or _source(name).strip("\"'") not in _KEYWORDS:
        return None
    if node.type == "pair" and not _source(name).strip("\"'").startswith("system"):
        return None
    if value.type == "list" and value.named_children and value.named_children[0].type == "dictionary":
        pairs = [p for p in value.named_children[0].named_children if p.type == "pair"]
        texts = [p.child_by_field_name("value") for p in pairs if _source(p).startswith(('"text"', "'text'"))]
        value = texts[0] if texts and texts[0] else value
    literal = _literal(value)
    return (_source(name).strip("\"'"), literal) if literal else None


def _literal(node: Node) -> Node | None:
    """The literal behind parentheses, ``.format(...)``, ``dedent(...)`` and ``PromptTemplate.from_template(...)``."""
    for _ in range(6):
        if node.type in _LITERALS:
            return node
        inner = _inner(node)
        if inner is None:
            return None
        node = inner
    return None


def _inner(node: Node) -> Node | None:
    if node.type == "parenthesized_expression":
        return node.named_children[0] if node.named_children else None
    if node.type == "attribute":
        return node.child_by_field_name("object")
    if node.type != "call":
        return None
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if (
        function is not None
        and function.type == "attribute"
        and _source(function).endswith((".format", ".strip", ".replace"))
    ):
        return function.child_by_field_name("object")
    values = arguments.named_children if arguments is not None else []
    first = next((v for v in values if v.type in _LITERALS), None)
    return first or next((v.child_by_field_name("value") for v in values if _source(v).startswith("template=")), None)


def _text_of(node: Node) -> str:
    """The text of a literal as it is written, without quotes; a placeholder of an f-string counts as written."""
    strings = [node] if node.type == "string" else [n for n in node.named_children if n.type == "string"]
    parts = (c for s in strings for c in s.named_children if c.type in ("string_content", "interpolation"))
    return "".join(_source(part) for part in parts)


def _source(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
