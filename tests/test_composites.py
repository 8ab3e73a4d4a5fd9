from dataclasses import replace

import pytest

from prodworks_cli.composites import with_composites
from prodworks_cli.model import Location, Plane, Resource, Unknown
from prodworks_cli.resources.cloudwatch import Alarm

NOT_READ = Unknown("not read")
ALARM = Alarm(
    name="errors",
    metrics=(),
    anomaly_band=False,
    actions_enabled=True,
    actions=(),
    rule=None,
    confirmed_recipients=0,
)
COMPOSITE = replace(ALARM, name="any", rule='ALARM("errors")', confirmed_recipients=2)


def told(child: Alarm, composite: Alarm, plane: Plane = Plane.DECLARED) -> object:
    place = {"": Location("main.tf", 1)}
    resources = [
        Resource("alarms.errors", Plane.DECLARED, child, place, ("errors", "arn:aws:x:alarm:errors")),
        Resource("alarms.any", plane, composite, place),
    ]
    first = with_composites(resources)[0].value
    assert isinstance(first, Alarm)
    return first.confirmed_recipients


@pytest.mark.parametrize(
    ("rule", "recipients"),
    [
        ('ALARM("errors") OR ALARM("latency")', 2),
        ("alarm(arn:aws:x:alarm:errors)", 2),
        ("ALARM ( 'errors' )", 2),
        ("OK(errors)", 0),
        ("ALARM(errors-of-others)", 0),
    ],
)
def test_the_rule_names_the_alarms(rule: str, recipients: int) -> None:
    assert told(ALARM, replace(COMPOSITE, rule=rule)) == recipients


def test_a_rule_that_was_not_read_may_name_every_alarm() -> None:
    assert isinstance(told(ALARM, replace(COMPOSITE, rule=NOT_READ)), Unknown)
    assert told(replace(ALARM, confirmed_recipients=1), replace(COMPOSITE, rule=NOT_READ)) == 1


@pytest.mark.parametrize(
    "silent", [replace(COMPOSITE, actions_enabled=False), replace(COMPOSITE, rule=NOT_READ, confirmed_recipients=0)]
)
def test_a_composite_alarm_that_tells_nobody_changes_nothing(silent: Alarm) -> None:
    assert told(ALARM, silent) == 0


def test_what_is_not_known_of_a_composite_alarm_is_not_known_of_its_alarms() -> None:
    assert told(ALARM, replace(COMPOSITE, confirmed_recipients=NOT_READ)) == NOT_READ
    assert told(ALARM, replace(COMPOSITE, actions_enabled=NOT_READ)) == NOT_READ


def test_planes_are_kept_apart() -> None:
    assert told(ALARM, COMPOSITE, Plane.OBSERVED) == 0
