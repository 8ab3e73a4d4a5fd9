"""Nested stacks: which template a stack is made of, and the parameters that it is given."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prodworks_cli.model import Gap, Unknown
from prodworks_cli.node import Block, Node
from prodworks_cli.sources.cloudformation.templates import Template, gap

_LOCATIONS = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
# `sam build` and `sam package` write here what they make of the template one level up.
_BUILD_FOLDER = "/.aws-sam/"


@dataclass(frozen=True)
class Call:
    """A stack that is made of another template of the repository."""

    child: str
    parameters: Node
    conditional: bool


def call_of(block: Block, template: Template, known: Mapping[str, Template]) -> Call | Gap | None:
    """The template that ``block`` nests; a gap when it is not in the repository; ``None`` when it nests none."""
    key = _LOCATIONS.get(block.type)
    if key is None:
        return None
    name = block.address.rpartition("#")[2]
    place = block.body[key]
    text = place.text() or _asset(template, name)
    if text is None:
        return gap(place, f"nested stack {name}: its template is not known from the repository")
    if "://" in text or text.startswith("/"):
        return gap(place, f"nested stack {name}: its template is remote")
    child = _local(text, template.path, known)
    if child is None:
        return gap(place, f"nested stack {name}: its template is not in the repository")
    return Call(child, block.body["Parameters"], block.conditional)


def _asset(template: Template, name: str) -> str | None:
    """The file beside the template that CDK uploads before it deploys the stack."""
    return template.root["Resources"][name]["Metadata"]["aws:asset:path"].text()


def _local(text: str, parent: str, known: Mapping[str, Template]) -> str | None:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(parent), text))
    source = f"/{path}".partition(_BUILD_FOLDER)[0][1:] if _BUILD_FOLDER in f"/{path}" else None
    candidates = (
        [path] if source is None else [path, *(posixpath.join(source, f"template.{e}") for e in ("yaml", "yml"))]
    )
    return next((c for c in candidates if c in known), None)


def given(calls: Sequence[Call], template: Template) -> dict[str, Node]:
    """The value of each parameter of ``template`` where the stacks made of it agree, else an unknown."""
    values: dict[str, Node] = {}
    for name, declared in template.section("Parameters").items():
        passed = [call.parameters[name] for call in calls]
        values_of = [node if node.present else declared["Default"] for node in passed]
        if values_of and all(node.plain() == values_of[0].plain() for node in values_of):
            values[name] = passed[0]
        elif values_of:
            values[name] = Node(Unknown(f"stacks give parameter {name} different values"), declared.location)
    return values
