"""What a guardrail looks for, entry by entry, and whether an entry stops what it finds.

An action of ``None`` means "not set", and Bedrock then blocks; an ``enabled`` of ``None`` means "not set", and the
entry is then active.
"""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Unknown
from prodworks_cli.resources.adapter import every, some
from prodworks_cli.schema import Flag, Item, Number, Text, Texts


@dataclass(frozen=True)
class ContentFilter(Item):
    """An element of ``content_filters``."""

    type: Text
    input_strength: Text
    output_strength: Text
    input_action: Text
    output_action: Text
    input_enabled: Flag
    output_enabled: Flag
    modalities: Texts

    @property
    def acts(self) -> Flag:
        """Whether the filter stops something in questions or answers; prompt attacks count only in questions."""
        asked = _acts(_effective(self.input_strength), self.input_action, self.input_enabled)
        if self.type == "PROMPT_ATTACK":
            return asked
        return some((asked, _acts(_effective(self.output_strength), self.output_action, self.output_enabled)))


@dataclass(frozen=True)
class PiiEntity(Item):
    """An element of ``pii_entities``."""

    type: Text
    action: Text
    input_action: Text
    output_action: Text
    input_enabled: Flag
    output_enabled: Flag

    @property
    def acts_on_output(self) -> Flag:
        """Whether the entry blocks or masks what it finds in answers, rather than only report it."""
        return _acts_on_output(self)

    @property
    def acts(self) -> Flag:
        """Whether the entry blocks or masks what it finds in questions or in answers."""
        return some((_acts_on_input(self), _acts_on_output(self)))


@dataclass(frozen=True)
class Regex(Item):
    """An element of ``regexes``."""

    name: Text
    action: Text
    input_action: Text
    output_action: Text
    input_enabled: Flag
    output_enabled: Flag

    @property
    def acts_on_output(self) -> Flag:
        """Whether the entry blocks or masks what it finds in answers, rather than only report it."""
        return _acts_on_output(self)

    @property
    def acts(self) -> Flag:
        """Whether the entry blocks or masks what it finds in questions or in answers."""
        return some((_acts_on_input(self), _acts_on_output(self)))


@dataclass(frozen=True)
class Topic(Item):
    """An element of ``topics``. ``action`` is the one that acts, where the directions have different ones."""

    name: Text
    action: Text
    input_action: Text
    output_action: Text
    input_enabled: Flag
    output_enabled: Flag

    @property
    def acts(self) -> Flag:
        """Whether the topic is blocked in questions or in answers."""
        asked = _acts(True, self.input_action, self.input_enabled)
        return some((asked, _acts(True, self.output_action, self.output_enabled)))


@dataclass(frozen=True)
class GroundingFilter(Item):
    """An element of ``grounding_filters``."""

    type: Text
    threshold: Number
    action: Text
    enabled: Flag

    @property
    def acts(self) -> Flag:
        """Whether some answer can score below the threshold, and is then blocked."""
        threshold = self.threshold
        above = threshold if isinstance(threshold, Unknown) else threshold is not None and threshold > 0
        return _acts(above, self.action, self.enabled)


def _acts_on_output(entry: PiiEntity | Regex) -> bool | Unknown:
    """An action for answers goes before the common one."""
    return _stops(entry.action if entry.output_action is None else entry.output_action, entry.output_enabled)


def _acts_on_input(entry: PiiEntity | Regex) -> bool | Unknown:
    """An action for questions goes before the common one."""
    return _stops(entry.action if entry.input_action is None else entry.input_action, entry.input_enabled)


def _stops(action: Text, enabled: Flag) -> bool | Unknown:
    acts = action if isinstance(action, Unknown) else action in ("BLOCK", "ANONYMIZE")
    return every((acts, _on(enabled)))


def _acts(looks: bool | Unknown, action: Text, enabled: Flag) -> bool | Unknown:
    """One direction of an entry: it looks for something, does more than report it, and is not switched off."""
    return every((looks, _blocks(action), _on(enabled)))


def _effective(strength: Text) -> bool | Unknown:
    return strength if isinstance(strength, Unknown) else strength not in (None, "NONE")


def blocked_type(entry: ContentFilter | Unknown) -> Text:
    """The type of a filter that blocks both ways; unknown when that cannot be told, ``None`` when it does not."""
    if isinstance(entry, Unknown):
        return entry
    strong = (_strong(entry.input_strength), _strong(entry.output_strength))
    blocks = (_blocks(entry.input_action), _blocks(entry.output_action))
    both_ways = every((*strong, *blocks, _on(entry.input_enabled), _on(entry.output_enabled)))
    return both_ways if isinstance(both_ways, Unknown) else entry.type if both_ways else None


def _strong(strength: Text) -> bool | Unknown:
    return strength if isinstance(strength, Unknown) else strength in ("MEDIUM", "HIGH")


def _blocks(action: Text) -> bool | Unknown:
    return action if isinstance(action, Unknown) else action != "NONE"


def _on(enabled: Flag) -> bool | Unknown:
    return enabled if isinstance(enabled, Unknown) else enabled is not False
