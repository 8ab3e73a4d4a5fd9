"""Scripts that people run by hand, beside the workload: what they call is not called in production.

Told by four facts, and not by the folder alone, because much in a folder of scripts is deployed: the file is a program
of its own (and no handler or server), nothing outside such folders names it, no image and no declaration of
infrastructure takes it, and the workload asks models elsewhere. Where one is in doubt, the file counts as production.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from prodworks_cli.lazy import regex
from prodworks_cli.sources.files import File
from prodworks_cli.sources.parts import suffix_of

REASON = "a script that people run by hand: nothing else names it, and the workload asks models elsewhere"

# Agents keep their tools in folders called tools, and CDK its programs in bin.
_FOLDERS = r"(?:scripts?|hack|benchmarks?|bench|tooling|devtools)"
_FOLDER = regex(rf"(?:^|/){_FOLDERS}(?=/)")
_SUFFIXES = (".py", ".ts", ".mts", ".js", ".mjs")
_CODE = (*_SUFFIXES, ".tsx", ".java", ".kt")
_MODEL_WORDS = (
    b"bedrock",
    b"anthropic",
    b"openai",
    b"litellm",
    b"strands",
    b"langchain",
    b"springframework.ai",
    b"sagemaker",
)
_PROGRAM = regex(r"""^if __name__ == ["']__main__["']|^#!|\bargparse\b|\bprocess\.argv\b""", re.M)
_EXPORTS = regex(r"^(?:export\b|module\.exports|exports\.)", re.M)
# What waits for requests or messages is production, wherever it stands; so is what Lambda calls.
_SERVES = regex(
    r"\buvicorn\b|\.listen\(|\bcreateServer\(|\bserve\(|\bstreamlit\b|\bgradio\b|\bfastapi\b|\bFlask\(|\bchainlit\b"
    r"|receive_message\(|ReceiveMessageCommand|basic_consume|run_polling|\bschedule\.every|APScheduler|BlockingScheduler"
    r"|def (?:lambda_)?handler\(|\bexports?\.(?:const )?handler\b|\bexport const handler\b"
)
_INFRASTRUCTURE = regex(
    r"(?:^|/)(?:[\w.-]*dockerfile[\w.-]*|(?:docker-)?compose[\w.-]*\.ya?ml|procfile|supervisord?\.conf)$", re.I
)
_DECLARES = (
    b"aws-cdk-lib",
    b"from aws_cdk",
    b"import aws_cdk",
    b"AWSTemplateFormatVersion",
    b"AWS::Serverless",
    b"service:",
    b"apiVersion:",
)
_NAMED = regex(
    rf"""(?<![\w/-])(?:\.{{0,2}}/)*(?P<path>(?:[\w-]{{1,60}}/){{0,6}}{_FOLDERS}/[\w./-]{{0,200}})|["'](?P<quoted>{_FOLDERS})["']"""
)
# Who runs things by hand names scripts there.
_BY_HAND = regex(
    r"(?:^|/)(?:makefile|justfile|taskfile\.ya?ml|package\.json|tox\.ini|noxfile\.py)$|\.(?:md|rst|adoc)$", re.I
)
_STARTS = regex(r'"(?:start|serve|prod|postinstall)[\w:-]{0,40}"\s{0,4}:\s{0,4}"([^"]{1,400})"')


def run_by_hand(files: Sequence[File]) -> frozenset[str]:
    """The paths of such scripts among the files to judge."""
    inside = [f for f in files if suffix_of(f.path) in _SUFFIXES and _FOLDER.search(f.path) and _asks(f)]
    programs = [f for f in inside if _runs_by_itself(f)]
    names = {f.path for f in inside}
    if not programs or not any(f.path not in names and suffix_of(f.path) in _CODE and _asks(f) for f in files):
        return frozenset()
    by_path, taken = {f.path: f for f in files}, _taken(files)
    return frozenset(f.path for f in programs if not _is_taken(f.path, taken) and not _is_named(f, by_path))


def _asks(file: File) -> bool:
    """Whether a file may ask a model, told from the words in it."""
    return any(word in file.data for word in _MODEL_WORDS)


def _runs_by_itself(file: File) -> bool:
    text = file.text
    return text is not None and not _SERVES.search(text) and _is_program(file.path, text)


def _is_named(file: File, by_path: Mapping[str, File]) -> bool:
    """Whether something that may be why a script runs in production holds its name."""
    stem = file.path.rpartition("/")[2].rpartition(".")[0]
    return any(_is_use(by_path[path], stem) for path in _naming(file, stem) if path in by_path and path != file.path)


def _is_program(path: str, text: str) -> bool:
    """A file that runs by itself; of TypeScript one that gives nothing to others."""
    return bool(_PROGRAM.search(text)) or (suffix_of(path) != ".py" and not _EXPORTS.search(text))


def _naming(file: File, stem: str) -> Iterable[str]:
    """The files that hold the name of a script."""
    return file.vocabulary.having((stem.encode(),), folded=False) if file.vocabulary is not None else ()


def _is_use(other: File, stem: str) -> bool:
    """Whether a file that names a script may be why it runs in production."""
    if _FOLDER.search(other.path):
        return False
    if other.path.endswith("package.json"):
        return any(stem in command for command in _STARTS.findall(other.text or ""))
    return not _BY_HAND.search(other.path)


def _taken(files: Iterable[File]) -> frozenset[str]:
    """The paths into folders of scripts that an image or a declaration of infrastructure names."""
    found: set[str] = set()
    for file in files:
        if _INFRASTRUCTURE.search(file.path) or file.path.endswith(".tf") or file.holds(_DECLARES):
            found.update((m["path"] or m["quoted"]).strip("/") for m in _NAMED.finditer(file.text or ""))
    return frozenset(found)


def _is_taken(path: str, taken: Iterable[str]) -> bool:
    """Whether one of some paths is that of a file or of a folder around it; where such a path starts is not known."""
    return any(f"/{named}/" in f"/{path}/" for named in taken)
