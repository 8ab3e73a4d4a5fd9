"""Where a repository prices requests, scores answers, or sends spans to CloudWatch: in code, a table or a saved query.

One place of each purpose is enough for a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from prodworks_cli.lazy import regex
from prodworks_cli.model import Location
from prodworks_cli.node import Block, Declarations
from prodworks_cli.resources.measurements import Measurement
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.files import File
from prodworks_cli.sources.lines import lines_with
from prodworks_cli.sources.parts import suffix_of

_CODE = frozenset((".py", ".ts", ".tsx", ".mts", ".js", ".mjs", ".java", ".kt", ".go", ".cs"))
_QUERIES = frozenset((".sql",))
_TABLES = frozenset((".yaml", ".yml", ".json", ".toml"))
# Tools beside the application, and what only fills or shows it.
_NO_PART = regex(r"(?:^|/)(?:scripts?|seed(?:er|s)?|fixtures|benchmarks?|stories)/|\.(?:stories|clienttest|mock)s?\.")
_PRICE_ROW = regex(
    r"(?:input|output|prompt|completion)_?tokens?[\"']?[^\n]{0,60}\n?[^\n]{0,40}\b(?:price|cost|rate)s?[\"']?\s*[:=]\s*[\"']?\d"
    r"|\b(?:input|output)_(?:price|cost)(?:_per_\w{1,20})?[\"']?\s*[:=]\s*[\"']?\d",
    re.IGNORECASE,
)
_LONGEST_LINE = 2000
_COMMENT = regex(r"^\s*(?:#|//|/?\*|--)")
# A name that is given a value, as a variable, an argument or a key.
_NAMED = regex(r"""([A-Za-z_]\w{3,60})["']?\s*(?::\s*[\w.\[\], ]{1,40})?\s*[:=](?!=)""")
_PRICE = regex(
    r"(?:price|cost|rate)s?(?:usd|dollars?)?per(?:1k|1000|1m|k|m|million|thousand|mtok|ktok)?(?:input|output)?(?:tokens?)?$"
    r"|(?:input|output|prompt|completion)(?:tokens?)?(?:price|cost|rate)s?(?:per|usd|$)"
    r"|(?:price|cost)s?per(?:1k|1000|1m|million|mtok)?(?:input|output)"
    r"|^(?:model|token|bedrock|llm)(?:price|pricing|prices|costs|rates)(?:table|map|usd)?$"
)
_PRICED_BY_CALL = regex(r"\b(?:completion_cost|cost_per_token|calculate_(?:token|llm|model|request)_cost)\s*\(")
# Tokens times what one costs, or the other way round.
_PRODUCT = regex(
    r"(?:input|output|prompt|completion)_?tokens?\b[^\n*=]{0,30}\*[^\n*=]{0,30}(?:price|pricing|cost|rates?\b)"
    r"|(?:price|pricing|cost|rates?\b)[^\n*=]{0,30}\*[^\n*=]{0,30}(?:input|output|prompt|completion)_?tokens?\b",
    re.IGNORECASE,
)
# One of these, in lower case, is in every line that one of the expressions here matches.
_MAY_MEASURE = ("pric", "cost", "rate", "metric", "score", "log_evaluations", "spanevaluations", "log_span_annotations")
# The name of a price holds one of each.
_PRICES = ("pric", "cost", "rate")
_PRICED = ("per", "put", "prompt", "completion", "model", "token", "bedrock", "llm", "request")
_SCORE_CALL = regex(
    r"\.(create_score|score_current_(?:trace|span|observation|generation)|score_trace)\s*\(|\.(score)\s*\(\s*(?:\{|name\s*=)"
)
_ANNOTATION = regex(r"\b(log_evaluations|SpanEvaluations|log_span_annotations)\s*\(")
_METRIC_CALL = regex(
    r"""(?:add_metric|addMetric|put_metric|putMetric|MetricName)\s*(?:\(|["']?\s*[:=])\s*(?:name\s*=\s*)?"""
    r"""["'](\w[\w ./-]{2,60})["']"""
)
QUALITY = regex(
    r"ground(?:ed|ing)|relevanc|faithful|correctness|hallucinat|answerquality|qualityscore|(?:eval|judge|rating)\w*score"
    r"|refusal|negativefeedback|thumbsdown|feedback(?:rate|score)|helpfulness|goalsuccess|toxicity"
)
_TOKENS = regex(
    r"(?:input|output|prompt|completion)[_.]?tokens?(?:[_.]?count)?|tokens?[_.]?usage|usage[_.]tokens", re.IGNORECASE
)
_MONEY = regex(r"[*/]\s*\(?\s*(?:\d*\.\d+|1000|1e-?\d|\$\{)|\b(?:cost|price|usd)\b", re.IGNORECASE)
_PLATFORMS = {"langfuse": regex(r"^\s*(?:from|import)\s+langfuse\b|from\s+[\"']langfuse", re.MULTILINE)}
_ADOT = regex(r"aws-opentelemetry-distro|AGENT_OBSERVABILITY_ENABLED")
_ADOT_BYTES = (b"aws-opentelemetry-distro", b"agent_observability_enabled")
# What each kind of file holds that measures, in lower case.
_MAY_HOLD = (
    (_CODE, (b"langfuse", *(word.encode() for word in _MAY_MEASURE))),
    (_QUERIES, (b"token",)),
    (_TABLES, (b"token", b"put_price", b"put_cost")),
)
_STATEMENTS: Mapping[str, tuple[str, ...]] = {
    "aws_cloudwatch_query_definition": ("query_string",),
    "AWS::Logs::QueryDefinition": ("QueryString",),
    "awscc_logs_query_definition": ("query_string",),
    "aws_athena_named_query": ("query",),
    "AWS::Athena::NamedQuery": ("QueryString",),
    "aws_cloudwatch_dashboard": ("dashboard_body",),
    "AWS::CloudWatch::Dashboard": ("DashboardBody",),
}


def read(files: Iterable[File], declarations: Declarations) -> Iterator[Draft]:
    """A draft for each purpose of a file that measures, and for each saved query that prices tokens."""
    for file in files:
        if _may_measure(file) and (text := file.text) is not None:
            yield from _of_file(file, text)
    for block in declarations.of_type(*_STATEMENTS):
        yield from _of_block(block)


def _may_measure(file: File) -> bool:
    """Whether a file may hold something that measures, told from its words alone."""
    suffix = suffix_of(file.path)
    words = next((words for suffixes, words in _MAY_HOLD if suffix in suffixes), ())
    return file.holds(words, folded=True) or file.holds(_ADOT_BYTES, folded=True)


def _of_file(file: File, text: str) -> Iterator[Draft]:
    suffix = suffix_of(file.path)
    if _NO_PART.search(file.path):
        return
    if suffix in _CODE:
        yield from _of_code(file.path, text)
    elif suffix in _QUERIES and prices(text):
        yield _measured("price", "query", file.path.rpartition("/")[2], Location(file.path, 1), file.path)
    elif suffix in _TABLES and (row := _PRICE_ROW.search(text)):
        yield _measured("price", "table", file.path.rpartition("/")[2], _line_of(file.path, text, row), file.path)
    if file.holds(_ADOT_BYTES, folded=True) and (exporter := _ADOT.search(text)):
        yield _measured("spans", "code", exporter.group(), _line_of(file.path, text, exporter), file.path)


def _line_of(path: str, text: str, match: re.Match[str]) -> Location:
    return Location(path, text.count("\n", 0, match.start()) + 1)


def _of_code(path: str, text: str) -> Iterator[Draft]:
    for name, pattern in _PLATFORMS.items():
        match = pattern.search(text) if name in text else None
        if match:
            yield _measured("price", "platform", name, _line_of(path, text, match), path)
    scored = "langfuse" in text or "phoenix" in text
    seen: set[str] = set()
    for number, line in lines_with(text, _MAY_MEASURE):
        if len(line) <= _LONGEST_LINE and not _COMMENT.match(line):
            for purpose, name in _of_line(line, scored):
                if purpose not in seen:
                    yield _measured(purpose, "code", name, Location(path, number), path)
                seen.add(purpose)


def _of_line(line: str, scored: bool) -> Iterator[tuple[str, str]]:
    lower = line.lower()
    if any(word in lower for word in _PRICES) and any(word in lower for word in _PRICED):
        named = next((m.group(1) for m in _NAMED.finditer(line) if _PRICE.search(_squeezed(m.group(1)))), None)
        made = _PRICED_BY_CALL.search(line) or _PRODUCT.search(line)
        if named or made:
            yield "price", named or (made.group().rstrip("( ") if made else "")
    metrics = _METRIC_CALL.finditer(line) if "metric" in lower else ()
    metric = next((m.group(1) for m in metrics if QUALITY.search(_squeezed(m.group(1)))), None)
    score = (_SCORE_CALL.search(line) or _ANNOTATION.search(line)) if scored else None
    if metric or score:
        yield "quality", metric or (next(filter(None, score.groups()), "score") if score else "")


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _of_block(block: Block) -> Iterator[Draft]:
    for key in _STATEMENTS[block.type]:
        node = block.body[key]
        text = node.text() or (node.unknown.shape if node.unknown else None)
        if text and prices(text):
            name = block.body.first_of("name", "Name", "dashboard_name", "DashboardName").text() or block.address
            yield _measured("price", "query", name, node.location, block.address)


def prices(text: str) -> bool:
    """Whether a query makes money of tokens."""
    return bool(_TOKENS.search(text) and _MONEY.search(text))


def _measured(purpose: str, form: str, name: str, at: Location, where: str) -> Draft:
    described = draft(Measurement, at, purpose=purpose, form=form, name=name[:80])
    return replace(described, identity=f"{where} {purpose} {name[:80]}")
