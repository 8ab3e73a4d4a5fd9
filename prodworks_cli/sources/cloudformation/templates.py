"""Finding templates among files: by content, since templates end in ``.yaml``, ``.json``, ``.template`` and more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from prodworks_cli.lazy import regex
from prodworks_cli.model import Gap, Plane
from prodworks_cli.node import Node
from prodworks_cli.sources.cloudformation.foreach import PREFIX
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.yaml_nodes import MalformedYaml, read_yaml

SERVERLESS = "AWS::Serverless-2016-10-31"

_ENDINGS = (".yaml", ".yml", ".json", ".template")
_TYPE = regex(r"(?:AWS|Custom|Alexa)::")
_VERSION_KEY = regex(r"""^[ \t{]*["']?AWSTemplateFormatVersion["']?[ \t]*:""", re.MULTILINE)
_RESOURCES_KEY = regex(r"""(?:^|["'{,]|[ \t])Resources["']?[ \t]*:""", re.MULTILINE)
_TYPE_KEY = regex(r"""["' \t{,]Type["']?[ \t]*:[ \t]*["']?(?:AWS|Custom)::""")
# Transforms that neither add nor change what the template declares, or that are evaluated here.
_KNOWN_TRANSFORMS = (SERVERLESS, "AWS::LanguageExtensions", "AWS::SecretsManager", "AWS::CodeDeployBlueGreen")


@dataclass(frozen=True)
class Template:
    """One template before its functions are evaluated."""

    path: str
    root: Node

    def section(self, name: str) -> Mapping[str, Node]:
        """The members of a top-level section; none when it is missing or malformed."""
        return dict(self.root[name].members())

    @property
    def serverless(self) -> bool:
        """Whether SAM transforms the template."""
        return any(item.text() == SERVERLESS for item in self.root["Transform"].items())


def gap(node: Node, reason: str) -> Gap:
    """Resources may be missing because of what is written at ``node``."""
    return Gap("aws.*", Plane.DECLARED, node.location.where, reason, node.location.line)


def template_of(file: File) -> Template | Gap | None:
    """The template in ``file``; a gap when it should be one and cannot be read; ``None`` when it is none."""
    if not _candidate(file):
        return None
    if file.text is None:
        looks = b"AWSTemplateFormatVersion" in file.data
        return Gap("aws.*", Plane.DECLARED, file.path, "not UTF-8 text", 1) if looks else None
    try:
        root = read_yaml(file.text, file.path)
    except MalformedYaml as error:
        if not _looks_like_template(file.text):
            return None
        return Gap("aws.*", Plane.DECLARED, file.path, f"template does not parse: {error.reason}", error.line)
    return Template(file.path, root) if _is_template(root) else None


def transform_gaps(template: Template) -> tuple[Gap, ...]:
    """Macros that may add resources of their own."""
    found = [t for t in template.root["Transform"].items() if not (t.text() or "").startswith(_KNOWN_TRANSFORMS)]
    return tuple(gap(t, f"transform {t.text() or t['Name'].text() or ''} is not evaluated") for t in found)


def _candidate(file: File) -> bool:
    """A cheap look that spares parsing most files."""
    if file.part is Part.VENDORED or "node_modules" in file.path.split("/") or not file.path.endswith(_ENDINGS):
        return False
    names_type = any(word in file.data for word in (b"AWS::", b"Custom::", b"AWSTemplateFormatVersion"))
    return names_type and b"Resources" in file.data


def _looks_like_template(text: str) -> bool:
    return bool(_VERSION_KEY.search(text) or (_RESOURCES_KEY.search(text) and _TYPE_KEY.search(text)))


def _is_template(root: Node) -> bool:
    resources = dict(root["Resources"].members())
    typed = any(_TYPE.match(node["Type"].text() or "") for node in resources.values())
    generated = root["AWSTemplateFormatVersion"].present or root["Transform"].present
    return typed or (generated and any(key.startswith((PREFIX, "Fn::Transform")) for key in resources))
