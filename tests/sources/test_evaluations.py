import json
import time

import pytest

from prodworks_cli.model import Gap, Plane, Unknown
from prodworks_cli.schema import assemble
from prodworks_cli.sources import evaluations
from prodworks_cli.sources.files import tree_of


def found(path: str, text: str) -> list[tuple[object, ...]]:
    drafts, gaps = evaluations.read(tree_of({path: text}).files)
    assert gaps == ()
    for described in drafts:
        assemble(described)
    return [(d.identity, d.location.line, *(d.attributes[n] for n in ("type", "cases", "threshold"))) for d in drafts]


def test_promptfoo_counts_cases_and_reads_thresholds() -> None:
    text = "prompts: [a]\ntests:\n  - assert:\n      - {type: llm-rubric, threshold: 0.8}\n  - vars: {a: 1}\n"
    expected = ("eval/promptfooconfig.yaml:promptfoo", 1, "quality", 2, "0.8")
    assert found("eval/promptfooconfig.yaml", text) == [expected]


def test_promptfoo_cases_elsewhere_and_red_team() -> None:
    (outside,) = found("promptfooconfig.yaml", "tests: cases.csv\ndefaultTest:\n  assert: [{type: contains}]\n")
    assert outside[2:] == ("quality", Unknown("the cases are in another file", present=True), "contains")
    (attacks,) = found("promptfooconfig.yaml", "redteam: {plugins: [harmful]}\n")
    assert attacks[2:4] == ("red-team", Unknown("the cases are generated"))


@pytest.mark.parametrize(
    ("source", "framework", "type_"),
    [
        ("from deepeval import assert_test", "deepeval", "quality"),
        ("import ragas", "ragas", "quality"),
        ("from strands_evals import Case", "strands-evals", "quality"),
        ("from locust import HttpUser", "locust", "load"),
    ],
)
def test_python_suites_by_import(source: str, framework: str, type_: str) -> None:
    path = "tests/test_quality.py"
    unknown = Unknown("cases are built by code")
    assert found(path, f"import os\n{source}\nm(threshold=0.7)\n") == [
        (f"{path}:{framework}", 2, type_, unknown, "0.7")
    ]


@pytest.mark.parametrize(
    "source",
    [
        "from unittest.mock import Mock\nclient = Mock()\nassert evaluate(client) == 'expected'",
        "# import ragas",
        "import ragas_like",
        "from deepeval.tracing import observe",
    ],
)
def test_other_python(source: str) -> None:
    assert found("tests/test_chat.py", source) == []


def test_k6() -> None:
    assert [f[2] for f in found("load/chat.js", "import http from 'k6/http';")] == ["load"]


RECORDS = [{"question": "a", "expected_answer": "b"}, {"question": "c"}]


@pytest.mark.parametrize(
    ("path", "text", "cases"),
    [
        ("evals/a.jsonl", "\n".join(map(json.dumps, RECORDS)), 1),
        ("golden/a.json", json.dumps({"cases": RECORDS}), 1),
        ("evaluation/a.csv", "question,ground_truth\na,b\nc,d\n", 2),
        ("evals/b.jsonl", json.dumps({"conversationTurns": [{"referenceResponses": [1]}]}), 1),
    ],
)
def test_data_sets_count_expected_answers(path: str, text: str, cases: int) -> None:
    assert found(path, text) == [(f"{path}:dataset", 1, "quality", cases, None)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("data/a.jsonl", json.dumps(RECORDS[0])),
        ("evals/a.jsonl", json.dumps(RECORDS[1])),
        ("evals/a.json", "[" * 100_000),
        ("evals/a.json", "3"),
        ("node_modules/evals/a.jsonl", json.dumps(RECORDS[0])),
    ],
)
def test_other_data(path: str, text: str) -> None:
    assert found(path, text) == []


def test_a_broken_configuration_is_a_gap() -> None:
    drafts, gaps = evaluations.read(tree_of({"promptfooconfig.yaml": "a: 1\nb: [\n"}).files)
    assert drafts == ()
    assert [(g.kind, g.plane, g.scope) for g in gaps] == [("repo.evaluation", Plane.DECLARED, "promptfooconfig.yaml")]
    assert isinstance(gaps[0], Gap)
    assert gaps[0].line is not None


@pytest.mark.parametrize(
    ("path", "text", "framework"),
    [
        ("evals/chat.eval.ts", 'import { evalite } from "evalite";\n', "evalite"),
        ("evals/chat.ts", "import { Factuality } from 'autoevals';\nconst threshold = 0.8;\n", "autoevals"),
        ("evals/chat.test.ts", 'import * as ls from "langsmith/vitest";\n', "langsmith"),
        ("src/evals.ts", 'import { createToxicityScorer } from "@mastra/evals/scorers/llm";\n', "mastra-evals"),
        ("src/test/java/E.java", "import org.springframework.ai.chat.evaluation.RelevancyEvaluator;\n", "spring-ai"),
        ("src/a.ts", 'import { traceable } from "langsmith/traceable";\n', None),
        ("src/A.java", "import org.springframework.ai.chat.client.ChatClient;\n", None),
    ],
)  # fmt: skip
def test_suites_of_typescript_and_java(path: str, text: str, framework: str | None) -> None:
    drafts, _ = evaluations.read(tree_of({path: text}).files)
    assert [d.attributes["framework"] for d in drafts] == ([framework] if framework else [])


JUDGE = """
import json

import boto3

bedrock = boto3.client("bedrock-runtime")
PROMPT = "Rate the answer from 1 to 5. Question: {q} Answer: {a} Expected: {e}"


def ask(text):
    reply = bedrock.converse(modelId="m", messages=[{"role": "user", "content": [{"text": text}]}])
    return reply["output"]["message"]["content"][0]["text"]


def judge(case, answer):
    return int(ask(PROMPT.format(q=case["question"], a=answer, e=case["expected_answer"])))


if __name__ == "__main__":
    cases = json.loads(open("evals/golden.jsonl").read())
    scores = [judge(case, ask(case["question"])) for case in cases]
    average_score = sum(scores) / len(scores)
    threshold = 4.0
    if average_score < threshold:
        raise SystemExit(1)
"""
THROUGH = """
import pytest
from assistant.chat import answer

CASES = [
    {"question": "Where is my order?", "expected": "tracking"},
    {"question": "May I return it?", "expected": "30 days"},
]


@pytest.mark.parametrize("case", CASES)
def test_quality(case):
    score = overlap(answer(case["question"]), case["expected"])
    assert score >= 0.7
"""
CHAT = "import boto3\nbedrock = boto3.client('bedrock-runtime')\ndef answer(q):\n    bedrock.converse(modelId='m')\n"
SCRIPT = """
import { generateText } from "ai";
import { bedrock } from "@ai-sdk/amazon-bedrock";
const cases = [{ question: "a", expectedAnswer: "b" }, { question: "c", expectedAnswer: "d" }];
for (const c of cases) {
  const { text } = await generateText({ model: bedrock("m"), prompt: c.question });
  const verdict = await grade(text, c.expectedAnswer);
}
const accuracy = right / cases.length;
if (accuracy < 0.9) process.exit(1);
function grade(a: string, b: string) { return generateText({ model: bedrock("m"), prompt: a + b }); }
"""
ELSEWHERE = Unknown("the cases are in another file", present=True)


def own(files: dict[str, str]) -> list[tuple[object, ...]]:
    drafts, _ = evaluations.read(tree_of(files).files)
    return [(d.identity, *(d.attributes[n] for n in ("framework", "cases", "threshold"))) for d in drafts]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"scripts/grade.py": JUDGE}, [("scripts/grade.py:model judge", "model judge", ELSEWHERE, "4.0")]),
        ({"tests/test_answers.py": JUDGE}, [("tests/test_answers.py:model judge", "model judge", ELSEWHERE, "4.0")]),
        (
            {"src/assistant/chat.py": CHAT, "tests/test_answers.py": THROUGH},
            [("tests/test_answers.py:own code", "own code", 2, None)],
        ),
        (
            {"assistant/chat.py": CHAT, "evals/run_test.py": THROUGH.replace(".chat", " import chat #")},
            [("evals/run_test.py:own code", "own code", 2, None)],
        ),
        ({"evals/run.ts": SCRIPT}, [("evals/run.ts:model judge", "model judge", 2, None)]),
    ],
)  # fmt: skip
def test_evaluations_of_ones_own(files: dict[str, str], expected: list[tuple[object, ...]]) -> None:
    assert own(files) == expected


@pytest.mark.parametrize(
    "files",
    [
        # What serves users may judge too.
        {"src/optimizer.py": JUDGE.replace('if __name__ == "__main__":', "def handler(event, context):")},
        {"evals/judge.ts": SCRIPT + "export const handler = async () => {};\n"},
        {"src/grade.ts": SCRIPT},
        # No model answers.
        {"assistant/chat.py": CHAT, "tests/test_answers.py": THROUGH + "from unittest.mock import MagicMock\n"},
        {"assistant/chat.py": "def answer(q): ...\n", "tests/test_answers.py": THROUGH},
        {"src/other/chat.py": CHAT, "tests/test_answers.py": THROUGH},
        {"tests/test_answers.py": THROUGH},
        # Nothing was expected, or nothing is decided.
        {"scripts/grade.py": JUDGE.lower().replace("expected", "other").replace("golden", "other")},
        {"scripts/ask.py": JUDGE.replace("sum(scores) / len(scores)", "1").replace("_score", "")},
        {"scripts/ask.py": "# " + JUDGE.replace("\n", "\n# ")},
    ],
)  # fmt: skip
def test_what_is_no_evaluation_of_ones_own(files: dict[str, str]) -> None:
    assert own(files) == []


@pytest.mark.parametrize("unit", ["expected ", "score ", "assert score", "from a.b import c\n", "judge the "])
def test_hostile_programs_take_linear_time(unit: str) -> None:
    started = time.process_time()
    own({"evals/run.py": JUDGE + unit * (300_000 // len(unit))})
    assert time.process_time() - started < 3


def attacking(path: str, text: str) -> list[tuple[object, object]]:
    drafts, _ = evaluations.read(tree_of({path: text}).files)
    return [(d.attributes["type"], d.attributes["attacks"]) for d in drafts]


def promptfoo(tests: list[dict[str, object]]) -> str:
    return json.dumps({"prompts": ["a"], "tests": tests})


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("promptfooconfig.yaml", "redteam: {plugins: [harmful]}\n", [("red-team", True)]),
        ("promptfooconfig.yaml", promptfoo([{"description": "jailbreak"}] * 10), [("quality", True)]),
        ("promptfooconfig.yaml", promptfoo([{"metadata": {"x": "prompt injection"}}] * 10), [("quality", True)]),
        ("promptfooconfig.yaml", promptfoo([{"description": "jailbreak"}] * 9), [("quality", False)]),
        ("promptfooconfig.yaml", promptfoo([{"vars": {"q": "what is a jailbreak?"}}] * 10), [("quality", False)]),
        ("tests/test_a.py", "import garak\n", [("red-team", True)]),
        ("tests/test_a.py", "from deepteam import red_team\n", [("red-team", True)]),
        ("tests/test_a.py", "from deepeval.red_teaming import RedTeamer\n", [("red-team", True)]),
        ("tests/test_a.py", "from deepeval import assert_test\n", [("quality", False)]),
        (".github/workflows/a.yml", "steps:\n- run: python -m garak --target_type rest\n", [("red-team", True)]),
        ("redteam.sh", "npx promptfoo@latest redteam run -c x.yaml\n", [("red-team", True)]),
        ("run.sh", "pip install garak\n# garak is slow\n", []),
        ("evals/a.json", json.dumps([{"category": "leakage", "expected": "no"}] * 10), [("quality", True)]),
        ("evals/a.json", json.dumps([{"category": "orders", "expected": "no"}] * 10), [("quality", False)]),
        ("evals/a.json", json.dumps([{"tags": ["jailbreak"], "prompt": "x"}] * 10), [("red-team", True)]),
        ("evals/a.json", json.dumps([{"tags": ["orders"], "prompt": "x"}] * 10), []),
        ("tests/load.py", "from locust import HttpUser\n", [("load", False)]),
    ],
)
def test_which_suites_attack(path: str, text: str, expected: list[tuple[object, object]]) -> None:
    assert attacking(path, text) == expected


def test_code_that_builds_cases_may_attack_where_it_speaks_of_attacks() -> None:
    ((_, built),) = attacking("tests/test_a.py", "from deepeval import assert_test\ncases = prompt_injection_cases()\n")
    ((_, elsewhere),) = attacking("promptfooconfig.yaml", "tests: attacks.csv\n")
    assert isinstance(built, Unknown)
    assert isinstance(elsewhere, Unknown)
