"""Languages that this version does not analyse: what they may hide is said, never taken for "no model calls"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prodworks_cli.model import Gap, Plane
from prodworks_cli.sources.files import File

UNREAD: Mapping[str, str] = {
    ".kt": "Kotlin",
    ".go": "Go",
    ".rb": "Ruby",
    ".cs": "C#",
    ".rs": "Rust",
    ".php": "PHP",
    ".scala": "Scala",
    ".swift": "Swift",
}
READ: Mapping[str, str] = {
    ".py": "Python",
    ".java": "Java",
    **dict.fromkeys((".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"), "TypeScript"),
}
CDK_WORDS = (b"aws-cdk-go", b"Amazon.CDK", b"software.amazon.awscdk")
MODEL_WORDS = (b"bedrock", b"anthropic", b"sagemaker-runtime")


def unread_languages(files: Sequence[File]) -> list[Gap]:
    """A gap for each language that is not analysed, and one for CDK code in them, whose resources are not read.

    Files that name a model service may well call a model: then the gap is not minor.
    """
    total = sum(len(f.data) for f in files if _is_code(f)) or 1
    by_language: dict[str, list[File]] = {}
    for file in files:
        language = UNREAD.get(_suffix(file.path))
        if language:
            by_language.setdefault(language, []).append(file)
    gaps = [_language_gap(name, found, total) for name, found in sorted(by_language.items())]
    return [*gaps, *(g for name, found in sorted(by_language.items()) for g in _cdk_gap(name, found))]


def sizes_by_language(files: Sequence[File]) -> dict[str, int]:
    """How many bytes of code there are in each language that is analysed."""
    sizes: dict[str, int] = {}
    for file in files:
        if language := READ.get(_suffix(file.path)):
            sizes[language] = sizes.get(language, 0) + len(file.data)
    return sizes


def _suffix(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    return f".{name.rsplit('.', 1)[-1].lower()}" if "." in name else ""


def _is_code(file: File) -> bool:
    return _suffix(file.path) in UNREAD or _suffix(file.path) in READ


def _mentions(file: File, words: tuple[bytes, ...]) -> bool:
    lowered = file.data.lower()
    return any(word in lowered for word in words)


def _language_gap(language: str, found: list[File], total: int) -> Gap:
    share = round(100 * sum(len(f.data) for f in found) / total)
    naming = [f.path for f in found if _mentions(f, MODEL_WORDS)]
    what = f"{len(found)} file{'s' if len(found) > 1 else ''}, {share} % of the code, not analysed by this version"
    more = (
        f"; {naming[0]}{f' and {len(naming) - 1} more' if len(naming) > 1 else ''} may call a model" if naming else ""
    )
    return Gap("repo.model_*", Plane.DECLARED, language, what + more, minor=not naming)


def _cdk_gap(language: str, found: list[File]) -> list[Gap]:
    """CDK code is read in TypeScript, Python and Java (see ``sources.cdk``), in no other language."""
    cdk = [f for f in found if any(word in f.data for word in CDK_WORDS)]
    if not cdk:
        return []
    more = f" and {len(cdk) - 1} more" if len(cdk) > 1 else ""
    reason = f"CDK code in {language} is not read ({cdk[0].path}{more}); audit the synthesised templates instead"
    return [
        Gap("aws.*", Plane.DECLARED, f"CDK {language}", reason, minor=not any(_mentions(f, MODEL_WORDS) for f in cdk))
    ]
