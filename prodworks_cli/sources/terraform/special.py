"""Functions that look at their arguments before evaluating them: errors (try, can) and files."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Node
from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.parse import template
from prodworks_cli.sources.terraform.values import Failure, Unresolved, fail, mapping, text

if TYPE_CHECKING:
    from prodworks_cli.sources.terraform.evaluation import Scope

    Evaluate = Callable[[x.Expression, Scope], Node]


def _try(call: x.Call, scope: Scope, evaluate: Evaluate) -> Content:
    """The first argument that does not fail; one that is not known may or may not be it."""
    for argument in call.arguments:
        value = evaluate(argument, scope)
        if not isinstance(value.content, Failure):
            return value.content
    raise fail("no argument of try can be evaluated")


def _can(call: x.Call, scope: Scope, evaluate: Evaluate) -> Content:
    value = evaluate(call.arguments[0], scope) if call.arguments else None
    if value is None or isinstance(value.content, Failure):
        return False
    return Unknown(value.content.reason, present=True) if isinstance(value.content, Unknown) else True


def _file(call: x.Call, scope: Scope, evaluate: Evaluate) -> Content:
    return _read(call, scope, evaluate)[1]


def _templatefile(call: x.Call, scope: Scope, evaluate: Evaluate) -> Content:
    path, content = _read(call, scope, evaluate)
    parsed = template(path, content)
    if parsed is None or len(call.arguments) != 2:
        raise fail(f"{path} is not a template")
    values = mapping(evaluate(call.arguments[1], scope))
    return evaluate(parsed, replace(scope, bound=values)).content


def _fileexists(call: x.Call, scope: Scope, evaluate: Evaluate) -> Content:
    _read(call, scope, evaluate)
    return True


def _read(call: x.Call, scope: Scope, evaluate: Evaluate) -> tuple[str, str]:
    """Path and text of the file that the first argument names; raises ``Unresolved`` when it is not in the tree."""
    if not call.arguments:
        raise fail("no file is named")
    path = text(evaluate(_with_paths(call.arguments[0], scope), scope))
    # A relative path starts at the folder Terraform runs in, which is that of the root module.
    base = scope.names.root
    path = path.removeprefix("//") if path.startswith("//") else posixpath.join(base, path)
    path = posixpath.normpath(path)
    content = scope.names.file(path)
    if content is None:
        raise Unresolved(Unknown(f"file {path} is not in the repository", present=True))
    return path, content


def _with_paths(expression: x.Expression, scope: Scope) -> x.Expression:
    """The expression with ``path.module`` and ``path.root`` written out, marked by ``//`` as seen from the top."""
    if isinstance(expression, x.Template):
        parts = tuple(p if isinstance(p, str) else _with_paths(p, scope) for p in expression.parts)
        return replace(expression, parts=parts)
    if isinstance(expression, x.Traversal) and expression.root == x.Variable("path", expression.at):
        folder = {"module": scope.names.directory, "root": scope.names.root}
        name = expression.steps[0].name if isinstance(expression.steps[0], x.Attribute) else ""
        if name in folder:
            return x.Literal(f"//{folder[name] or '.'}", expression.at)
    return expression


SPECIAL: Mapping[str, Callable[[x.Call, Scope, Evaluate], Content]] = {
    "try": _try,
    "can": _can,
    "file": _file,
    "templatefile": _templatefile,
    "fileexists": _fileexists,
}
