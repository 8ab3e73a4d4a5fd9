"""Is a model call traced: a span around it, or an instrumentor that is set up at start."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node as Value
from prodworks_cli.sources.files import File
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module
from prodworks_cli.sources.python.trace import Tracer

MAX_DEPTH = 5
SPANS = frozenset(
    {"start_as_current_span", "start_span", "in_subsegment", "in_subsegment_async", "provider_span", "start_observation"}
    | {"start_as_current_observation", "start_as_current_generation", "begin_subsegment", "use_span"}
)
SPAN_DECORATORS = frozenset(
    {"capture_method", "capture_lambda_handler", "observe", "traceable", "start_as_current_span", "capture"}
    | {"capture_async", "workflow", "task"}
)
# Set-ups that instrument the SDK, and whether they record token usage of Bedrock calls.
INSTRUMENTORS = {
    "BotocoreInstrumentor": True,
    "BedrockInstrumentor": True,
    "LangchainInstrumentor": True,
    "LangChainInstrumentor": True,
    "StrandsTelemetry": True,
    "LiteLLMInstrumentor": True,
    "patch_all": False,
    "patch": False,
    "Tracer": False,
}
_PREFILTER = (*(n.encode() for n in INSTRUMENTORS if n not in ("patch", "Tracer")), b"Traceloop", b"aws_xray_sdk", b"Tracer(")
_LAUNCHERS = re.compile(rb"^[^#\n]*(?:opentelemetry-instrument|ddtrace-run)\b", re.MULTILINE)
_LAUNCH_FILES = re.compile(r"(?:^|/)(?:[^/]*Dockerfile[^/]*|Procfile|[^/]*\.sh)$")


class Telemetry:
    """Answers for one repository."""

    def __init__(
        self,
        repository: Repository,
        tracer: Tracer,
        files: Sequence[File],
        environment: Mapping[str, tuple[Value, ...]],
    ) -> None:
        self._repository = repository
        self._tracer = tracer
        self._launchers = [
            f.path.rpartition("/")[0] for f in files if _LAUNCH_FILES.search(f.path) and _LAUNCHERS.search(f.data)
        ]
        self._wrapped = "AWS_LAMBDA_EXEC_WRAPPER" in environment

    def instrumented(self, module: Module, node: Node) -> bool | Unknown:
        """A span or instrumentor reaches the call; unknown when an instrumentor may belong to another program."""
        if self._spanned(module, node, MAX_DEPTH):
            return True
        return self._set_up(module, usage=False)

    def records_usage(self, module: Module) -> bool | Unknown:
        """An instrumentor that records token usage covers the call."""
        return self._set_up(module, usage=True)

    def _set_up(self, module: Module, usage: bool) -> bool | Unknown:
        relevant = [m for m, records in self._instrumentors if records or not usage]
        if any(m is module or self._connected(m, module) for m in relevant):
            return True
        if any(f"{module.path}/".startswith(f"{folder}/") or not folder for folder in self._launchers):
            return True
        if relevant or self._launchers:
            where = relevant[0].path if relevant else f"{self._launchers[0]}/"
            return Unknown(f"instrumentation is set up in {where}, which may not run with this call")
        return Unknown("AWS_LAMBDA_EXEC_WRAPPER instruments some functions") if self._wrapped else False

    @cached_property
    def _instrumentors(self) -> tuple[tuple[Module, bool], ...]:
        """Files that set up an instrumentor, and whether it records token usage."""
        found = []
        for module in self._repository.containing(*_PREFILTER):
            records = {INSTRUMENTORS[n] for n in self._names(module) if n in INSTRUMENTORS}
            if "Traceloop.init" in {module.text(c.child_by_field_name("function")) for c in module.of_type("call")}:
                records.add(True)
            if records:
                found.append((module, True in records))
        return tuple(found)

    def _names(self, module: Module) -> set[str]:
        """Instrumentors that the file calls, where the import says that they are meant."""
        names: set[str] = set()
        for call in module.of_type("call"):
            callee = call.child_by_field_name("function")
            name, arguments = last_name(module, callee), module.text(call)[:200]
            source = module.imports.get(module.text(callee).split(".")[0])
            origin = source.module if source else ""
            if name == "Tracer" and "powertools" in origin and "auto_patch=False" not in arguments:
                names.add(name)
            elif name in ("patch", "patch_all") and "xray" in origin and (name == "patch_all" or "boto" in arguments):
                names.add(name)
            elif name in INSTRUMENTORS and name not in ("Tracer", "patch", "patch_all"):
                names.add(name)
        return names

    def _connected(self, one: Module, other: Module) -> bool:
        """One file imports the other, directly or through others."""
        return self._reaches(one, other) or self._reaches(other, one)

    def _reaches(self, start: Module, goal: Module) -> bool:
        seen, queue = {start.path}, [start]
        while queue and len(seen) < 200:
            module = queue.pop()
            for item in module.imports.values():
                target = self._repository.imported(item, module)
                if target is not None and target[0] is goal:
                    return True
                if target is not None and target[0].path not in seen:
                    seen.add(target[0].path)
                    queue.append(target[0])
        return False

    def _spanned(self, module: Module, node: Node, depth: int) -> bool:
        for above in module.ancestors(node):
            if above.type == "with_statement" and self._opens_span(module, above):
                return True
            if above.type == "function_definition":
                if any(self._is_span(module, d) for d in module.decorators(above)):
                    return True
                callers = self._tracer.callers(module, above)[:12] if depth else ()
                return bool(callers) and all(self._spanned(c.module, c.node, depth - 1) for c, _ in callers)
        return False

    def _opens_span(self, module: Module, statement: Node) -> bool:
        clause = next((c for c in statement.children if c.type == "with_clause"), None)
        items = clause.named_children if clause is not None else ()
        text = " ".join(module.text(i) for i in items)
        return any(f"{name}(" in text for name in SPANS)

    def _is_span(self, module: Module, decorator: Node) -> bool:
        callee = decorator.child_by_field_name("function") if decorator.type == "call" else decorator
        name = last_name(module, callee)
        if name in ("workflow", "task", "capture"):
            source = module.imports.get(module.text(callee).split(".")[0])
            return source is not None and any(s in source.module for s in ("traceloop", "xray"))
        return name in SPAN_DECORATORS
