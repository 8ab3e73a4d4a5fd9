"""How state machines are read from the account: those with a step that calls a model or a function of the workload."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record, some
from prodworks_cli.resources.collecting import Collector, Read, Reader
from prodworks_cli.resources.state_machines import StateMachine, Step

_MACHINES = Read("stepfunctions", "ListStateMachines", "states:ListStateMachines")
# The definition is needed for its steps; texts in it are not kept.
_MACHINE = Read("stepfunctions", "DescribeStateMachine", "states:DescribeStateMachine", shown=frozenset({"definition"}))


def _machines(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_MACHINES, "stateMachines"), lambda summary: _machine(reader, summary))


def _machine(reader: Reader, summary: Node) -> Record | None:
    arn = summary["stateMachineArn"].text()
    if arn is None:
        return None
    return reader.record(arn, {_MACHINE: reader.get(_MACHINE, arn, stateMachineArn=arn)})


def _steps(machine: StateMachine) -> tuple[Step, ...]:
    listed = machine.model_steps if isinstance(machine.model_steps, tuple) else ()
    return tuple(step for step in listed if isinstance(step, Step))


def _calls_models(machine: StateMachine) -> bool | Unknown:
    """Whether a task calls a model without a function between."""
    if isinstance(machine.model_steps, Unknown):
        return machine.model_steps
    return some(step.calls_model for step in _steps(machine))


def _functions(machine: StateMachine) -> Iterable[Ref]:
    return (step.function for step in _steps(machine) if isinstance(step.function, Ref))


COLLECT = (Collector(StateMachine.KIND, (_MACHINES, _MACHINE), _machines, root=_calls_models, beside=_functions),)
