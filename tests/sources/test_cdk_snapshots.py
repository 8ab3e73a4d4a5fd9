"""Snapshots of tests show what constructs of unknown libraries may declare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Gap, Location, Unknown
from prodworks_cli.node import Block, Reference
from prodworks_cli.sources import cdk
from prodworks_cli.sources.cdk import amber, pretty
from prodworks_cli.sources.cdk.snapshots import logical_id
from prodworks_cli.sources.files import judged, tree_of
from prodworks_cli.sources.listings import read_tree
from tests.sources.test_cdk_assembly import SOURCES, STACK, assembly

SNAPSHOT = """// Jest Snapshot v1, https://goo.gl/fbAQLP

exports[`Chat matches 1`] = `
{
  "Outputs": {},
  "Resources": {
    "Fn9270CBC0": {
      "Properties": {
        "Code": {
          "ZipFile": "print("a")
{ "b": 1 },
",
        },
        "LoggingConfig": {
          "LogGroup": {
            "Ref": "Logs6819BB44",
          },
        },
        "Tags": [
          "a": "\\\\d \\`x\\` \\${y}",
        ],
      },
      "Type": "AWS::Lambda::Function",
    },
    "FnServiceRoleB9001A96": {
      "Properties": {},
      "Type": "AWS::IAM::Role",
    },
    "Logs6819BB44": {
      "Properties": {
        "RetentionInDays": 90,
      },
      "Type": "AWS::Logs::LogGroup",
    },
    "MonitoringAlarmF6D2D4A5": {
      "Properties": {
        "AlarmActions": [
          {
            "Ref": "Fn9270CBC0",
          },
        ],
        "Threshold": 1,
      },
      "Type": "AWS::CloudWatch::Alarm",
    },
    "MonitoringFn11111111": {
      "Properties": {
        "Environment": {
          "Variables": {
            "MODEL_ID": "amazon.nova-reel-v1:0",
          },
        },
        "Timeout": 7,
      },
      "Type": "AWS::Lambda::Function",
    },
    "MonitoringThing22222222": {
      "Properties": {
        "Model": "amazon.nova-reel-v1:0",
      },
      "Type": "Custom::Thing",
    },
    "OtherAlarm12345678": {
      "Properties": {},
      "Type": "AWS::CloudWatch::Alarm",
    },
  },
}
`;
""".replace('          "a": "', '          "a ')
PATH = "test/__snapshots__/chat.test.ts.snap"
OWN = {**SOURCES, "bin/app.ts": SOURCES["bin/app.ts"].replace("`${process.env.STAGE}-Chat`", "'Chat'")}


def read(files: dict[str, str]) -> tuple[dict[str, Block], tuple[Gap, ...]]:
    tree = tree_of(files)
    blocks, gaps = cdk.read(judged(tree), tree.assembly, snapshots=tree.snapshots)
    return {b.address: b for b in blocks}, gaps


FUNCTION = "lib/chat.ts#Chat/Monitoring/MonitoringFn11111111"
ALARM = "lib/chat.ts#Chat/Monitoring/MonitoringAlarmF6D2D4A5"


def test_what_an_unknown_library_made_in_a_test_may_be_there() -> None:
    alone, gaps = read(OWN)
    blocks, more = read({**OWN, PATH: SNAPSHOT})
    assert set(blocks) - set(alone) == {ALARM, FUNCTION}
    assert (blocks[ALARM].conditional, blocks[ALARM].body.location) == (True, Location("lib/chat.ts", 15))
    assert blocks[ALARM].body["AlarmActions"].items()[0].content == Reference("lib/chat.ts#Chat/Fn", "Ref")
    assert more == gaps


def test_the_parameters_of_a_test_are_no_settings() -> None:
    made = read({**OWN, PATH: SNAPSHOT})[0][FUNCTION].body
    assert made["Environment"].content == Unknown("a snapshot holds the parameters of a test", present=True)
    assert made["Timeout"].content == 7
    models = [
        r for r in collect_repository(tree_of({**OWN, PATH: SNAPSHOT}), {}).resources if "nova-reel" in r.identity
    ]
    assert models == []


def test_it_settles_nothing_that_the_code_leaves_open() -> None:
    open_retention = STACK.replace("retention: 90", "retention: Number(process.env.DAYS)")
    files = {**OWN, "lib/chat.ts": open_retention}
    for found in (read(files)[0], read({**files, PATH: SNAPSHOT})[0]):
        assert isinstance(found["lib/chat.ts#Chat/Logs"].body["RetentionInDays"].content, Unknown)


def test_what_code_and_snapshot_say_differently_is_told_and_the_code_counts() -> None:
    blocks, gaps = read({**OWN, "lib/chat.ts": STACK.replace("retention: 90", "retention: 30"), PATH: SNAPSHOT})
    assert blocks["lib/chat.ts#Chat/Logs"].body["RetentionInDays"].content == 30
    told = "snapshot 'Chat matches 1' has RetentionInDays of Chat/Logs other than lib/chat.ts:9, which counts"
    assert [(g.scope, g.reason, g.minor) for g in gaps if g.scope == PATH] == [(PATH, told, True)]
    assert ALARM in blocks


def test_one_that_lacks_what_the_code_has_is_not_used() -> None:
    more = STACK.replace("new Monitoring", "new logs.LogGroup(this, 'More'); new Monitoring")
    blocks, gaps = read({**OWN, "lib/chat.ts": more, PATH: SNAPSHOT})
    assert ALARM not in blocks
    told = [g.reason for g in gaps if g.scope == PATH]
    assert told == ["snapshot 'Chat matches 1' is not used: it lacks Chat/More of lib/chat.ts:15"]


def test_an_assembly_says_more() -> None:
    blocks, _ = read({**OWN, PATH: SNAPSHOT, **assembly()})
    assert ALARM not in blocks


@pytest.mark.parametrize(
    "text", ["", "exports[`x 1`] = `\n{\n`;\n", "\nexports[`x 1`] = `\n[1]\n`;\n", SNAPSHOT.replace("90,", "ninety,")]
)
def test_a_snapshot_that_holds_no_template_says_nothing(text: str) -> None:
    assert read({**OWN, PATH: text})[0].keys() == read(OWN)[0].keys()


def test_only_snapshots_with_templates_are_read(tmp_path: Path) -> None:
    for path, text in {**OWN, PATH: SNAPSHOT, "web/__snapshots__/a.snap": "exports[`a 1`] = `<div />`;\n"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    tree = read_tree(tmp_path)
    assert [f.path for f in tree.snapshots] == [PATH]
    assert not [f for f in tree.files if f.path.endswith(".snap")]
    assert ("web/__snapshots__/a.snap", "vendored") in {(s.path, s.reason) for s in tree.skipped}
    alarms = [r for r in collect_repository(tree, {}).resources if r.kind == "aws.cloudwatch.alarm"]
    assert [a.identity for a in alarms] == [ALARM]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Logs/Resource", "Logs6819BB44"),
        ("Fn/Resource", "Fn9270CBC0"),
        ("Fn/ServiceRole/Resource", "FnServiceRoleB9001A96"),
        ("A/A/Resource", "AA9DDA52A"),
        ("Alone", "Alone"),
        ("a-b", "ab"),
    ],
)
def test_logical_ids(path: str, expected: str) -> None:
    made = logical_id(path)
    assert made == expected if path != "A/A/Resource" else made.startswith("A") and len(made) == 9


def test_texts_of_snapshots() -> None:
    lines = [
        "{",
        '  "a": "x "y": {",',
        '  "b": "one',
        '  ",',
        'two",',
        '  "c": [',
        "    1,",
        "    true,",
        "    undefined,",
        "    {},",
        "  ],",
        "}",
    ]
    assert pretty.parsed("\n".join(lines)) == {"a": 'x "y": {', "b": 'one\n  ",\ntwo', "c": [1, True, None, {}]}
    old = 'Object {\n  "a": Array [\n    "\\"q\\"",\n  ],\n}'
    assert pretty.parsed(old) == {"a": ['"q"']}


@pytest.mark.parametrize("text", ["", "{", "}", '{\n  "a",\n}', '{\n  "a": "x', "{\n  x\n}", "1\n2"])
def test_what_is_no_value(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        pretty.parsed(text)


def test_a_hostile_snapshot_ends() -> None:
    deep = "\n".join("[" for _ in range(100_000))
    with pytest.raises(ValueError, match=r"."):
        pretty.parsed(deep)
    quotes = "{\n" + "\n".join('  "a": "b' for _ in range(20_000))
    with pytest.raises(ValueError, match="does not end"):
        pretty.parsed(quotes)


def test_the_snapshot_is_json_once_it_is_read() -> None:
    body: Any = pretty.parsed(SNAPSHOT.partition("] = `\n")[2].rpartition("\n`;")[0])
    assert json.loads(json.dumps(body))["Resources"]["Logs6819BB44"]["Properties"] == {"RetentionInDays": 90}
    assert body["Resources"]["Fn9270CBC0"]["Properties"]["Code"]["ZipFile"] == 'print("a")\n{ "b": 1 },\n'


PYTHON = """
from aws_cdk import App, Stack, aws_logs as logs
from cdk_watch import Monitoring


class Chat(Stack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        logs.LogGroup(self, "Logs", retention=logs.RetentionDays.THREE_MONTHS)
        Monitoring(self, "Monitoring")


app = App()
Chat(app, "Chat")
"""
AMBER = """# serializer version: 1
# name: test_a_text
  'Monitoring'
# ---
# name: test_chat[dev]
  dict({
    'Resources': dict({
      'Logs6819BB44': dict({
        'Properties': dict({
          'RetentionInDays': 90,
          'Tags': list([
          ]),
        }),
        'Type': 'AWS::Logs::LogGroup',
      }),
      'MonitoringAlarmF6D2D4A5': dict({
        'Properties': dict({
          'ActionsEnabled': True,
          'AlarmActions': list([
            dict({
              'Ref': 'Logs6819BB44',
            }),
          ]),
          'AlarmDescription': '''
            it's
              "more" \\n
<>
          ''',
          'Threshold': 1.5,
        }),
        'Type': 'AWS::CloudWatch::Alarm',
      }),
    }),
  })
# ---
""".replace("<>", "  ")


def test_snapshots_of_syrupy() -> None:
    place = "tests/__snapshots__/test_chat.ambr"
    alone, _ = read({"app.py": PYTHON})
    blocks, gaps = read({"app.py": PYTHON, place: AMBER})
    (address,) = set(blocks) - set(alone)
    alarm = blocks[address]
    assert (address, alarm.conditional) == ("app.py#Chat/Monitoring/MonitoringAlarmF6D2D4A5", True)
    assert alarm.body["AlarmActions"].items()[0].content == Reference("app.py#Chat/Logs", "Ref")
    assert alarm.body["AlarmDescription"].plain() == 'it\'s\n  "more" \\n\n'
    assert (alarm.body["ActionsEnabled"].plain(), alarm.body["Threshold"].plain()) == (True, 1.5)
    assert [g for g in gaps if g.scope == place] == []
    other = AMBER.replace("'RetentionInDays': 90", "'RetentionInDays': 30")
    told = "snapshot 'test_chat[dev]' has RetentionInDays of Chat/Logs other than app.py:9, which counts"
    assert [g.reason for g in read({"app.py": PYTHON, place: other})[1] if g.scope == place] == [told]


def test_the_files_of_syrupy_that_hold_no_template_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "__snapshots__"
    folder.mkdir(parents=True)
    (folder / "a.ambr").write_text(AMBER)
    (folder / "b.ambr").write_text("# name: b\n  'Bedrock'\n# ---\n")
    assert [f.path for f in read_tree(tmp_path).snapshots] == ["tests/__snapshots__/a.ambr"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  'a\\'b'", "a'b"),
        ('  "it\'s"', "it's"),
        ("  list([\n    None,\n    False,\n    -1,\n    tuple(\n      'x',\n    ),\n  ])", [None, False, -1, ["x"]]),
        ("  dict({\n    1: dict({\n    }),\n  })", {"1": {}}),
    ],
)
def test_values_of_syrupy(text: str, expected: object) -> None:
    assert amber.parsed(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "dict({", "})", "dict({\n  'a',\n})", "'x", "x()", "[1]", "1\n2", "'''\n  a", "list([\n" * 200, "(" * 5000],
)
def test_what_is_no_value_of_syrupy(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        amber.parsed(text)
