"""The fragments of every rule's fix: they parse, name what exists, and applying them closes the gap."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from functools import cache
from textwrap import indent
from typing import Any

import botocore.session
import pytest
import tree_sitter_python
from botocore import xform_name
from cfnlint.api import lint  # type: ignore[import-untyped]
from cfnlint.config import ManualArgs  # type: ignore[import-untyped]
from tree_sitter import Language, Parser

from prodworks_cli.conditions import resolve_type
from prodworks_cli.data import data_dir
from prodworks_cli.judge import judge
from prodworks_cli.model import Plane
from prodworks_cli.resources.registry import kinds
from prodworks_cli.rulecheck import inventory_of
from prodworks_cli.rules import Rule, load_rules
from prodworks_cli.score import rule_status
from prodworks_cli.sources import terraform
from prodworks_cli.sources.files import tree_of

RULES = load_rules().rules
CALL = """
import boto3

bedrock = boto3.client("bedrock-runtime")


def handler(event, context):
    messages = [{"role": "user", "content": [{"text": event["question"]}]}]
    return bedrock.converse(modelId="us.anthropic.claude-sonnet-4-5-20250929-v1:0", messages=messages)
"""
# Pillars whose fragments are whole programs and complete infrastructure.
WHOLE = ("observability", "security")
# Parameters that the AWS CLI calls otherwise than the API: its own names would clash with global options.
RENAMED = {("sns", "subscribe", "endpoint"): "notification-endpoint"}
# Options that the AWS CLI adds to every operation.
GLOBAL_OPTIONS = {"region", "profile", "output", "query", "cli-input-json", "no-cli-pager"}


def fragments(form: str) -> Iterator[Any]:
    for rule in RULES:
        if form in rule.snippets:
            yield pytest.param(rule, rule.snippets[form], id=rule.id)


def commands() -> Iterator[Any]:
    for rule in RULES:
        for number, line in enumerate(rule.snippets.get("cli", "").splitlines()):
            yield pytest.param(line, id=f"{rule.id}-{number}")


@pytest.mark.parametrize(("rule", "fragment"), list(fragments("terraform")))
def test_terraform_parses_without_gaps(rule: Rule, fragment: str) -> None:
    blocks, gaps = terraform.read(tree_of({"main.tf": fragment}).files)
    assert gaps == ()
    assert blocks, rule.id


@pytest.mark.parametrize(("rule", "fragment"), list(fragments("cloudformation")))
def test_cloudformation_has_no_errors(rule: Rule, fragment: str) -> None:
    found = lint(f"Resources:\n{indent(fragment, '  ')}", config=ManualArgs(regions=["us-east-1"]))
    errors = [f"{rule.id} line {m.linenumber - 1}: {m.message}" for m in found if m.rule.id.startswith("E")]
    assert errors == []


@pytest.mark.parametrize(("rule", "fragment"), list(fragments("python")))
def test_python_parses(rule: Rule, fragment: str) -> None:
    tree = Parser(Language(tree_sitter_python.language())).parse(fragment.encode())
    assert not tree.root_node.has_error, rule.id


@cache
def operations(service: str) -> dict[str, Any]:
    """The operations of a service by their names in the AWS CLI."""
    model = botocore.session.get_session().get_service_model("s3" if service == "s3api" else service)
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}


@pytest.mark.parametrize("line", list(commands()))
def test_commands_name_real_operations_and_parameters(line: str) -> None:
    program, service, operation, *rest = shlex.split(line)
    assert program == "aws"
    model = operations(service)[operation]
    shape = model.input_shape

    def option(member: str) -> str:
        name = xform_name(member, "-")
        return str(RENAMED.get((service, operation, name), name))

    members = {option(name) for name in (shape.members if shape else ())}
    given = {word.removeprefix("--") for word in rest if word.startswith("--")}
    unknown = {g for g in given if g not in members and g.removeprefix("no-") not in members} - GLOBAL_OPTIONS
    assert unknown == set()
    required = {option(name) for name in (shape.required_members if shape else ())}
    if "cli-input-json" not in given:
        assert required <= given


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_references_are_https_and_unique(rule: Rule) -> None:
    assert all(reference.startswith("https://") for reference in rule.references)
    assert len(set(rule.references)) == len(rule.references)


def applications() -> Iterator[Any]:
    """Each way to apply a fix: the infrastructure of one language, with the fix of the code if that is a program.

    A fragment of code that only shows a line or two, for a program that exists, cannot be judged by itself.
    """
    for rule in RULES:
        forms = [form for form in ("terraform", "cloudformation") if form in rule.snippets]
        code = rule.snippets.get("python", CALL)
        for form in forms or ["python"]:
            if Plane.DECLARED in rule.planes and rule.pillar in WHOLE and form in rule.snippets:
                yield pytest.param(rule, {"python": code}, form, id=f"{rule.id}-{form}")


@pytest.mark.parametrize(("rule", "code", "form"), list(applications()))
def test_applying_the_fix_closes_the_gap(rule: Rule, code: dict[str, str], form: str) -> None:
    fragment = rule.snippets[form]
    example = {**code, form: f"Resources:\n{indent(fragment, '  ')}" if form == "cloudformation" else fragment}
    (outcome,) = judge([rule], inventory_of(example))
    # That the account holds none of a thing is known once it was read; a fix can take it out of the repository only.
    listed = rule.resource == "workload" and "none" in rule.condition
    target = resolve_type(rule.condition["path"], kinds()["workload"], kinds()).target if listed else None
    none_left = (target or "").startswith("aws.")
    assert str(rule_status(outcome)) == ("unknown" if none_left else "pass")


def test_no_rule_file_is_left_out() -> None:
    files = {path.stem for path in data_dir("rules").glob("*/*.yaml")}
    assert files == {rule.id for rule in RULES}
