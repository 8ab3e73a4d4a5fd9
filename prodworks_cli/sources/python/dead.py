"""Dead code: functions that nothing in the repository calls or names."""

from __future__ import annotations

from tree_sitter import Node

from prodworks_cli.sources.python.repository import Repository
from prodworks_cli.sources.python.syntax import Module

# Names by which something outside the repository may call a function: Lambda and SageMaker handlers, command lines.
ENTRIES = frozenset(
    ("handler", "lambda_handler", "main", "run", "app", "entrypoint", "invoke", "execute", "predict",
     "model_fn", "input_fn", "predict_fn", "output_fn", "transform_fn")
)  # fmt: skip


def is_dead(repository: Repository, module: Module, node: Node) -> bool:
    """Whether ``node`` lies in a function that no file of the repository mentions a second time.

    A decorated function, a method of a class with bases, a dunder method and a name that runtimes call are never dead.
    A public function may be what its file is for: it is dead only where the file is known to run by another way.
    """
    function = module.function(node)
    if function is None or module.decorators(function):
        return False
    owner = module.method_owner(function)
    inherits = owner is not None and owner.child_by_field_name("superclasses") is not None
    name = module.name(function)
    if inherits or name in ENTRIES or name.startswith("__") or repository.mentions(name, more_than=1):
        return False
    return name.startswith("_") or _runs_otherwise(repository, module, name)


def _runs_otherwise(repository: Repository, module: Module, but: str) -> bool:
    """Whether the file calls a function of its own when it is loaded, or another file names one of them."""
    own = {module.name(d) for d in module.of_type("function_definition")} - {but}
    if any(module.function(call) is None for call in module.calls_to(own)):
        return True
    return any(repository.mentions(name, more_than=0, beside=module.path) for name in own)
