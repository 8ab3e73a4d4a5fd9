"""Reads the templates of a repository into blocks, parents before the stacks they nest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prodworks_cli.model import Gap, Unknown
from prodworks_cli.node import Block, Node
from prodworks_cli.sources import serverless
from prodworks_cli.sources.cloudformation.includes import with_includes
from prodworks_cli.sources.cloudformation.intrinsics import TRANSFORM
from prodworks_cli.sources.cloudformation.resolver import Resolver
from prodworks_cli.sources.cloudformation.sam import implicit_apis, with_globals
from prodworks_cli.sources.cloudformation.stacks import Call, call_of, given
from prodworks_cli.sources.cloudformation.templates import Template, gap, template_of, transform_gaps
from prodworks_cli.sources.files import File


def read(files: Sequence[File]) -> tuple[tuple[Block, ...], tuple[Gap, ...]]:
    """All resources that the templates among ``files`` declare, and what could not be read.

    Templates are those of CloudFormation and SAM, and what the Serverless Framework makes of its files.

    A block's address is ``<path>#<logical id>``, its body the resolved ``Properties``. A template that another one
    nests by a local path is read with the parameters that it is given there.
    """
    by_path = {file.path: file for file in files}
    found = [template_of(file) or serverless.template_of(file, by_path) for file in files]
    templates = {t.path: with_includes(t, by_path) for t in found if isinstance(t, Template)}
    gaps = [g for g in found if isinstance(g, Gap)]
    calls: dict[str, list[Call]] = {}
    blocks: dict[str, tuple[Block, ...]] = {}
    for path in _parents_first(templates):
        blocks[path], missed = _read_template(templates[path], templates, calls)
        gaps.extend(missed)
    return tuple(block for path in templates for block in blocks[path]), tuple(gaps)


def _read_template(
    template: Template, templates: Mapping[str, Template], calls: dict[str, list[Call]]
) -> tuple[tuple[Block, ...], list[Gap]]:
    callers = calls.get(template.path, [])
    resolver = Resolver(template, given(callers, template))
    optional = bool(callers) and all(call.conditional for call in callers)
    blocks, gaps = _blocks(resolver, optional)
    gaps.extend(transform_gaps(template))
    for block in blocks:
        call = call_of(block, template, templates)
        if isinstance(call, Gap):
            gaps.append(call)
        elif call is not None:
            calls.setdefault(call.child, []).append(call)
    return blocks, gaps


def _blocks(resolver: Resolver, optional: bool) -> tuple[tuple[Block, ...], list[Gap]]:
    gaps = [gap(node, "a loop over resources that is not expanded") for node in resolver.unexpanded]
    blocks: list[Block] = []
    for name, resource in resolver.resources.items():
        kind = resource["Type"].text()
        if name == TRANSFORM:
            gaps.append(gap(resource, "Fn::Transform is not evaluated and may declare resources"))
        elif kind is None:
            unknown = resource.unknown or resource["Type"].unknown
            gaps.append(gap(resource, unknown.reason if unknown else f"resource {name} has no type"))
        elif (conditional := _conditional(resolver, resource)) is not None:
            blocks.append(_block(resolver, name, kind, resource, optional or conditional))
    blocks += [_block(resolver, *api, optional) for api in implicit_apis(blocks)]
    # One loop gives the same gap for each element.
    return tuple(blocks), list(dict.fromkeys(gaps))


def _block(resolver: Resolver, name: str, kind: str, resource: Node, conditional: bool) -> Block:
    template = resolver.template
    raw = with_globals(kind, resource, template.root["Globals"])
    content = resolver.resolve(raw).content
    # A finding about something that is absent points at the resource itself.
    body = Node({} if content is None else content, resource.location)
    return Block(kind, f"{template.path}#{name}", body, conditional)


def _conditional(resolver: Resolver, resource: Node) -> bool | None:
    """Whether the resource may be left out; ``None`` when it always is.

    A condition that fails only by the parameters' defaults may hold in a deployment that sets them.
    """
    if not resource["Condition"].present:
        return False
    name = resource["Condition"].text() or ""
    truth = resolver.condition(name)
    if truth is False and resolver.constant(name):
        return None
    return isinstance(truth, Unknown) or not truth


def _parents_first(templates: Mapping[str, Template]) -> list[str]:
    """Paths so that a template comes after those that nest it; templates that nest each other come last."""
    children = {path: _children(template, templates) for path, template in templates.items()}
    waiting = dict.fromkeys(templates, 0)
    for child in (c for cs in children.values() for c in cs):
        waiting[child] += 1
    order = [path for path, count in waiting.items() if count == 0]
    for path in order:
        for child in children[path]:
            waiting[child] -= 1
            if waiting[child] == 0:
                order.append(child)
    return order + [path for path, count in waiting.items() if count > 0]


def _children(template: Template, templates: Mapping[str, Template]) -> list[str]:
    resolver = Resolver(template)
    blocks = (
        Block(node["Type"].text() or "", f"{template.path}#{name}", resolver.resolve(node["Properties"]))
        for name, node in resolver.resources.items()
        if node["Type"].text() in ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")
    )
    calls = (call_of(block, template, templates) for block in blocks)
    return [call.child for call in calls if isinstance(call, Call)]
