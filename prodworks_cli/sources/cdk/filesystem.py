"""Paths and files of the repository as CDK code reads them: committed configuration in JSON, YAML and TOML."""

from __future__ import annotations

import json
import posixpath
import tomllib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from prodworks_cli.model import Location
from prodworks_cli.node import Node, node_of
from prodworks_cli.sources.cdk.values import unknown

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator

    Function = Callable[[Evaluator, tuple[Node, ...], Location], Node]

ROOT = "/repository"
"""What absolute paths of the repository's files start with while its code is evaluated."""
_CONFIGURATION = (".json", ".yaml", ".yml", ".toml", ".env")
MAX_TEXT = 400_000


def variables(path: str, language: str) -> dict[str, Node]:
    """The variables by which a module knows its own place."""
    at = Location(path, 1)
    if language == "python":
        return {"__name__": Node("__main__", at), "__file__": Node(f"{ROOT}/{path}", at)}
    folder = posixpath.dirname(path)
    return {"__dirname": Node(f"{ROOT}/{folder}".rstrip("/"), at), "__filename": Node(f"{ROOT}/{path}", at)}


def inside(path: str, folder: str) -> str:
    """A path as the repository's files have it; one that is relative starts at ``folder``."""
    if path == ROOT or path.startswith(f"{ROOT}/"):
        return posixpath.normpath(path[len(ROOT) :].lstrip("/") or ".")
    return posixpath.normpath(posixpath.join(folder, path))


def _of_path(run: Callable[..., str]) -> Function:
    def function(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
        parts = [a.text() for a in arguments]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts) or not known:
            return unknown("a path that is not known", at, present=True)
        return Node(run(*known), at)

    return function


def _join(*parts: str) -> str:
    return posixpath.normpath("/".join(parts))


def _resolve(*parts: str) -> str:
    return posixpath.normpath(posixpath.join(*parts))


def _exists(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    """Configuration that is not committed is taken to be absent; what git ignores or a build makes may be there."""
    path = arguments[0].text() if arguments else None
    if path is None:
        return unknown("a path that is not known", at)
    if evaluator.host.has_path(path, at):
        return Node(True, at)
    if path.endswith(_CONFIGURATION) and not evaluator.host.is_kept_out(path, at):
        return Node(False, at)
    return unknown(f"whether {posixpath.basename(path)} exists", at)


def _read(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    path = arguments[0].text() if arguments else None
    text = evaluator.host.text_of(path, at) if path is not None else None
    if text is None or len(text) > MAX_TEXT:
        return unknown(f"the content of {posixpath.basename(path) if path else 'a file'}", at)
    return Node(text, at)


def _parsed(parse: Callable[[str, Location], Node]) -> Function:
    def function(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
        text = arguments[0].text() if arguments else None
        lost = arguments[0].unknown if arguments else None
        if text is None:
            return unknown(lost.reason if lost else "a text that is not known", at)
        try:
            return parse(text, at)
        except (ValueError, RecursionError):
            return unknown("a text that does not parse", at)

    return function


def _json(text: str, at: Location) -> Node:
    return node_of(json.loads(text), at)


def _toml(text: str, at: Location) -> Node:
    return node_of(tomllib.loads(text), at)


def _yaml(text: str, at: Location) -> Node:
    from prodworks_cli.sources.yaml_nodes import read_yaml

    return node_of(read_yaml(text, at.where).plain(), at)


def _folder(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    return Node(f"{ROOT}/{evaluator.host.folder_of(at)}".rstrip("/"), at)


_JOIN, _RESOLVE, _SAME = _of_path(_join), _of_path(_resolve), _of_path(posixpath.normpath)
_DIRNAME, _BASENAME = _of_path(posixpath.dirname), _of_path(lambda path, *_: posixpath.basename(path))
FILESYSTEM: Mapping[str, Function] = {
    "path.join": _JOIN,
    "path.posix.join": _JOIN,
    "path.resolve": _RESOLVE,
    "path.dirname": _DIRNAME,
    "path.basename": _BASENAME,
    "path.normalize": _SAME,
    "process.cwd": _folder,
    "fs.existsSync": _exists,
    "fs.readFileSync": _read,
    "JSON.parse": _parsed(_json),
    "yaml.parse": _parsed(_yaml),
    "yaml.load": _parsed(_yaml),
    "js-yaml.load": _parsed(_yaml),
    "js-yaml.safeLoad": _parsed(_yaml),
    "os.path.join": _RESOLVE,
    "os.path.dirname": _DIRNAME,
    "os.path.basename": _BASENAME,
    "os.path.abspath": _SAME,
    "os.path.realpath": _SAME,
    "os.path.exists": _exists,
    "os.path.isfile": _exists,
    "os.getcwd": _folder,
    "open": _read,
    "json.load": _parsed(_json),
    "json.loads": _parsed(_json),
    "yaml.safeLoad": _parsed(_yaml),  # Python's names too are spelled as JavaScript spells them
    "tomllib.load": _parsed(_toml),
    "tomllib.loads": _parsed(_toml),
}
