"""Evaluations without a framework: scripts and tests that ask a model the questions of a data set, and grade answers.

All of this is needed: people or a pipeline run the program, it asks a model (or imports code of the repository that
does), it knows what was expected, and it decides by a score. A test whose model is a mock grades nothing; code of the
workload that judges answers while it serves users is no evaluation of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from prodworks_cli.lazy import regex
from prodworks_cli.model import Unknown
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.parts import suffix_of

MODEL_JUDGE, CODE = "model judge", "own code"
_SUITE_PATH = regex(r"(?:^|[/_.-])(?:evals?|evaluations?|evaluate|judges?|golden)(?=[/_.-]|$)", re.I)
_MODEL_WORDS = (
    *(b"bedrock", b"anthropic", b"openai", b"litellm", b"strands", b"langchain", b"generateText", b"generateObject"),
)
_ASKS = regex(
    r"\.(?:converse(?:_stream)?|invoke_(?:model|agent|agent_runtime|flow|inline_agent)|retrieve_and_generate"
    r"|a?invoke|completions?\.create|messages\.create|responses\.create)\("
    r"|\b(?:litellm\.)?a?completion\(|\bAgent\(|\bgenerate(?:Text|Object)\("
    r"|new (?:Converse|InvokeModel|InvokeAgent)Command\("
)
# What is expected, and what decides, is told with one of these.
_EXPECT_WORDS = (b"expected", b"reference", b"ground", b"golden", b"ideal", b"rubric")
_DECIDE_WORDS = (
    *(b"score", b"grade", b"accuracy", b"verdict", b"passrate", b"pass_rate", b"similarity", b"faithful", b"relevan"),
    *(b"correctness", b"mean("),
)
_EXPECTED = (
    r"(?:expected(?:_?(?:answer|output|response|facts?|keywords?|result))?|reference_?(?:answer|response|output)"
    r"|ground_?truth|golden_?(?:answer|set|cases|data)|ideal_?answer|rubric)"
)
# As a key, a member or a name of what a case holds; not as a word of a message.
_EXPECTS = regex(rf"""["'.]{_EXPECTED}\b(?!\s+\w)|\b{_EXPECTED}\s{{0,4}}[,=:)\]]""", re.I)
_KEY = regex(rf"""["']{_EXPECTED}["']\s{{0,4}}:|\bexpected(?:Answer|Output)?:\s""", re.I)
_QUALITY = r"\w{0,30}(?:score|grade|accuracy|verdict|pass_?rate|similarity|faithful|relevan|correctness)\w{0,30}"
_DECIDES = regex(
    rf"\bassert\b[^\n#]{{0,120}}?\b{_QUALITY}|\bexpect\([^)\n]{{0,120}}?\b{_QUALITY}"
    rf"|\b{_QUALITY}[\])\"']{{0,4}}\s{{0,4}}(?:<=?|>=?)|\b{_QUALITY}\s{{0,4}}=\s{{0,4}}[^\n]{{1,120}}/\s{{0,4}}(?:len\(|\w{{1,40}}\.length)"
    r"|\b(?:statistics\.)?f?mean\(",
    re.I,
)
# The model grades: a prompt says so, or a function is named after it.
_JUDGES = regex(
    r"\b(?:def|function|class|const)\s+\w{0,40}(?:judge|grade|grader)\w{0,40}"
    r"|\b(?:impartial|strict|expert|fair)\s(?:\w{1,20}\s){0,3}(?:judge|grader|evaluator|examiner)\b"
    r"|\b(?:score|rate|grade|judge)\s(?:\w{1,20}\s){0,6}(?:answer|response|reply|output)s?\b",
    re.I,
)
_MOCKS = regex(
    r"\bmocker?\b|\bMagicMock\b|\bAsyncMock\b|\bMock\(|\bpatch\(|@patch|\bmonkeypatch\b|\bStubber\b|\bmoto\b|\brespx\b|\bnock\("
    r"|(?:vi|jest)\.(?:mock|fn|spyOn)\(|mockClient\(|\bclass \w{0,40}(?:Fake|Stub|Dummy)|\bvcr\b|\bFake\w{0,40}\("
)
# What people use, by a page or a request, is the workload itself.
_SERVES = regex(r"^[ \t]{0,8}(?:from|import)[ \t]+(?:streamlit|gradio|chainlit|fastapi|flask|uvicorn)\b", re.M)
_STARTED = regex(r"""^if __name__ == ["']__main__["']""", re.M)
_LOADS = regex(
    r"json\.loads?\(|read_text\(|DictReader\(|read_(?:csv|json|excel|parquet)\(|safe_load\(|readFile(?:Sync)?\(|\bload_dataset\("
)
_IMPORT = regex(
    r"^[ \t]{0,8}(?:from[ \t]+(?P<package>[\w.]{1,200})[ \t]+import[ \t]+(?P<name>\w{0,80})"
    r"|import[ \t]+(?P<module>[\w.]{1,200}))",
    re.M,
)
_COMMENT = regex(r"^\s{0,80}(?:#|//).*$", re.M)
_SUFFIXES = (".py", ".ts", ".mts", ".js", ".mjs")
_LEAST_NAMES = 2


@dataclass(frozen=True)
class OwnSuite:
    """An evaluation of one's own: the line that asks the model, who grades, and how many cases stand in the file."""

    line: int
    grader: str
    cases: int | Unknown


class OwnSuites:
    """Tells which programs are evaluations; ``files`` are those that may hold what a program imports."""

    def __init__(self, files: Iterable[File]) -> None:
        self._files = files

    def of(self, file: File) -> OwnSuite | None:
        """What a file is as an evaluation; ``None`` when it is none."""
        if not _may_be_one(file):
            return None
        folded = file.data.lower()
        if not all(any(word in folded for word in words) for words in (_EXPECT_WORDS, _DECIDE_WORDS)):
            return None
        asks_itself = any(word in file.data for word in _MODEL_WORDS)
        if not asks_itself and (suffix_of(file.path) != ".py" or not self._code):
            return None
        shown = _COMMENT.sub("", file.text or "")
        asked = (_ASKS.search(shown) if asks_itself else None) or self._through_import(file, shown)
        if asked is None or not _is_run(file, shown) or not _EXPECTS.search(shown):
            return None
        if _MOCKS.search(shown) or _SERVES.search(shown) or not _DECIDES.search(shown):
            return None
        return OwnSuite(
            shown.count("\n", 0, asked.start()) + 1, MODEL_JUDGE if _JUDGES.search(shown) else CODE, _cases(shown)
        )

    def _through_import(self, file: File, shown: str) -> re.Match[str] | None:
        """The import of a module of the repository that asks a model."""
        if suffix_of(file.path) != ".py":
            return None
        return next((m for m in _IMPORT.finditer(shown) if any(map(self._asks, _imported(m)))), None)

    def _asks(self, path: str) -> bool:
        """Whether the workload has a file at the end of a path, and it asks a model."""
        named = self._code.get(path.rpartition("/")[2], ())
        return any(f"/{file.path}".endswith(f"/{path}") and _asks_a_model(file) for file in named)

    @cached_property
    def _code(self) -> Mapping[str, Sequence[File]]:
        """The Python files of the workload by their names."""
        found: dict[str, list[File]] = {}
        for file in self._files:
            if file.part is Part.PRODUCTION and file.path.endswith(".py"):
                found.setdefault(file.path.rpartition("/")[2], []).append(file)
        return found


def _asks_a_model(file: File) -> bool:
    return any(word in file.data for word in _MODEL_WORDS) and _ASKS.search(file.text or "") is not None


def _imported(match: re.Match[str]) -> Sequence[str]:
    """The files that an import may mean: a module, or a module of a package."""
    names = (match["module"],) if match["module"] else (match["package"], f"{match['package']}.{match['name']}")
    return [name.strip(".").replace(".", "/") + ".py" for name in names]


def _may_be_one(file: File) -> bool:
    """By its path: code of a test, or of a folder or file named after evaluation; Python scripts wherever they are."""
    suffix = suffix_of(file.path)
    if suffix not in _SUFFIXES or file.part is Part.NOTEBOOK:
        return False
    return bool(_SUITE_PATH.search(file.path)) or (
        suffix == ".py" and (file.part is Part.TEST or b"__main__" in file.data)
    )


def _is_run(file: File, shown: str) -> bool:
    """A test, a script, or code in a place of evaluations that nothing serves."""
    if suffix_of(file.path) == ".py":
        return file.part is Part.TEST or _STARTED.search(shown) is not None
    return file.part is Part.TEST or "export const handler" not in shown


def _cases(shown: str) -> int | Unknown:
    counted = sum(1 for _ in _KEY.finditer(shown))
    if _LOADS.search(shown):
        return Unknown("the cases are in another file", present=True)
    return counted if counted >= _LEAST_NAMES else Unknown("cases are built by code")
