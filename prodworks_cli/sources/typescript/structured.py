"""Model objects of LangChain in TypeScript that are asked for data of a schema, which the framework checks."""

from __future__ import annotations

import re

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name
from prodworks_cli.sources.typescript.trace import Tracer

_BINDS = "withStructuredOutput"
_PLAIN = ("invoke", "stream", "batch")
_MIXED = Unknown("some of its calls ask for a schema, and some do not")


def structured(repository: Repository, tracer: Tracer, made: Site) -> dict[str, Drafted]:
    """The use and the check of the answers of an object; nothing where no schema is bound to it."""
    if not _is_on(repository, tracer, made, (_BINDS,)):
        return {}
    if _is_on(repository, tracer, made, _PLAIN):
        return {"output_use": _MIXED, "output_validated": _MIXED}
    return {"output_use": "json", "output_validated": True}


def _is_on(repository: Repository, tracer: Tracer, made: Site, methods: tuple[str, ...]) -> bool:
    """Whether one of some methods is called of the object itself, and not of what binds a schema to it."""
    for module in repository.holding(_BINDS.encode()):
        for call in module.of_type("call_expression"):
            callee = callee_of(call)
            target = callee.child_by_field_name("object") if callee is not None else None
            if target is None or last_name(module, callee) not in methods or _is_bound(module, target):
                continue
            site = Site(module, target)
            if site.key == made.key or any(origin.key == made.key for origin in tracer.sites(site)):
                return True
    return False


def _is_bound(module: Module, target: Node) -> bool:
    """Whether an expression is, or a name stands for, what a schema was bound to."""
    text = module.text(target)
    if _BINDS in text or target.type != "identifier":
        return _BINDS in text
    bound = rf"(?<![\w.]){re.escape(text)}\s{{0,9}}=[^;=]{{0,400}}?{_BINDS}\("
    return re.search(bound, module.text(module.root)) is not None
