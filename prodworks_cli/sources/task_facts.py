"""What a state machine says of its model calls beside the request: what is kept of each, what happens instead when one
fails, and what becomes of the answer.

Which events are logged at which level: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Content, Node
from prodworks_cli.resources.state_machines import MODEL_TASK
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.answers import NO_TEXT, use_of, without_text
from prodworks_cli.sources.calls.records import ERROR, LATENCY, record_attributes

_AROUND = ("Parallel", "Map")
_READS_DATA = ("States.StringToJson(", "$parse(", "$eval(")
_PASSED_ON = Unknown("the state machine hands the answer on")
_FROM_OUTSIDE = Unknown("who starts the state machine may bound what it is given")
MAX_STEPS = 100


def records(block: Block) -> dict[str, Drafted]:
    """A standard machine keeps the times and the end of each task of an execution; an express one what it logs."""
    express, level = _is_express(block), _level(block)
    leaves = next((told for told in (express, level) if isinstance(told, Unknown)), None)
    if express is False or level == "ALL":
        return record_attributes({LATENCY, ERROR}, is_traced(block), False, None)
    return record_attributes({ERROR} if level == "ERROR" else set(), is_traced(block), False, leaves)


def _is_express(block: Block) -> bool | Unknown:
    type_ = block.body.first_of("StateMachineType", "Type", "type")
    return Unknown(type_.unknown.reason) if type_.unknown else type_.text() == "EXPRESS"


def _level(block: Block) -> str | Unknown:
    """The level of the log; nothing is logged without one."""
    logging = block.body.first_of("LoggingConfiguration", "Logging", "logging_configuration")
    logging = next(iter(logging.items()), logging) if isinstance(logging.content, tuple) else logging
    level = logging.first_of("Level", "level")
    unknown = level.unknown or logging.unknown
    return Unknown(unknown.reason) if unknown else level.text() or "OFF"


def is_traced(block: Block) -> bool | Unknown:
    """X-Ray follows each task where the state machine is traced."""
    tracing = block.body.first_of("TracingConfiguration", "Tracing", "tracing_configuration")
    tracing = next(iter(tracing.items()), tracing) if isinstance(tracing.content, tuple) else tracing
    enabled = tracing.first_of("Enabled", "enabled")
    unknown = enabled.unknown or tracing.unknown
    return Unknown(unknown.reason) if unknown else enabled.content in (True, "true")


def fallback(definition: Node, state: Node) -> bool | Unknown:
    """Whether something answers when a task has failed: another model, or a result that is written out."""
    states = dict(_states(definition))
    ways = [_leads_on(entry["Next"].text(), states) for entry in state["Catch"].items()]
    if True in ways:
        return True
    if not ways and not any(s["Catch"].present for s in states.values() if s["Type"].text() in _AROUND):
        return False
    unknown = Unknown("the state machine does not tell what is answered after a failure")
    return unknown if not ways or any(isinstance(way, Unknown) for way in ways) else False


def _leads_on(name: str | None, states: Mapping[str, Node]) -> bool | Unknown:
    """Where a way ends that is taken after a failure."""
    for _ in range(MAX_STEPS):
        state = states.get(name or "")
        if state is None:
            break
        type_ = state["Type"].text()
        if type_ == "Fail":
            return False
        if MODEL_TASK.search(state["Resource"].text() or ""):
            return True
        if type_ == "Pass" and (state["Result"].present or state["Output"].present or state["Parameters"].present):
            return not _ends_in_failure(state, states)
        name = state["Next"].text()
    return Unknown("the state machine does not tell what is answered after a failure")


def _ends_in_failure(state: Node, states: Mapping[str, Node]) -> bool:
    """What is prepared for a report of the failure is no answer."""
    for _ in range(MAX_STEPS):
        following = states.get(state["Next"].text() or "")
        if following is None:
            return False
        if following["Type"].text() == "Fail":
            return True
        state = following
    return False


def _states(definition: Node) -> Iterator[tuple[str, Node]]:
    """All states of a definition, those of parallel branches and maps included."""
    waiting, seen = [definition], 0
    while waiting and seen < MAX_STEPS * MAX_STEPS:
        part = waiting.pop()
        for name, state in part["States"].members():
            seen += 1
            waiting += [*state["Branches"].items(), state["Iterator"], state["ItemProcessor"]]
            yield name, state


def answers(texts: Iterable[str], modalities: Drafted) -> dict[str, Drafted]:
    """What the machine does with an answer: it may read it as data, by an intrinsic that knows no schema."""
    if without_text(modalities):
        return dict(NO_TEXT)
    data = any(reading in text for text in texts for reading in _READS_DATA)
    return {**use_of(data, False, _PASSED_ON), "stream_errors_handled": None}


def asked(api: str, said: Content) -> dict[str, Drafted]:
    """What is known of what is asked: nothing was said before where one message is written out, or none."""
    alone = api in ("converse", "invoke_model") and (said is None or (isinstance(said, tuple) and len(said) <= 1))
    return {"history_bounded": None if alone else _FROM_OUTSIDE, "input_bounded": _FROM_OUTSIDE}
