"""Budgets."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.schema import Flag, Item, Number, Text, Texts


@dataclass(frozen=True)
class Notification(Item):
    """An element of ``notifications``."""

    type: Text
    threshold: Number
    subscribers: Texts


@dataclass(frozen=True)
class Action(Item):
    """An element of ``actions``."""

    type: Text
    approval: Text
    denies_model_invocation: Flag


@dataclass(frozen=True)
class Budget(Kind):
    """A budget that can see model spend."""

    KIND = "aws.budgets.budget"

    name: Text
    type: Text
    services: Texts
    tag_filters: Texts
    covers: Texts
    notifications: tuple[Notification | Unknown, ...] | Unknown | None
    actions: tuple[Action | Unknown, ...] | Unknown | None
