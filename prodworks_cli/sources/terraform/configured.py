"""What a plan tells of the source of a block that is not in the repository: constants, and which block each argument
refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node, Reference, node_of
from prodworks_cli.sources.terraform.merging import LATER
from prodworks_cli.sources.terraform.plan import Plan, Planned, key_of, mapping, names_in, without_keys

_MAX_HOPS = 10
_LITERAL = "constant_value"
# The first names of references that lead to no block.
_NO_BLOCK = frozenset(("var", "local", "module", "each", "count", "path", "terraform", "self"))


@dataclass(frozen=True)
class Configured:
    """Bodies from the configuration of a plan. ``names`` gives the identity of a planned resource by its address."""

    plan: Plan
    prefix: str
    names: Mapping[str, str]

    def body(self, planned: Planned, at: Location) -> Node:
        """The arguments that are written for a resource."""
        return Node({k: self._node(v, planned, at) for k, v in planned.expressions.items()}, at)

    def _node(self, expression: Any, planned: Planned, at: Location) -> Node:
        if isinstance(expression, list):
            return Node(tuple(self._node(e, planned, at) for e in expression), at)
        known = mapping(expression)
        if _LITERAL in known:
            return node_of(known[_LITERAL], at)
        if isinstance(known.get("references"), list):
            return Node(self._reference(known["references"], planned) or LATER, at)
        return Node({k: self._node(v, planned, at) for k, v in known.items()}, at)

    def _reference(self, references: list[Any], planned: Planned) -> Reference | None:
        """The one attribute that is referred to. A reference is listed with each of its beginnings."""
        names = names_in(references)
        longest = [n for n in names if not any(o != n and o.startswith((f"{n}.", f"{n}[")) for o in names)]
        if len(longest) != 1:
            return None
        return self._follow(longest[0], planned.module, planned, _MAX_HOPS)

    def _follow(self, name: str, module: str, planned: Planned, hops: int) -> Reference | None:
        parts = without_keys(name).split(".")
        if hops == 0 or len(parts) < 2:
            return None
        if parts[0] == "var":
            return self._given(parts[1], module, planned, hops - 1)
        if parts[0] == "module" and len(parts) > 2:
            return self._output(parts[1], parts[2], module, planned, hops - 1)
        if parts[0] in _NO_BLOCK:
            return None
        size = 3 if parts[0] == "data" else 2
        return self._declared(".".join(parts[:size]), ".".join(parts[size:]), module, planned)

    def _given(self, name: str, module: str, planned: Planned, hops: int) -> Reference | None:
        """What the call of a module gives for a variable."""
        above, _, call = without_keys(module).rpartition("module.")
        above = above.rstrip(".")
        calls = mapping(self.plan.modules.get(above, {}).get("module_calls"))
        names = names_in(mapping(mapping(mapping(calls.get(call)).get("expressions")).get(name)).get("references"))
        outer = module.rpartition("module.")[0].rstrip(".")
        return self._follow(names[0], outer, planned, hops) if call and names else None

    def _output(self, call: str, output: str, module: str, planned: Planned, hops: int) -> Reference | None:
        inner = f"{module}.module.{call}" if module else f"module.{call}"
        outputs = mapping(self.plan.modules.get(without_keys(inner), {}).get("outputs"))
        names = names_in(mapping(mapping(outputs.get(output)).get("expression")).get("references"))
        return self._follow(names[0], inner, planned, hops) if names else None

    def _declared(self, block: str, attribute: str, module: str, planned: Planned) -> Reference | None:
        """The copy that is meant: the only one, the one in the same copy of the module, or that of the same key."""
        written = f"{without_keys(module)}.{block}" if module else block
        copies = self.plan.by_block.get(written, ())
        near = [p for p in copies if p.module == module] or list(copies)
        same = [p for p in near if key_of(p.address) == key_of(planned.address)]
        chosen = near if len(near) == 1 else same
        name = self.names.get(chosen[0].address) if len(chosen) == 1 else None
        return Reference(name, attribute) if name else None
