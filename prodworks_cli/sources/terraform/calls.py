"""Calls of modules: the module blocks, what they give to the modules that they make, and what hides a module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodworks_cli.model import Gap
from prodworks_cli.node import Node
from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.bodies import Instances
from prodworks_cli.sources.terraform.evaluation import Scope, evaluate
from prodworks_cli.sources.terraform.known_modules import PREFIX, inputs_in
from prodworks_cli.sources.terraform.providers import Provider, passed
from prodworks_cli.sources.terraform.values import relocated

if TYPE_CHECKING:
    from prodworks_cli.sources.terraform.module import Module


@dataclass(frozen=True)
class Call:
    """A module block with the modules it makes; none when its source is not in the repository (``missing``)."""

    copies: Instances
    modules: Mapping[str, Module]
    missing: str | None = None
    gap: Gap | None = None


@dataclass(frozen=True)
class Caller:
    """The module block that a module is evaluated for, and where its arguments are evaluated."""

    module: Module
    syntax: x.BlockSyntax
    scope: Scope
    conditional: bool

    def argument(self, name: str) -> Node | None:
        """What the caller gives for a variable; ``None`` when it gives nothing."""
        written = self.syntax.body.arguments.get(name)
        return evaluate(written.value, self.scope) if written else None

    def placed(self, body: Node, syntax: x.BlockSyntax, known: Mapping[str, x.Argument]) -> Node:
        """The arguments of a block of a described module, placed where the call gives the inputs they are made of."""
        written = syntax.body.arguments
        given = self.syntax.body.arguments
        inputs = {n: [i for i in inputs_in(written[n].value, known) if i in given] for n in written}
        places = {n: given[named[0]].at if named else self.syntax.at for n, named in inputs.items()}
        placed = {n: relocated(v, places.get(n, self.syntax.at), PREFIX) for n, v in body.members()}
        return Node(placed, self.syntax.at)

    def provider(self, key: str) -> Provider | None:
        """The settings of the provider that the called module knows as ``key``."""
        given = passed(self.syntax.body.arguments.get("providers")).get(key)
        return self.module.provider(given or key) if given or "." not in key else None
