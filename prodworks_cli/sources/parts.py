"""Which part a file plays, told by its path: production code, tests, examples, docs, vendored code and so on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from prodworks_cli.lazy import regex


class Part(StrEnum):
    """What a file is for; only production files are judged (examples count when there is nothing else)."""

    PRODUCTION = "production"
    TEST = "test"
    EXAMPLE = "example"
    NOTEBOOK = "notebook"
    DOCS = "docs"
    AGENT_INSTRUCTIONS = "agent-instructions"
    VENDORED = "vendored"
    LOCK = "lock"
    ASSEMBLY = "assembly"
    SNAPSHOT = "snapshot"


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set: for long lists of names."""
    return frozenset(text.split())


CODE = words(
    """
    .py .ts .tsx .mts .cts .js .jsx .mjs .cjs .java .kt .scala .go .rb .rs .cs .php .swift .tf
    """
)
SOURCE = CODE | {".yaml", ".yml", ".json", ".toml", ".hcl", ".tfvars", ".sh", ".template", ".bicep"}
MEDIA = words(
    """
    .png .jpg .jpeg .gif .webp .ico .bmp .tiff .svg .drawio .mp3 .mp4 .wav .mov .avi .webm .ogg .flac
    .woff .woff2 .ttf .otf .eot .pdf .docx .xlsx .pptx .zip .gz .tar .tgz .bz2 .xz .7z .jar .war .whl
    .so .dll .dylib .exe .class .pyc .parquet .pkl .pt .onnx .safetensors .sqlite .db
    """
)

_VENDORED = words(
    """
    node_modules vendor third_party third-party thirdparty site-packages .venv venv .tox .nox __pycache__
    .ipynb_checkpoints bower_components cdk.out dist .terraform .next .serverless .aws-sam
    """
)
_LOCKS = words(
    """
    package-lock.json npm-shrinkwrap.json pnpm-lock.yaml bun.lockb go.sum .terraform.lock.hcl packages.lock.json
    gradle.lockfile
    """
)
# Those that are read, for the versions and because they are there.
_READ_LOCKS = words(
    """
    poetry.lock uv.lock pdm.lock pipfile.lock package-lock.json npm-shrinkwrap.json pnpm-lock.yaml yarn.lock bun.lock
    gradle.lockfile
    """
)
_GENERATED_NAME = regex(r"\.min\.(js|css|mjs)$|\.bundle\.js$|\.(snap|map)$|-lock\.(json|yaml)$|\.lock$")
_SNAPSHOTS = "__snapshots__"
_AGENT_FOLDERS = words(".claude .kiro .cursor .windsurf .amazonq .clinerules .roo .gemini .agents .codex")
_AGENT_NAMES = words(
    """
    claude.md claude.local.md agents.md agent.md gemini.md copilot-instructions.md .cursorrules .windsurfrules
    .clinerules
    """
)
_AGENT_GITHUB = frozenset(("prompts", "instructions", "chatmodes", "agents"))
_TEST_FOLDERS = frozenset(("tests", "test", "__tests__", "__mocks__", "e2e", "testdata", "testing"))
_TEST_FOLDER = regex(r"^(e2e|smoke|integration|unit|load)[-_](tests?|smoke)$|^tests?[-_]|[-_]tests?$")
_TEST_NAME = regex(
    r"^test[_-].*\.py$|^tests?\.py$|_test\.(py|go|rb|ts|js)$|^conftest\.py$|_spec\.rb$"
    r"|[.-](?:(?:client|server|unit|integration|e2e|vi|api)?test|spec|stories)\.[cm]?[jt]sx?$"
    r"|.tests?\.(java|kt|cs)$|^\.env\.test(ing)?$"
)
# A folder named after an environment holds its configuration, not tests: infra/environments/test/main.tf.
_ENVIRONMENT_PARENTS = words("env envs environment environments stage stages accounts live config")
_EXAMPLE_FOLDERS = frozenset(("examples", "example", "samples", "sample"))
# One example; a file of examples holds few-shot prompts as often.
_EXAMPLE_NAME = regex(r"(?:^|[_-])example\.(?:py|[cm]?[jt]sx?|java)$")
_NOTEBOOK_FOLDERS = frozenset(("notebooks", "notebook"))
_DOC_FOLDERS = frozenset(("docs", "doc", "documentation"))
_DOC_NAME = regex(r"^(readme|changelog|contributing|licen[sc]e|notice|code_of_conduct|security)([._-].*)?$")


def suffix_of(path: str) -> str:
    """The lower-case extension with its dot, ``""`` without one (``.env`` has none)."""
    stem, dot, last = path.rpartition("/")[2].rpartition(".")
    return f".{last.lower()}" if dot and stem else ""


def is_lock_file(path: str) -> bool:
    """A dependency lock file, by name."""
    name = path.rpartition("/")[2].lower()
    return name in _LOCKS or name.endswith(".lock") or bool(re.search(r"-lock\.(json|yaml)$", name))


def part_of(path: str) -> Part:
    """The part of a file, from its path relative to the audited folder (whose own name is no matter)."""
    where, _, name = path.lower().rpartition("/")
    around = _around(where)
    if name in _READ_LOCKS and not around.vendored:
        return Part.LOCK
    if name.endswith((".snap", ".ambr")) and around.folders[-1:] == (_SNAPSHOTS,) and not around.vendored:
        return Part.SNAPSHOT
    if around.vendored or name in _LOCKS or _GENERATED_NAME.search(name):
        return Part.VENDORED
    if around.agent or name in _AGENT_NAMES:
        return Part.AGENT_INSTRUCTIONS
    if around.notebook or name.endswith(".ipynb"):
        return Part.NOTEBOOK
    # A spec folder of data is a description (OpenAPI), one of code is a test suite.
    if around.test or _TEST_NAME.search(name) or (around.spec and suffix_of(name) in CODE):
        return Part.TEST
    if around.example or _EXAMPLE_NAME.search(name):
        return Part.EXAMPLE
    return Part.DOCS if _is_docs(around.folders, name) else Part.PRODUCTION


@dataclass(frozen=True)
class _Around:
    """What the folders around a file say of it, whatever its name."""

    folders: tuple[str, ...]
    vendored: bool
    agent: bool
    notebook: bool
    test: bool
    spec: bool
    example: bool


@lru_cache(maxsize=1 << 16)
def _around(where: str) -> _Around:
    folders = _without_package(where.split("/") if where else [])
    return _Around(
        tuple(folders),
        vendored=not _VENDORED.isdisjoint(folders) or any(f.endswith((".dist-info", ".egg-info")) for f in folders),
        agent=_is_agent_folder(folders),
        notebook=not _NOTEBOOK_FOLDERS.isdisjoint(folders),
        test=_is_test_folder(folders),
        spec=not {"spec", "specs"}.isdisjoint(folders),
        example=not _EXAMPLE_FOLDERS.isdisjoint(folders),
    )


def _without_package(folders: list[str]) -> list[str]:
    """Folders down to a Java source root: those below it spell a package (``com/example/test``) and say nothing."""
    for index in range(len(folders) - 2):
        if folders[index] == "src" and folders[index + 2] in ("java", "kotlin", "scala"):
            return folders[: index + 3]
    return folders


def _is_agent_folder(folders: list[str]) -> bool:
    below_github = any(a == ".github" and b in _AGENT_GITHUB for a, b in pairwise(folders))
    return below_github or not _AGENT_FOLDERS.isdisjoint(folders)


def _is_test_folder(folders: list[str]) -> bool:
    before = ["", *folders]
    return any(
        (f in _TEST_FOLDERS or _TEST_FOLDER.search(f)) and before[i] not in _ENVIRONMENT_PARENTS
        for i, f in enumerate(folders)
    )


def _is_docs(folders: tuple[str, ...], name: str) -> bool:
    if _DOC_NAME.match(name) and suffix_of(name) not in SOURCE:
        return True
    if folders and folders[0] in _DOC_FOLDERS:
        return True
    if suffix_of(name) in (".md", ".rst", ".adoc", ".mdx"):
        # What describes an agent to its framework is its prompt.
        return not any("prompt" in segment for segment in [*folders, name]) and not name.endswith(".agent.md")
    return not _DOC_FOLDERS.isdisjoint(folders) and suffix_of(name) not in SOURCE
