"""Agents as code: the tools that a model may ask for, and the loops that let it ask again."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.schema import Flag, Number, Text

# No person needs to confirm what only reads; all else acts on the world.
CONSEQUENTIAL = ("write", "delete", "money", "message", "execute")
# A limit above this many rounds, as some frameworks have it by default, ends no loop in time.
MOST_ROUNDS = 1000


@dataclass(frozen=True)
class Tool(Kind):
    """A function the model may ask for, and how the request is turned into a call.

    ``effect`` is read, write, delete, money, message or execute; ``dispatch`` registry or dynamic; ``confirmation``
    none, user_confirmation, return_control, approval_step or policy.
    """

    KIND = "repo.tool"

    name: Text
    effect: Text
    dispatch: Text
    arguments_validated: Flag
    confirmation: Text
    host_execution: Flag
    recorded: Flag

    @property
    def consequential(self) -> Flag:
        """Whether the tool acts on the world instead of reading it."""
        if self.effect is None or isinstance(self.effect, Unknown):
            return self.effect or Unknown("the effect of the tool cannot be told from its source")
        return self.effect in CONSEQUENTIAL


@dataclass(frozen=True)
class AgentLoop(Kind):
    """A loop that lets the model decide to call again; a limit that is absent was not set anywhere."""

    KIND = "repo.agent_loop"

    framework: Text
    iteration_limit: Number
    time_limit: Number
    token_limit: Number

    @property
    def bounded(self) -> Flag:
        """Whether one of the limits ends the loop; a limit that cannot be read may be one."""
        rounds = self.iteration_limit
        if isinstance(rounds, int | float) and rounds > MOST_ROUNDS:
            rounds = None
        limits = (rounds, self.time_limit, self.token_limit)
        if any(isinstance(limit, int | float) for limit in limits):
            return True
        if any(isinstance(limit, Unknown) and limit.present for limit in limits):
            return True
        unread = next((limit for limit in limits if isinstance(limit, Unknown)), None)
        return Unknown(unread.reason) if unread else False
