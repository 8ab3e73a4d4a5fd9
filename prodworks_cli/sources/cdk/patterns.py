"""Names that patterns bind."""

from __future__ import annotations

from prodworks_cli.sources.cdk import program as p


def names_of(target: p.Expression) -> tuple[str, ...]:
    """The variables of a target."""
    if isinstance(target, p.Name):
        return (target.id,)
    return names_of(target.left) if isinstance(target, p.Operation) and target.left else ()
