"""Which module or library an import names."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from prodworks_cli.sources.cdk.data import Table

_TS_ENDINGS = (".ts", ".tsx", ".js", ".mts", ".json", "/index.ts", "/index.js")


def local_path(module: str, importer: str, language: str, known: Mapping[str, object]) -> str | None:
    """The file of the repository that an import names, or ``None``."""
    folder = posixpath.dirname(importer)
    if language == "typescript":
        if not module.startswith("."):
            return None
        base = posixpath.normpath(posixpath.join(folder, module))
        stem = base.removesuffix(".js")
        return next((p for p in (base, *(f"{stem}{e}" for e in _TS_ENDINGS)) if p in known), None)
    return _python_path(module, folder, known) if language == "python" else None


def _python_path(module: str, folder: str, known: Mapping[str, object]) -> str | None:
    dots = len(module) - len(module.lstrip("."))
    name = module.lstrip(".").replace(".", "/")
    if dots:
        for _ in range(dots - 1):
            folder = posixpath.dirname(folder)
        return _python_file(posixpath.join(folder, name), known)
    while True:
        found = _python_file(posixpath.join(folder, name), known)
        if found or not folder:
            return found
        folder = posixpath.dirname(folder)


def _python_file(base: str, known: Mapping[str, object]) -> str | None:
    base = base.rstrip("/")
    return next((p for p in (f"{base}.py", f"{base}/__init__.py") if p in known), None)


def library(module: str, language: str, table: Table) -> str:
    """A library's module as the table names it: ``aws-s3``, ``core``, or the package itself."""
    name = {"python": _of_python, "java": _of_java}.get(language, _of_node)(module)
    return table.modules.get(name, name)


def symbol_of(module: str, name: str, table: Table) -> str:
    """The symbol of a member of a module."""
    if module == "core" and name.startswith("aws_"):
        alpha = name.replace("_", "-")
        package = f"@aws-cdk/{alpha}" if alpha.endswith("-alpha") else alpha
        return table.modules.get(package, package)
    symbol = f"{module}.{name}"
    return table.modules.get(symbol, symbol)


def _of_node(module: str) -> str:
    if module == "aws-cdk-lib":
        return "core"
    return module.removeprefix("node:").removeprefix("aws-cdk-lib/").removesuffix("/lib")


def _of_python(module: str) -> str:
    top, _, rest = module.partition(".")
    if top == "aws_cdk":
        if not rest:
            return "core"
        name = rest.replace("_", "-").split(".")[0]
        return f"@aws-cdk/{name}" if name.endswith("-alpha") else name
    if module.startswith("cdklabs."):
        package, _, inner = rest.partition(".")
        return f"@cdklabs/{package.replace('_', '-')}" + (f".{inner}" if inner else "")
    return module


def _of_java(module: str) -> str:
    for prefix, target in (("software.amazon.awscdk.services.", "aws-"), ("software.amazon.awscdk.", "core.")):
        if module.startswith(prefix):
            rest = module.removeprefix(prefix)
            return f"{target}{rest.replace('.', '-')}" if target == "aws-" else f"core.{rest}"
    return {"software.amazon.awscdk": "core", "software.constructs": "constructs"}.get(module, module)
