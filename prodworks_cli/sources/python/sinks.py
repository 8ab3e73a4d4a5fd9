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
from prodworks_cli.sources.python.flow import Flow
from prodworks_cli.sources.python.flow_types import Leaf
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module, inside

_SQL = words(
    """
    execute executemany executescript execute_sql read_sql read_sql_query start_query_execution execute_statement
    batch_execute_statement sql execute_query run_query fetch fetchall raw
    """
)
# Operations of AWS services that run a statement, whatever their client is called.
_SERVICES = frozenset({"start_query_execution", "execute_statement", "batch_execute_statement"})
_SQL_ARGUMENTS = ("sql", "query", "QueryString", "Sql", "statement", "Statement", "operation")
_DATABASE = re.compile(
    r"(?:^|[._])(?:cur|cursor|conn|connection|con|db|database|session|engine|athena\w*|redshift\w*|rds\w*|duckdb|spark"
    r"|pd|pandas|wr|\w*cursor|\w*conn|\w*connection|\w*_db|\w*engine|dynamodb\w*)(?:\(\))?$",
    re.IGNORECASE,
)
_SHELL = words("system popen getoutput getstatusoutput create_subprocess_shell run call Popen check_output check_call")
_SHELL_HOMES = ("os", "subprocess", "sp")
_HTML = {
    "Markup": "markupsafe flask jinja2",
    "mark_safe": "django",
    "HTMLResponse": "fastapi starlette",
    "HTML": "IPython",
}
_PAGES = ("st", "components", "components.v1", "st.components.v1")
_TEMPLATES = {"Template": "jinja2", "from_string": "", "render_template_string": "flask"}
# Objects of frameworks that run what a model writes.
_RUNNERS = {
    "PythonREPLTool": "exec",
    "PythonAstREPLTool": "exec",
    "PythonREPL": "exec",
    "create_pandas_dataframe_agent": "exec",
    "create_csv_agent": "exec",
    "PALChain": "exec",
    "ShellTool": "shell",
    "BashProcess": "shell",
    "create_sql_agent": "sql",
    "SQLDatabaseChain": "sql",
    "SQLDatabaseToolkit": "sql",
    "QuerySQLDataBaseTool": "sql",
    "QuerySQLDatabaseTool": "sql",
}
# The names of all calls that may be sinks, but for those of pages that are told to show HTML as it is.
_SINKS = (
    _SHELL | _SQL | _TEMPLATES.keys() | _HTML.keys() | words("eval exec compile loads load unsafe_load full_load html")
)
_STRANDS = {"python_repl": "exec", "shell": "shell"}
_GUARD = re.compile(r"valid|safe|allow|saniti|check|read_?only|is_select|whitelist|permitted", re.IGNORECASE)
_WORDS = (
    *(b"eval(", b"exec(", b"compile(", b"subprocess", b"os.system", b"os.popen", b"execute", b"read_sql", b".sql("),
    *(b"start_query_execution", b"run_query", b"pickle", b"yaml", b"jinja2", b"render_template_string", b"Markup"),
    *(b"mark_safe", b"HTMLResponse", b"unsafe_allow_html", b"components", b".html(", b"HTML(", b"REPL", b"ShellTool"),
    *(b"_agent(", b"SQLDatabase", b"strands_tools"),
)


_HANDLERS = ("function_definition",)
DOUBT = Unknown("a function that is not in the repository makes it of model output")


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
        for module in self._repository.containing(*_WORDS):
            for node in module.of_type("call"):
                yield from self._call(module, node)
            yield from self._handed_over(module)

    def _call(self, module: Module, node: Node) -> Iterator[Draft]:
        name = module.called(node)
        if name in _RUNNERS and _from_framework(module, node, name):
            yield self._draft(module, node, _RUNNERS[name], False, None)
            return
        found = sink_of(module, node)
        if found is None:
            return
        sink, texts = found
        for text in texts:
            trace = self._flow.of(Site(module, text))
            leaf = next((x for x in trace.kinds(OUTPUT) if x.certain), None)
            doubted = next(iter(self._flow.beyond(trace).kinds(OUTPUT)), None) if leaf is None else None
            if leaf or doubted:
                safe = _guarded(module, node, text) or (False if leaf else DOUBT)
                if leaf and safe is False and sink != "html":
                    self._fed_by_tools |= {x.root for x in trace.kinds(OUTPUT) if x.site.node.type in _HANDLERS}
                yield self._draft(module, node, sink, safe, leaf or doubted)
                return

    def _handed_over(self, module: Module) -> Iterator[Draft]:
        """Tools of Strands that run code on the host, in the list of an agent's tools."""
        names = {
            k for k, i in module.imports.items() if i.module.startswith("strands_tools") and (i.name or k) in _STRANDS
        }
        for call in module.of_type("call") if names else ():
            given = module.arguments(call).get("tools")
            for node in inside(given) if given is not None else ():
                if node.type == "identifier" and module.text(node) in names:
                    tool = module.imports[module.text(node)].name or module.text(node)
                    yield self._draft(module, node, _STRANDS[tool], False, None)

    def _draft(self, module: Module, node: Node, sink: str, sanitised: bool | Unknown, leaf: Leaf | None) -> Draft:
        known = leaf is not None and leaf.name in self._identities
        attributes: dict[str, Drafted] = {
            "sink": sink,
            "sanitised": sanitised,
            "source": Ref("repo.model_call", leaf.name) if known and leaf else None,
        }
        return Draft(
            OutputSink, module.at(node), attributes, self._names.of(f"{module.path}:{module.qualified(node)} {sink}")
        )


def sink_of(module: Module, node: Node) -> tuple[str, list[Node]] | None:
    """The sink that a call is, and the arguments that it runs or shows."""
    callee = node.child_by_field_name("function")
    if callee is None:
        return None
    name = last_name(module, callee)
    if name not in _SINKS and not module.holds(b"unsafe_allow_html"):
        return None
    given = module.arguments(node)
    home = module.text(callee.child_by_field_name("object")) if callee.type == "attribute" else ""
    first = list(given.positional[:1])
    if not home and name in ("eval", "exec", "compile"):
        return ("eval" if name == "eval" else "exec"), first
    started = name == "create_subprocess_shell" or home in _SHELL_HOMES or _imports(module, name, "subprocess os")
    if name in _SHELL and started:
        return "shell", _commands(module, first, given.get("shell"))
    named = [n for k in _SQL_ARGUMENTS if (n := given.get(k)) is not None]
    if name in _SQL and home and (_DATABASE.search(home[-60:]) or (name in _SERVICES and named)):
        return "sql", named or first
    if name in ("loads", "load") and home in ("pickle", "dill", "marshal", "cloudpickle"):
        return "pickle", first
    if home == "yaml" and (
        name in ("unsafe_load", "full_load") or (name == "load" and "Safe" not in module.text(node))
    ):
        return "pickle", first
    return _shown(module, node, name, home)


def _shown(module: Module, node: Node, name: str, home: str) -> tuple[str, list[Node]] | None:
    given = module.arguments(node)
    first = list(given.positional[:1]) or [
        n for k in ("body", "content", "value", "html") if (n := given.get(k)) is not None
    ]
    if name in _TEMPLATES and (not _TEMPLATES[name] or _imports(module, name, _TEMPLATES[name])):
        return "template", first
    unsafe = given.get("unsafe_allow_html")
    if unsafe is not None and unsafe.type == "true":
        return "html", first
    if name in _HTML and _imports(module, name, _HTML[name]):
        return "html", first
    return (
        ("html", first)
        if name == "html" and home in ("st", "components", "components.v1", "st.components.v1")
        else None
    )


def _commands(module: Module, first: list[Node], shell: Node | None) -> list[Node]:
    """What of a command a shell reads: a text, or the script after ``-c``; plain arguments are none."""
    if not first or first[0].type != "list":
        return first
    items = first[0].named_children
    texts = [module.text(i).strip("\"'") for i in items]
    scripts = [items[i + 1] for i, t in enumerate(texts[:-1]) if t in ("-c", "-e", "/c")]
    return [*items[:1], *scripts] if shell is None or shell.type != "true" else list(items)


def _imports(module: Module, name: str, homes: str) -> bool:
    item = module.imports.get(name)
    return item is not None and item.module.split(".")[0] in homes.split()


def _from_framework(module: Module, node: Node, name: str) -> bool:
    root = module.text(node.child_by_field_name("function")).split(".")[0]
    item = module.imports.get(root) or module.imports.get(name)
    return item is not None and item.module.startswith(("langchain", "llama_index"))


def _guarded(module: Module, sink: Node, text: Node) -> bool | Unknown:
    """The text is checked before it is run: against an allow-list, or by a function that is called so."""
    function, wanted = module.function(sink), module.text(text)
    if function is None or text.type not in ("identifier", "attribute"):
        return False
    for node in module.below(function, "call"):
        if node.start_byte > sink.start_byte:
            continue
        callee = node.child_by_field_name("function")
        given = {module.text(n) for n in module.arguments(node).positional}
        if wanted in given and _GUARD.search(last_name(module, callee)):
            return True
        if callee is not None and wanted in module.text(callee) and last_name(module, callee) == "startswith":
            return True
    return False
