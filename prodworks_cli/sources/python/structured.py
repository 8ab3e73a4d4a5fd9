"""Model and agent objects of frameworks that are asked for data of a schema, which the framework checks."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.answers import asks_by_schema
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository
from prodworks_cli.sources.python.trace import Tracer

# Methods that bind a schema to a model, or ask for it.
_METHODS = ("with_structured_output", "structured_output", "structured_output_async")
# Arguments that an object is made with, or that a call of it is given.
_ARGUMENTS = ("structured_output_model", "output_type", "result_type", "response_format", "output_schema", "output_cls")
_PLAIN = ("invoke", "ainvoke", "stream", "astream", "predict", "run", "run_sync")
_CHECKED: dict[str, Drafted] = {"output_use": "json", "output_validated": True}
_MIXED = Unknown("some of its calls ask for a schema, and some do not")
_TEXT = ("str", "string", "None")


class Structured:
    """Looks at what is done with an object."""

    def __init__(self, repository: Repository, tracer: Tracer) -> None:
        self._repository = repository
        self._tracer = tracer

    def of(self, made: Site) -> dict[str, Drafted]:
        """The use and the check of the answers of an object; nothing where no schema is seen."""
        if _gives_schema(made):
            return dict(_CHECKED)
        if not any(self._is_on(made, method) for method in _METHODS) and not self._is_called_with_one(made):
            return {}
        plain = any(self._is_on(made, method) for method in _PLAIN)
        return {"output_use": _MIXED, "output_validated": _MIXED} if plain else dict(_CHECKED)

    def _is_on(self, made: Site, method: str) -> bool:
        """Whether a method of the object is called."""
        return any(self._means(Site(module, call), made) for module, call in self._repository.calls_named(method))

    def _means(self, call: Site, made: Site) -> bool:
        callee = call.node.child_by_field_name("function")
        target = callee.child_by_field_name("object") if callee is not None and callee.type == "attribute" else None
        return target is not None and self._is(call.to(target), made)

    def _is(self, site: Site, made: Site) -> bool:
        return site.key == made.key or any(origin.key == made.key for origin in self._tracer.sites(site))

    def _is_called_with_one(self, made: Site) -> bool:
        """``agent(question, structured_output_model=Order)`` of Strands."""
        return any(self._is(site, made) for site in self._given_one())

    def _given_one(self) -> Iterator[Site]:
        for path in self._repository.paths_with(b"structured_output_model"):
            module = self._repository.module(path)
            for call in module.of_type("call"):
                callee, site = call.child_by_field_name("function"), Site(module, call)
                if callee is not None and callee.type == "identifier" and _keyword(site, _ARGUMENTS[0]) is not None:
                    yield site.to(callee)


def _gives_schema(made: Site) -> bool:
    """Whether an object is made with a schema: a class, and no name of a type that is any text."""
    given = [node for name in _ARGUMENTS if (node := _keyword(made, name)) is not None]
    texts = [made.module.text(node) for node in given if node.type != "string"]
    return any(text not in _TEXT and asks_by_schema(text) for text in texts)


def _keyword(call: Site, name: str) -> Node | None:
    return call.module.arguments(call.node).keywords.get(name) if call.node.type == "call" else None
