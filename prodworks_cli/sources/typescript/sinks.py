"""Places where the answer of a model, or what it asks a tool for, is run or shown as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.resources.text_flows import OutputSink
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import Names
from prodworks_cli.sources.calls.flows import OUTPUT
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.trees import inside
from prodworks_cli.sources.typescript.entries import is_tool
from prodworks_cli.sources.typescript.flow import Flow
from prodworks_cli.sources.typescript.flow_types import Leaf
from prodworks_cli.sources.typescript.kinds import FUNCTIONS
from prodworks_cli.sources.typescript.members import key_of
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name, string_of

_RAW_SQL = words("$queryRawUnsafe $executeRawUnsafe unsafe raw")
_SQL = words("query execute exec prepare run all")
_DATABASE = re.compile(
    r"(?:^|[._])(?:pool|client|conn|connection|db|database|knex|sequelize|pg|mysql|sqlite|session|prisma|sql"
    r"|\w*(?:Pool|Db|Connection|Database|Sql|Prisma))(?:\(\))?$",
    re.IGNORECASE,
)
# Commands of AWS services that run a statement, with the member of the request that holds it.
_STATEMENTS = {
    "ExecuteStatementCommand": ("Sql", "sql", "Statement"),
    "BatchExecuteStatementCommand": ("Sqls", "sql"),
    "StartQueryExecutionCommand": ("QueryString",),
    "StartQueryCommand": ("queryString",),
}
_SHELL = words("exec execSync")
_SPAWN = words("spawn spawnSync execFile execFileSync")
_VM = words("runInNewContext runInThisContext runInContext compileFunction")
_PAGES = words("innerHTML outerHTML srcdoc")
# Objects of frameworks that run what a model writes.
_RUNNERS = {"SqlToolkit": "sql", "createSqlAgent": "sql", "SqlDatabaseChain": "sql", "PythonInterpreterTool": "exec"}
_GUARD = re.compile(r"valid|safe|allow|saniti|check|read_?only|isSelect|whitelist|permitted", re.IGNORECASE)
_WORDS = (
    *(
        b"eval(",
        b"new Function(",
        b"child_process",
        b"node:vm",
        b'"vm"',
        b"'vm'",
        b"innerHTML",
        b"outerHTML",
        b"srcdoc",
    ),
    *(b"dangerouslySetInnerHTML", b"insertAdjacentHTML", b"document.write", b"rehypeRaw", b"rehype-raw", b".query("),
    *(b".execute(", b"RawUnsafe", b".unsafe(", b".raw(", b"StatementCommand", b"StartQuery", b"zx", b"execa"),
    *(n.encode() for n in _RUNNERS),
)
DOUBT = Unknown("a function that is not in the repository makes it of model output")
Found = tuple[str, list[Node]]


class Sinks:
    """Finds the sinks that output of a model reaches."""

    def __init__(self, repository: Repository, flow: Flow, identities: frozenset[str]) -> None:
        self._repository = repository
        self._flow = flow
        self._identities = identities
        self._names = Names()
        self._fed_by_tools: set[tuple[str, int]] = set()

    @property
    def fed_by_tools(self) -> frozenset[tuple[str, int]]:
        """The handlers of tools whose arguments reach a sink unchecked; complete once the drafts were made."""
        return frozenset(self._fed_by_tools)

    def drafts(self) -> Iterator[Draft]:
        """All of them, by file and line."""
        for module in self._repository.holding(*_WORDS):
            for node in module.of_type("call_expression", "new_expression", "assignment_expression", "jsx_attribute"):
                name = last_name(module, callee_of(node)) if node.type.endswith("l_expression") else ""
                if name in _RUNNERS and name in module.imports and "langchain" in module.imports[name].module:
                    yield self._draft(module, node, _RUNNERS[name], False, None)
                    continue
                found = sink_of(module, node) or _shown(module, node)
                draft = self._reached(module, node, found) if found is not None else None
                if draft is not None:
                    yield draft

    def _reached(self, module: Module, node: Node, found: Found) -> Draft | None:
        sink, texts = found
        for text in texts:
            trace = self._flow.of(Site(module, text))
            leaf = next(iter(trace.kinds(OUTPUT)), None)
            doubted = next(iter(self._flow.beyond(trace).kinds(OUTPUT)), None) if leaf is None else None
            if leaf or doubted:
                safe = _guarded(module, node, text) or (False if leaf else DOUBT)
                if leaf and safe is False and sink != "html":
                    handlers = (x for x in trace.kinds(OUTPUT) if is_tool(x.site.module, x.site.node))
                    self._fed_by_tools |= {x.root for x in handlers}
                return self._draft(module, node, sink, safe, leaf or doubted)
        return None

    def _draft(self, module: Module, node: Node, sink: str, sanitised: bool | Unknown, leaf: Leaf | None) -> Draft:
        known = leaf is not None and leaf.name in self._identities
        attributes: dict[str, Drafted] = {
            "sink": sink,
            "sanitised": sanitised,
            "source": Ref("repo.model_call", leaf.name) if known and leaf else None,
        }
        name = self._names.of(f"{module.path}:{module.qualified(node)} {sink}")
        return Draft(OutputSink, module.at(node), attributes, name)


def sink_of(module: Module, node: Node) -> Found | None:
    """The interpreter that a call is, and the arguments that it runs."""
    callee = callee_of(node)
    if node.type not in ("call_expression", "new_expression") or callee is None:
        return None
    name, given = last_name(module, callee), list(module.arguments(node))
    first, is_method = given[:1], callee.type == "member_expression"
    home = module.text(callee.child_by_field_name("object")) if is_method else ""
    if not home and (name == "eval" or (name == "Function" and node.type == "new_expression")):
        return "eval", given[-1:]
    if name in _VM or (node.type == "new_expression" and name == "Script" and _comes_from(module, callee, "vm")):
        return ("exec", first) if _comes_from(module, callee, "vm") else None
    if name in (_SHELL | _SPAWN) and _comes_from(module, callee, "child_process"):
        return _command(module, name, given)
    if name in ("execa", "execaCommand", "execaCommandSync") and _comes_from(module, callee, "execa"):
        return ("shell", first) if "Command" in name else None
    if name in _RAW_SQL and is_method and (name != "raw" or _DATABASE.search(home[-60:])):
        return "sql", first
    if name in _SQL and is_method and _DATABASE.search(home[-60:]) and first and first[0].type != "object":
        return "sql", first
    if name in _STATEMENTS and first:
        return "sql", [v for k in _STATEMENTS[name] if (v := _member(module, first[0], k)) is not None]
    return None


def _command(module: Module, name: str, given: list[Node]) -> Found | None:
    """What of a command a shell reads: a text, or the script after ``-c``; plain arguments are none."""
    if name in _SHELL:
        return "shell", given[:1]
    if any(re.search(r"shell\s*:\s*(?!false)", module.text(g)) for g in given[1:] if g.type == "object"):
        return "shell", [g for g in given if g.type != "object"]
    items = given[1].named_children if given[1:] and given[1].type == "array" else []
    scripts = [items[i + 1] for i, n in enumerate(items[:-1]) if string_of(module, n) in ("-c", "-e", "/c")]
    return "shell", [*given[:1], *scripts]


def _shown(module: Module, node: Node) -> Found | None:
    """The page that an assignment, an attribute or a call writes to, and what it shows as HTML."""
    if node.type == "assignment_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        return ("html", [right]) if right is not None and last_name(module, left) in _PAGES else None
    if node.type == "jsx_attribute":
        return _attribute(module, node)
    callee = callee_of(node)
    name, given = last_name(module, callee), list(module.arguments(node))
    if name == "insertAdjacentHTML":
        return "html", given[1:2]
    holder = module.text(callee.child_by_field_name("object")) if callee is not None else ""
    return ("html", given) if name in ("write", "writeln") and holder.endswith("document") else None


def _attribute(module: Module, node: Node) -> Found | None:
    """``dangerouslySetInnerHTML={{ __html: x }}``; Markdown in which ``rehypeRaw`` lets HTML through."""
    name, value = module.text(node.named_children[0]), node.named_children[-1]
    if name == "dangerouslySetInnerHTML":
        tables = [n for n in inside(value) if n.type == "object"]
        return "html", [v for t in tables[:1] if (v := _member(module, t, "__html")) is not None]
    if name != "rehypePlugins" or not re.search(r"\brehypeRaw\b", module.text(value)):
        return None
    if re.search(r"\brehypeSanitize\b", module.text(value)):
        return None
    element = next((a for a in module.ancestors(node) if a.type == "jsx_element"), None)
    return ("html", [c for c in element.named_children if c.type == "jsx_expression"]) if element is not None else None


def _member(module: Module, table: Node, key: str) -> Node | None:
    for child in table.named_children if table.type == "object" else ():
        if child.type not in FUNCTIONS and child.type != "spread_element" and key_of(module, child) == key:
            return child.child_by_field_name("value") if child.type == "pair" else child
    return None


def _comes_from(module: Module, callee: Node, package: str) -> bool:
    """The function, or the object that has it, is imported from a module of Node or a package."""
    root = module.text(callee).partition(".")[0].partition("(")[0]
    item = module.imports.get(root)
    if item is not None:
        return item.module.removeprefix("node:") == package
    # const run = promisify(exec)
    bound = module.bindings.get(module.root.id, {}).get(root, ())
    return (
        any("promisify" in module.text(b.value) for b in bound if b.value is not None)
        and package.encode() in module.data
    )


def _guarded(module: Module, sink: Node, text: Node) -> bool:
    """The text is checked before it is run: by a function or a pattern that is called so."""
    function, wanted = module.function(sink), module.text(text)
    if function is None or text.type not in ("identifier", "member_expression"):
        return False
    for node in module.below(function, "call_expression"):
        callee = callee_of(node)
        if node.start_byte >= sink.start_byte or callee is None:
            continue
        given = {module.text(n) for n in module.arguments(node)}
        name = last_name(module, callee)
        if wanted in given and (_GUARD.search(name) or name == "test"):
            return True
        if name in ("startsWith", "match") and wanted in module.text(callee):
            return True
    return False
