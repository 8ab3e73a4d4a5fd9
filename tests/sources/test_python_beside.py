"""Where texts go is followed in another process: what is found is what one process finds, within any budget."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from prodworks_cli import processes
from prodworks_cli.processes import here, started
from prodworks_cli.sources import python
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.owners import Owners
from prodworks_cli.sources.python import budget, texts

T = TypeVar("T")
FILES = {
    "core.py": """import logging
import boto3

bedrock = boto3.client("bedrock-runtime")
log = logging.getLogger(__name__)


def ask(text, model):
    log.info("asked %s", text)
    answer = bedrock.converse(modelId=model, messages=[{"role": "user", "content": [{"text": text}]}])
    log.info(answer["output"]["message"]["content"][0]["text"])
    return answer
""",
    "app.py": """from core import ask


def handler(event, context):
    return ask("Answer kindly: " + event["body"], "amazon.nova-lite-v1:0")
""",
}
FILES |= {
    f"use{i}.py": f"from core import ask\n\n\ndef use{i}(event):\n    return ask(event['q{i}'], 'x')\n"
    for i in range(5)
}


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "usable", lambda: 2)
    monkeypatch.setattr(processes, "can_fork", lambda: True)


def found(beside: processes.Beside) -> object:
    return python.read(tree_of(FILES).files, {}, Owners(()), (), beside)


def test_another_process_follows_what_this_one_would() -> None:
    where: list[int] = []

    def beside(run: Callable[[], T], /) -> Callable[[], T]:
        waiting = started(lambda: (os.getpid(), run()))

        def result() -> T:
            process, answer = waiting()
            where.append(process)
            return answer

        return result

    assert found(beside) == found(here)
    assert where != [os.getpid()]


@pytest.mark.parametrize("steps", [0, 1, 5, 20, 50, 100, 150, 200, 300, 400, 600, 1_000])
@pytest.mark.parametrize("name", ["MAX_STEPS", "MAX_STEPS_OF_ONE", "MAX_PARSED"])
def test_what_is_left_out_is_the_same(monkeypatch: pytest.MonkeyPatch, name: str, steps: int) -> None:
    monkeypatch.setattr(budget, name, steps)
    assert found(started) == found(here)


def test_an_error_on_the_way_is_met_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> Sequence[object]:
        raise ValueError(f"odd file in {os.getpid()}")

    monkeypatch.setattr(texts.Texts, "drafts", crash)
    with pytest.raises(ValueError, match=f"odd file in {os.getpid()}"):
        found(started)


def spent(steps: int = 0, partial: int = 0) -> budget.Budget:
    made = budget.Budget()
    made.steps, made.partial = steps, partial
    return made


@pytest.mark.parametrize(
    ("own", "other", "joins"),
    [
        (spent(7), spent(5), True),
        (spent(budget.MAX_STEPS - 4), spent(5), False),
        (spent(7, partial=1), spent(5), False),
        (spent(7), spent(5, partial=1), False),
    ],
)
def test_what_another_process_spent_counts_unless_an_order_decides(
    own: budget.Budget, other: budget.Budget, joins: bool
) -> None:
    steps = own.steps
    assert own.join(other, spent()) is joins
    assert own.steps == steps + (other.steps if joins else 0)
