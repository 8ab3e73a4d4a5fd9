"""State machines of Step Functions with steps that call models, and what becomes of a step that fails.

The language: https://states-language.net/spec.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from prodworks_cli.lazy import regex
from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import Observed, Record, declared, observed, parsed
from prodworks_cli.resources.entries import function_in
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Link, Number, Text, Texts, To, draft

MODEL_TASK = regex(
    r":states:::(?:bedrock|aws-sdk:bedrock(?:agent)?runtime):"
    r"(invokeModel|converse|invokeAgent|invokeInlineAgent|invokeFlow|retrieveAndGenerate)\b"
)
CATCHES_ALL = ("States.ALL", "States.TaskFailed")
MAX_STATES = 5_000


@dataclass(frozen=True)
class Step(Item):
    """An element of ``model_steps``: a task that calls Bedrock, or a function.

    ``retry_errors`` are those that it tries again with growing pauses, ``catches`` says that some failure leads on,
    ``recovers_in_time`` that the step, or the machine as a whole, has a time limit. ``calls_model`` of a step with a
    ``function`` is joined later: whether that may invoke models.
    """

    name: Text
    function: Annotated[Link, To("aws.compute.unit")]
    calls_model: Flag
    retry_errors: Texts
    catches: Flag
    timeout_seconds: Number
    recovers_in_time: Flag

    @property
    def retries_throttling(self) -> Flag:
        """Whether a throttled call is tried again with growing pauses."""
        errors = self.retry_errors
        if isinstance(errors, Unknown):
            return errors
        return any(isinstance(e, str) and (e in CATCHES_ALL or _THROTTLED.search(e)) for e in errors or ())


_THROTTLED = regex(r"Throttl|TooManyRequests")


@dataclass(frozen=True)
class StateMachine(Kind):
    """A state machine. ``model_steps`` are its tasks that call a model or a function."""

    KIND = "aws.stepfunctions.state_machine"

    name: Text
    timeout_seconds: Number
    model_steps: tuple[Step | Unknown, ...] | Unknown | None


def tasks(definition: Node) -> Iterator[tuple[str, Node]]:
    """The tasks of a definition by name, those of parallel branches and maps included."""
    waiting, seen = [definition], 0
    while waiting and seen < MAX_STATES:
        part = waiting.pop()
        for name, state in part["States"].members():
            seen += 1
            waiting += [*state["Branches"].items(), state["Iterator"], state["ItemProcessor"]]
            if state["Type"].text() == "Task":
                yield name, state


def steps(definition: Node, substitutions: Node, declarations: Declarations) -> Drafted:
    """The tasks that call a model or a function."""
    if definition.unknown:
        return definition.unknown
    whole = definition["TimeoutSeconds"]
    found = (_step(name, state, whole, substitutions, declarations) for name, state in tasks(definition))
    return tuple(step for step in found if step is not None)


_INVOKES = regex(r":states:::lambda:invoke\b")
_NAMED_BELOW = regex(r"\$\{(\w+)\}")


def _step(name: str, state: Node, whole: Node, substitutions: Node, declarations: Declarations) -> Draft | None:
    resource = state["Resource"]
    direct = bool(MODEL_TASK.search(resource.text() or ""))
    function = None if direct else _function(state, substitutions, declarations)
    if not direct and function is None:
        return None
    return draft(
        Step,
        state,
        name=Node(name, state.location),
        function=function,
        calls_model=True if direct else None,
        retry_errors=tuple(error for retry in state["Retry"].items() for error in _errors(retry)),
        catches=bool(state["Catch"].items()),
        timeout_seconds=_limit(state),
        recovers_in_time=state["TimeoutSecondsPath"].present or state["TimeoutSeconds"].present or whole.present,
    )


def _limit(state: Node) -> Drafted:
    """A time limit; one that is computed exists."""
    computed = state["TimeoutSecondsPath"].present
    return Unknown("computed by the state machine", present=True) if computed else state["TimeoutSeconds"]


def _errors(retry: Node) -> tuple[Node, ...]:
    """What an entry of ``Retry`` tries again; nothing where it does not wait longer each time, or never tries."""
    stuck = retry["BackoffRate"].content in (1, 1.0) or retry["MaxAttempts"].content == 0
    return () if stuck else retry["ErrorEquals"].items()


def _function(state: Node, substitutions: Node, declarations: Declarations) -> Drafted:
    """The function that a task calls: by the integration of Lambda, or by its ARN as the resource."""
    resource = state["Resource"]
    given = state["Arguments"] if state["Arguments"].present else state["Parameters"]
    named = given["FunctionName"] if _INVOKES.search(resource.text() or "") else resource
    below = _NAMED_BELOW.fullmatch(named.text() or "")
    named = substitutions[below[1]] if below else named
    if named is resource and ":states:::" in (resource.text() or ""):
        return None
    return function_in(named, declarations)


def machine(block: Block, definition: Node, declarations: Declarations) -> Draft:
    """A declared machine with its definition, wherever that was kept."""
    name = block.body.first_of("name", "Name", "StateMachineName")
    return declared(
        StateMachine,
        block,
        (name,),
        name=name,
        timeout_seconds=definition["TimeoutSeconds"],
        model_steps=steps(definition, block.body["DefinitionSubstitutions"], declarations),
    )


def _observed(record: Record) -> Draft:
    answer = record.answer("stepfunctions:DescribeStateMachine")
    definition = parsed(answer["definition"])
    return observed(
        StateMachine,
        record,
        (answer["name"], answer["stateMachineArn"]),
        name=answer["name"],
        timeout_seconds=definition["TimeoutSeconds"],
        model_steps=steps(definition, Node(None, definition.location), Declarations(())),
    )


def with_calls(value: StateMachine, leads: Callable[[object], bool | Unknown]) -> StateMachine:
    """The machine, each step that calls a function with whether that may invoke models."""
    listed = value.model_steps
    if not isinstance(listed, tuple):
        return value
    known = (
        replace(s, calls_model=leads(s.function)) if isinstance(s, Step) and s.function is not None else s
        for s in listed
    )
    return replace(value, model_steps=tuple(known))


API: Mapping[str, Observed] = {StateMachine.KIND: _observed}
