"""What a repository is made of, for the config that ``prodworks init`` suggests: stack, owners, regions, branch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from prodworks_cli.sources import git, owners
from prodworks_cli.sources.files import File, Tree, judged

_AREAS = "us|us-gov|us-iso|eu|ap|ca|sa|me|af|il|mx|cn"
_SIDES = "north|south|east|west|central|northeast|southeast|northwest|southwest"
_REGION = re.compile(rf"(?<![\w-])(?:{_AREAS})-(?:{_SIDES})-[1-9](?![\w-])")
# Code names regions in its tests and defaults as well; infrastructure and settings say where a workload runs.
_SETTINGS = (".tf", ".tfvars", ".yaml", ".yml", ".json", ".toml", ".env")
_REGIONS_SHOWN = 4
_BRANCHES = ("main", "master", "trunk", "develop")

# A name, which paths it is found in, and what their text holds.
_STACK: tuple[tuple[str, str, str], ...] = (
    ("Terraform", r"\.tf$", ""),
    ("CDK", r"(^|/)cdk\.json$", ""),
    ("SAM", r"\.ya?ml$", r"AWS::Serverless-2016-10-31"),
    ("CloudFormation", r"\.(ya?ml|json|template)$", r"Type[\"']?\s*:\s*[\"']?AWS::"),
    ("Serverless Framework", r"(^|/)serverless\.ya?ml$", ""),
    ("Python", r"\.py$", ""),
    ("TypeScript", r"\.tsx?$", ""),
    ("JavaScript", r"\.m?js$", ""),
    ("Java", r"\.java$", ""),
    ("Jupyter", r"\.ipynb$", ""),
    ("boto3", r"\.py$", r"^\s*(import|from) boto3\b"),
    ("LangChain", r"\.(py|ts|js)$", r"\blangchain"),
    ("Strands Agents", r"\.py$", r"^\s*(import|from) strands\b"),
    ("LiteLLM", r"\.py$", r"^\s*(import|from) litellm\b"),
    ("AWS SDK for JavaScript", r"\.(ts|tsx|js|mjs)$", r"@aws-sdk/client-bedrock"),
    ("GitHub Actions", r"(^|/)\.github/workflows/[^/]+\.ya?ml$", ""),
    ("GitLab CI", r"(^|/)\.gitlab-ci\.yml$", ""),
)


@dataclass(frozen=True)
class Detected:
    """What was found. ``regions`` maps a region to a file that names it, ``baseline`` a branch to compare with."""

    name: str
    stack: tuple[str, ...]
    owner: str | None
    regions: dict[str, str]
    baseline: str | None
    branch: str


def detect(tree: Tree, root: Path) -> Detected:
    """What the files of a repository, and the names of its branches, tell."""
    files = judged(tree)
    branch = next((b for b in _BRANCHES if _exists(root, b)), None)
    return Detected(
        name=tree.name,
        stack=tuple(_stack(tree.files)),
        owner=_owner(tree.files),
        regions=_regions(files),
        baseline=_baseline(root, branch),
        branch=branch or "main",
    )


def _exists(root: Path, branch: str) -> bool:
    return any(git.commit_named(root, prefix + branch) for prefix in ("refs/remotes/origin/", "refs/heads/"))


def _baseline(root: Path, branch: str | None) -> str | None:
    if branch is None:
        return None
    on_server = git.commit_named(root, f"refs/remotes/origin/{branch}")
    return f"git:origin/{branch}" if on_server else f"git:{branch}"


def _stack(files: Iterable[File]) -> Iterator[str]:
    texts = [(f.path, f.text) for f in files if f.text is not None]
    for name, path, text in _STACK:
        place, word = re.compile(path), re.compile(text, re.MULTILINE)
        if any(place.search(p) and (not text or word.search(t)) for p, t in texts):
            yield name


def _owner(files: Iterable[File]) -> str | None:
    """The owner of everything, else whoever owns most of what CODEOWNERS names."""
    rules = [rule for rule, _ in owners.read(files).rules if rule.owners]
    everything = [rule.owners[0] for rule in rules if rule.pattern in ("*", "/", "/**", "**")]
    counted = Counter(rule.owners[0] for rule in rules)
    return everything[-1] if everything else next((name for name, _ in counted.most_common(1)), None)


def _regions(files: Iterable[File]) -> dict[str, str]:
    """Regions that settings and infrastructure name, the most frequent first; those of the code without any."""
    listed = list(files)
    settings = [f for f in listed if f.path.endswith(_SETTINGS)]
    return _named_regions(settings) or _named_regions(listed)


def _named_regions(files: Iterable[File]) -> dict[str, str]:
    counts: Counter[str] = Counter()
    places: dict[str, str] = {}
    for file in files:
        for region in _REGION.findall(file.text or ""):
            counts[region] += 1
            places.setdefault(region, file.path)
    return {region: places[region] for region, _ in counts.most_common(_REGIONS_SHOWN)}
