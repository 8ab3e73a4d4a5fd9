"""Prompts in the code of TypeScript, JavaScript and Java: texts with a prompt's name that speak to a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from prodworks_cli.lazy import regex
from prodworks_cli.sources.files import File
from prodworks_cli.sources.prompt_texts import SHORTEST, SPEAKS_TO_MODEL
from prodworks_cli.sources.trees import Source, inside

# The end of a name, its words in capitals: systemPrompt, SYSTEM_PROMPT, parseStepsSystemPrompt, JUDGE_INSTRUCTIONS.
_NAMED = regex(r"(?:^|_)(?:PROMPTS?|INSTRUCTIONS?|SYSTEM|SYSTEM_(?:MESSAGE|TEXT))(?:_(?:TEMPLATE|TEXT|BASE|V?\d+))*$")
_HUMP = regex(r"(?<=[a-z0-9])(?=[A-Z])")
_MODULE = regex(r"(?:^|[-_.])prompts?(?:[-_]?(?:templates?|library|builder))?\.\w+$|(?:^|/)\w*Prompts?\.\w+$")
_FOLDERS = frozenset(("prompts", "prompt", "prompt_templates", "prompt-templates", "system_prompts"))
# Keys and methods whose text is a prompt whatever it says.
_KEYWORDS = frozenset({"system", "systemPrompt", "system_prompt", "instructions", "defaultSystem"})
_TEXTS = frozenset({"string", "template_string", "string_literal"})
_FUNCTIONS = frozenset({"function_declaration", "arrow_function", "function_expression", "method_definition"})
_JAVA = ("method_declaration", "method_invocation", "object_creation_expression", "annotation")
# What LangChain4j is told of a method of an assistant: its system prompt, and the question around its arguments.
_ANNOTATIONS = frozenset({"SystemMessage", "UserMessage"})
# Methods and classes of Java that are given a prompt.
_PASSED = frozenset({"defaultSystem", "system", "PromptTemplate", "SystemPromptTemplate", "SystemMessage"})
_HOLDERS = frozenset({"variable_declarator", "pair", "public_field_definition", "assignment_expression"})
_CERTAIN = regex(r"(?:^|_)SYSTEM_(?:PROMPT|MESSAGE|INSTRUCTION)S?(?:_|$)")
# Texts for people, in every language: help on prompts, example questions.
_TRANSLATIONS = frozenset({"i18n", "locales", "locale", "lang", "translations", "messages"})
_FOR_PEOPLE = frozenset(
    {"description", "title", "label", "placeholder", "tooltip", "error", "message", "help", "describe"}
)
_UNCHANGED = frozenset(
    {"trim", "replace", "replaceAll", "join", "concat", "strip", "stripIndent", "formatted", "trimStart"}
)
_TAKES_TEXT = frozenset({"dedent", "outdent", "fromTemplate", "String.raw", "stripIndent", "format"})
# One of the names is in all that the first expression matches, one of the others in all that the second does; all are
# searched for in lower case.
_NAMES = (b"prompt", b"instruction", b"system", b"role", b"usermessage")
_SPOKEN = (
    *(b"system", b"you are ", b"your task", b"your role", b"your job", b"answer the", b"as an ai", b"respond "),
    *(b"<context>", b"instructions:", b"instruction:", b"<instruction", b"developer", b"prompttemplate"),
    *(b"return only", b" following ", b" given "),
)
_NEEDLE = regex(
    rb"(?:prompts?|instructions?|system\w{0,12})\w{0,16}['\"]?\s*(?:[=:(]|=>)|prompttemplate|(?:system|user)message|systemcontentblock"
    rb"|role['\"]?\s*:\s*(?:['\"]|[\w.]{1,60}\.)(?:system|developer|user)"
)
_WORDS = regex(
    rb"system_?(?:prompt|message)|\.(?:default)?system\(|\bsystem:|you are (?:an?|the)\b|your (?:task|role|job)\b"
    rb"|answer the|as an ai\b|respond (?:in|with|only)|<(?:context|instructions?)>|\binstructions?:"
    rb"|role['\"]?\s*:\s*(?:['\"]|[\w.]{1,60}\.)(?:system|developer)|prompttemplate|return only\b"
    rb"|\b(?:the|this) (?:following|given) (?:text|content|document|conversation|input|image|question|code|data)"
)


@dataclass(frozen=True)
class Written:
    """A prompt as the code writes it. ``certain`` says that its place alone makes it one."""

    label: str
    line: int
    text: str
    certain: bool
    in_module: bool


def written_prompts(file: File) -> Iterator[Written]:
    """The texts of a file that have the name or the place of a prompt."""
    *folders, name = file.path.split("/")
    in_module = bool(_MODULE.search(name)) or not _FOLDERS.isdisjoint(f.lower() for f in folders)
    if not in_module:
        if not (file.holds(_NAMES, folded=True) and file.holds(_SPOKEN, folded=True)):
            return
        lower = file.data.lower()
        if not (_WORDS.search(lower) and _NEEDLE.search(lower)):
            return
    if not _TRANSLATIONS.isdisjoint(f.lower() for f in folders):
        return
    source = _parsed(file)
    for label, literal, certain in _candidates(source, in_module):
        yield Written(label, literal.start_point[0] + 1, _text(source, literal), certain or in_module, in_module)


def _parsed(file: File) -> Source:
    if file.path.endswith(".java"):
        from prodworks_cli.sources.java import syntax as java

        return java.parse(file.path, file.data)
    from prodworks_cli.sources.typescript import syntax as typescript

    module = typescript.parse(file.path, file.data)
    return Source(module.path, module.data, module.tree)  # of which only what holds texts is asked


def _candidates(source: Source, in_module: bool) -> Iterator[tuple[str, Node, bool]]:
    taken: set[int] = set()
    for node in source.of_type(*_HOLDERS, "function_declaration", "method_definition", *_JAVA):
        for label, value, certain in (*_named(source, node), *_said(source, node)):
            literal = _literal(source, value)
            if literal is not None and literal.id not in taken:
                taken.add(literal.id)
                yield label, literal, certain
    # Whatever speaks to a model in a file of prompts is one: tables of prompts, lines that are joined.
    for literal in source.of_type(*_TEXTS) if in_module else ():
        long = literal.end_byte - literal.start_byte > SHORTEST
        if literal.id not in taken and long and SPEAKS_TO_MODEL.search(source.text(literal)):
            label = _holder(source, literal)
            if label not in _FOR_PEOPLE:
                yield label, literal, False


def _said(source: Source, node: Node) -> Iterator[tuple[str, Node, bool]]:
    """``{ role: "system", content: "..." }``: the contents of a message; those of a user must speak to a model.

    The role may be a member of an enumeration: ``ChatMessageRole.System``.
    """
    table = source.parent(node) if node.type == "pair" else None
    if table is None or source.text(node.child_by_field_name("key")).strip("'\"") not in ("content", "text"):
        return
    role = next(
        (
            source.text(p.child_by_field_name("value")).strip("'\"`").rpartition(".")[2].lower()
            for p in table.named_children
            if _keyed(source, p, "role")
        ),
        "",
    )
    value = node.child_by_field_name("value")
    if value is not None and role in ("system", "developer", "user"):
        yield f"{role} message", value, role != "user"


def _keyed(source: Source, node: Node, key: str) -> bool:
    return node.type == "pair" and source.text(node.child_by_field_name("key")).strip("'\"") == key


def _holder(source: Source, literal: Node) -> str:
    """The name of what holds a text: the nearest variable, key or function around it."""
    for above in source.ancestors(literal):
        key = next((k for f in ("name", "key", "left") if (k := above.child_by_field_name(f)) is not None), None)
        if above.type in _HOLDERS | _FUNCTIONS and key is not None:
            return source.text(key).rpartition(".")[2].strip("'\"")
    return "text"


def _named(source: Source, node: Node) -> Iterator[tuple[str, Node, bool]]:
    """Values with the name of a prompt, and those of a keyword that takes one."""
    if node.type in _HOLDERS:
        key = next((k for f in ("name", "key", "left") if (k := node.child_by_field_name(f)) is not None), None)
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        name = source.text(key).rpartition(".")[2].strip("'\"")
        if value is not None and (is_named(name) or name in _KEYWORDS):
            certain = name in _KEYWORDS or bool(_CERTAIN.search(in_capitals(name)))
            yield from ((name, v, certain) for v in _values(value))
    elif node.type in ("function_declaration", "method_definition", "method_declaration"):
        name = source.text(node.child_by_field_name("name"))
        if is_named(name):
            yield from ((name, v, bool(_CERTAIN.search(in_capitals(name)))) for v in _values(node))
    elif node.type in ("method_invocation", "object_creation_expression"):
        yield from _passed(source, node)
    elif node.type == "annotation" and source.text(node.child_by_field_name("name")) in _ANNOTATIONS:
        given = node.child_by_field_name("arguments")
        for value in given.named_children if given is not None else ():
            text = value.child_by_field_name("value") if value.type == "element_value_pair" else value
            if text is not None:
                yield source.text(node.child_by_field_name("name")), text, True


def _passed(source: Source, node: Node) -> Iterator[tuple[str, Node, bool]]:
    """``.defaultSystem("...")`` of a chat client, ``PromptTemplate.builder().template("...")``."""
    name = source.text(node.child_by_field_name("name") or node.child_by_field_name("type"))
    given = node.child_by_field_name("arguments")
    made = source.text(node)
    told = name == "template" and made.startswith("PromptTemplate")
    told = told or (name in ("fromText", "text") and made.startswith("SystemContentBlock"))
    if (name in _PASSED or told) and given is not None:
        yield from ((name, v, True) for v in given.named_children[:1])


def _values(value: Node) -> Iterator[Node]:
    """The expression, or what the function returns."""
    if value.type not in _FUNCTIONS and value.type != "method_declaration":
        yield value
        return
    body = value.child_by_field_name("body")
    if body is not None and body.type not in ("statement_block", "block"):
        yield body
    for node in inside(body, *_FUNCTIONS) if body is not None else ():
        if node.type == "return_statement" and node.named_children:
            yield node.named_children[0]


def _literal(source: Source, value: Node) -> Node | None:
    """The text behind parentheses, casts, ``.trim()``, ``dedent(...)`` and the longest part of a concatenation."""
    for _ in range(8):
        if value.type in _TEXTS:
            return value
        below = _below(source, value)
        if not below:
            return None
        value = max(below, key=lambda n: n.end_byte - n.start_byte)
    return None


def _below(source: Source, value: Node) -> list[Node]:
    """The parts of an expression that may be its text."""
    if value.type in ("parenthesized_expression", "as_expression", "satisfies_expression", "binary_expression"):
        return value.named_children
    if value.type == "element_value_array_initializer":
        return value.named_children
    if value.type not in ("call_expression", "method_invocation"):
        return []
    callee = value.child_by_field_name("function")
    target = callee.child_by_field_name("object") if callee is not None else value.child_by_field_name("object")
    written = source.text(callee if callee is not None else value.child_by_field_name("name"))
    if target is not None and written.rpartition(".")[2] in _UNCHANGED:
        return target.named_children if target.type == "array" else [target]
    given = value.child_by_field_name("arguments")
    takes = written in _TAKES_TEXT or written.rpartition(".")[2] in _TAKES_TEXT
    if given is None or not (takes or given.type == "template_string"):
        return []
    return [given] if given.type == "template_string" else given.named_children[:1]


def is_named(name: str) -> bool:
    """The name says that it holds a prompt."""
    return bool(_NAMED.search(in_capitals(name)))


def in_capitals(name: str) -> str:
    """``systemPrompt`` as ``SYSTEM_PROMPT``."""
    return _HUMP.sub("_", name).upper()


def _text(source: Source, literal: Node) -> str:
    return source.text(literal).strip("`'\"")
