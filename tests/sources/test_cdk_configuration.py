"""Parameters of CDK applications: files of the repository, context and schemas."""

from __future__ import annotations

import pytest

from prodworks_cli.model import Unknown
from tests.sources.test_cdk import HEAD, read, value

TYPESCRIPT = """
import { existsSync, readFileSync } from 'fs';
import * as path from 'node:path';
import * as yaml from 'js-yaml';
import { z } from 'zod';
"""


def typescript(body: str, **files: str) -> dict[str, object]:
    """The blocks of an app, by the path of their construct."""
    source = f"{HEAD}{TYPESCRIPT}const app = new cdk.App();\nconst s = new cdk.Stack(app, 'S');\n{body}"
    named = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    blocks, _ = read({"infra/bin/app.ts": source, "infra/cdk.json": '{"context": {"days": 7, "keep": true}}', **named})
    return {path: value(b, "RetentionInDays") for path, b in blocks.items()}


def days(expression: str, **files: str) -> object:
    return typescript(f"new logs.LogGroup(s, 'L', {{ retention: {expression} }});", **files)["S/L"]


@pytest.mark.parametrize(
    "expression",
    [
        "JSON.parse(readFileSync('config.json', 'utf8')).days",
        "JSON.parse(readFileSync('./config.json').toString('utf8')).days",
        "JSON.parse(readFileSync(path.join(__dirname, '..', 'config.json'), 'utf8')).days",
        "JSON.parse(readFileSync(path.resolve(process.cwd(), 'config.json'))).days",
        "existsSync('config.json') ? 5 : 6",
        "yaml.load(readFileSync('config.yaml')).retention.days",
    ],
)
def test_committed_configuration_is_read(expression: str) -> None:
    assert days(expression, infra__config_json='{"days": 5}', infra__config_yaml="retention:\n  days: 5\n") == 5


@pytest.mark.parametrize(
    "expression",
    [
        "JSON.parse(readFileSync('gone.json', 'utf8')).days",
        "JSON.parse(readFileSync(process.env.FILE, 'utf8')).days",
        "JSON.parse(readFileSync('broken.json', 'utf8')).days",
        "JSON.parse(readFileSync('../../../../etc/passwd', 'utf8')).days",
        "existsSync('dist/index.html') ? 5 : 6",
    ],
)
def test_what_is_not_in_the_repository_is_not_known(expression: str) -> None:
    assert isinstance(days(expression, infra__broken_json="{"), Unknown)


def test_defaults_count_where_no_configuration_is_committed() -> None:
    body = "function get() { if (existsSync('config.json')) { return JSON.parse(readFileSync('config.json')); }"
    body += " return { days: 3 }; } new logs.LogGroup(s, 'L', { retention: get().days });"
    assert typescript(body)["S/L"] == 3
    assert typescript(body, infra__config_json='{"days": 9}')["S/L"] == 9


@pytest.mark.parametrize("ignored", ["config.json", "/infra/*.json", "infra/"])
def test_configuration_that_git_ignores_may_exist_elsewhere(ignored: str) -> None:
    assert isinstance(days("existsSync('config.json') ? 5 : 6", _gitignore=f"node_modules\n{ignored}\n"), Unknown)
    assert days("existsSync('config.json') ? 5 : 6", _gitignore="other.json\n") == 6


def test_a_check_that_would_fail_the_app_is_passed() -> None:
    body = "if (!existsSync('secrets.json')) { throw new Error('make it first'); } new logs.LogGroup(s, 'L');"
    assert typescript(body)["S/L"] == 731


def test_python_reads_files_too() -> None:
    app = """
import json
import os
import yaml
import aws_cdk as cdk
from aws_cdk import aws_logs as logs

with open(os.path.join(os.path.dirname(__file__), "config.json")) as f:
    config = json.load(f)
settings = yaml.safe_load(open("settings.yaml").read())
app = cdk.App()
stack = cdk.Stack(app, "S")
logs.LogGroup(stack, "A", retention=config["days"])
logs.LogGroup(stack, "B", retention=settings["days"])
"""
    files = {"app.py": app, "config.json": '{"days": 5}', "settings.yaml": "days: 6", "cdk.json": "{}"}
    blocks, _ = read(files)
    assert [value(blocks[f"S/{name}"], "RetentionInDays") for name in "AB"] == [5, 6]


SCHEMA = """
const Base = z.object({ env: z.string().default(''), region: z.string() });
const Schema = Base.extend({
  days: z.number().min(1).default(14),
  nested: z.object({ days: z.number().default(30) }).default({}),
  maybe: z.number().optional(),
  keep: z.boolean().default(false),
  computed: z.string().transform((v) => Number(v)),
  both: z.string().transform((v) => Number(v)).default('9'),
});
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Schema.parse({}).days", 14),
        ("Schema.parse({ days: 5 }).days", 5),
        ("Schema.parse({}).nested.days", 30),
        ("Schema.parse({ nested: { days: 6 } }).nested.days", 6),
        ("Schema.parse({ days: process.env.DAYS }).days", 14),
        ("Schema.parse({}).maybe ?? 3", 3),
        ("Schema.parse(app.node.getAllContext()).days", 7),
        ("Schema.parse(app.node.getAllContext()).keep ? 1 : 2", 1),
        ("Schema.parse({ env: 'prod' }).env === 'prod' ? 365 : 7", 365),
    ],
)
def test_schemas_bring_defaults(expression: str, expected: int) -> None:
    body = f"{SCHEMA} new logs.LogGroup(s, 'L', {{ retention: {expression} }});"
    assert typescript(body)["S/L"] == expected


@pytest.mark.parametrize(
    "expression",
    ["Schema.parse({}).region", "Schema.parse({ computed: '5' }).computed", "Schema.parse({}).both"],
)
def test_what_a_schema_demands_or_computes_is_not_known(expression: str) -> None:
    found = typescript(f"{SCHEMA} new logs.LogGroup(s, 'L', {{ retention: {expression} }});")["S/L"]
    assert found is None or isinstance(found, Unknown)
