"""Cloud assemblies, which ``cdk synth`` writes: their templates, and which construct made each resource.

Only what a manifest names is read: the folder keeps the templates of stacks that were deleted since.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from prodworks_cli.model import Gap, Plane
from prodworks_cli.sources.assemblies import MANIFEST
from prodworks_cli.sources.cdk.values import written
from prodworks_cli.sources.files import File

MOST_STACKS = 1_000
_FRAME = re.compile(r"^(?:.*\()?(?P<file>[^()]+?):(?P<line>\d+):\d+\)?$")
_CLASS = re.compile(r"^new (\w+) \(")
_STACK, _ASSEMBLY = "aws:cloudformation:stack", "cdk:cloud-assembly"
_LOGICAL_ID, _CREATION = "aws:cdk:logicalId", "aws:cdk:creationStack"


@dataclass
class Assembly:
    """What one manifest and those that it nests describe.

    ``stacks`` are the tags of the stacks by their construct paths, ``paths`` the construct paths of resources by their
    address in ``templates`` (``cdk.out/Chat.template.json#Logs1A2B``), ``frames`` the places in source, innermost
    first, that made a construct.
    """

    folder: str
    templates: dict[str, File] = field(default_factory=dict)
    stacks: dict[str, dict[str, str]] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    frames: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)

    def stack(self, path: str) -> str:
        """The path of the stack around a construct."""
        return next((s for s in self._innermost_first if path.startswith(f"{s}/")), "")

    @cached_property
    def _innermost_first(self) -> tuple[str, ...]:
        return tuple(sorted(self.stacks, key=len, reverse=True))

    def below(self, path: str) -> str:
        """The part of a construct's path below its stack."""
        return path.removeprefix(self.stack(path)).lstrip("/")


def assemblies(files: Sequence[File]) -> tuple[tuple[Assembly, ...], tuple[Gap, ...]]:
    """The assemblies among the files, each with those that it nests, and what could not be read."""
    by_path = {f.path: f for f in files}
    found: list[Assembly] = []
    gaps: list[Gap] = []
    for path in sorted(p for p in by_path if posixpath.basename(p) == MANIFEST):
        if posixpath.basename(posixpath.dirname(path)).startswith("assembly-"):
            continue
        assembly = Assembly(posixpath.dirname(path))
        try:
            _read_manifest(assembly, assembly.folder, by_path)
        except _Malformed as error:
            gaps.append(Gap("aws.*", Plane.DECLARED, path, f"is not read: {error}", 1, minor=True))
        else:
            found.append(assembly)
    return tuple(found), tuple(gaps)


class _Malformed(ValueError):
    """Something that ``cdk synth`` does not write."""


def _read_manifest(assembly: Assembly, folder: str, files: Mapping[str, File], depth: int = 0) -> None:
    artifacts = _json(files, f"{folder}/{MANIFEST}").get("artifacts")
    for name, artifact in _members(artifacts):
        kind, given = artifact.get("type"), _mapping(artifact.get("properties"))
        if kind == _STACK:
            _read_stack(assembly, folder, name, artifact, files)
        elif kind == _ASSEMBLY and depth < 3:
            _read_manifest(assembly, posixpath.join(folder, _text(given.get("directoryName"))), files, depth + 1)


def _read_stack(
    assembly: Assembly, folder: str, name: str, artifact: Mapping[str, Any], files: Mapping[str, File]
) -> None:
    if len(assembly.stacks) >= MOST_STACKS:
        raise _Malformed("more stacks than an app has")
    given = _mapping(artifact.get("properties"))
    tags = {key: _text(value) for key, value in _mapping(given.get("tags")).items()}
    assembly.stacks[_text(artifact.get("displayName")) or name] = tags
    template = _text(given.get("templateFile"))
    extra = _text(artifact.get("additionalMetadataFile"))
    apart = _json(files, posixpath.join(folder, extra)) if extra else {}
    metadata = {**_mapping(artifact.get("metadata")), **apart}
    logical_ids = _read_metadata(assembly, metadata)
    _read_template(assembly, posixpath.join(folder, template), logical_ids, files)


def _read_metadata(assembly: Assembly, metadata: Mapping[str, Any]) -> dict[str, str]:
    """The construct paths by logical id; the frames go into the assembly."""
    logical_ids: dict[str, str] = {}
    for path, entries in metadata.items():
        for entry in entries if isinstance(entries, list) else ():
            kind, data = _mapping(entry).get("type"), _mapping(entry).get("data")
            if kind == _LOGICAL_ID and isinstance(data, str):
                logical_ids[data] = path
            trace = data if kind == _CREATION else _mapping(entry).get("trace") if kind == _LOGICAL_ID else None
            if isinstance(trace, list) and trace:
                _add_frames(assembly, written(path), [t for t in trace if isinstance(t, str)])
    return logical_ids


def _add_frames(assembly: Assembly, path: str, trace: Sequence[str]) -> None:
    matches = [match for text in trace if len(text) < 2000 and (match := _FRAME.match(text))]
    assembly.frames[path] = tuple((m["file"].replace("\\", "/"), int(m["line"])) for m in matches)
    assembly.classes.update(m[1] for text in trace if (m := _CLASS.match(text)))


def _read_template(assembly: Assembly, path: str, logical_ids: Mapping[str, str], files: Mapping[str, File]) -> None:
    if path in assembly.templates:
        return
    resources = _json(files, path).get("Resources")
    assembly.templates[path] = files[path]
    for name, resource in _members(resources):
        metadata = _mapping(resource.get("Metadata"))
        made = _text(metadata.get("aws:cdk:path")) or logical_ids.get(name, "")
        if made:
            assembly.paths[f"{path}#{name}"] = written(made)
        nested = _text(metadata.get("aws:asset:path"))
        if resource.get("Type") == "AWS::CloudFormation::Stack" and nested:
            _read_template(assembly, posixpath.join(posixpath.dirname(path), nested), logical_ids, files)


def _json(files: Mapping[str, File], path: str) -> Mapping[str, Any]:
    file = files.get(posixpath.normpath(path))
    if file is None:
        raise _Malformed(f"{posixpath.basename(path)} is missing")
    try:
        found = json.loads(file.data)
    except (ValueError, RecursionError) as error:
        raise _Malformed(f"{posixpath.basename(path)} is no JSON") from error
    return _mapping(found)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _members(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((name, member) for name, member in _mapping(value).items() if isinstance(member, Mapping))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def place_of(frames: Iterable[tuple[str, int]], known: Mapping[str, object]) -> tuple[str, int] | None:
    """The innermost frame that lies in a file of the repository, wherever the assembly was made.

    Compiled code counts as its source; the frames of libraries do not count.
    """
    for file, line in frames:
        parts = [p for p in file.split("/") if p not in ("", ".")]
        if "node_modules" in parts:
            continue
        for start in range(len(parts)):
            path = "/".join(parts[start:])
            source = next((p for p in (path, path.removesuffix(".js") + ".ts") if p in known), None)
            if source is not None:
                return source, line
    return None
