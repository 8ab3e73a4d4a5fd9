"""Scripts that people run by hand are told from those that are deployed."""

from __future__ import annotations

import time

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory
from prodworks_cli.sources.files import judged, tree_of
from prodworks_cli.sources.operator_scripts import REASON, run_by_hand

ASK = (
    "import boto3\nbedrock = boto3.client('bedrock-runtime')\n"
    "def ask(q):\n    return bedrock.converse(modelId={}, messages=[])\n"
)
APP = {"src/app.py": ASK.format("'amazon.nova-pro-v1:0'")}
CHECK = ASK.format("'amazon.nova-lite-v1:0'") + "if __name__ == '__main__':\n    ask('a')\n"
CHECK_TS = "import { generateText } from 'ai';\n// bedrock\nawait generateText({});\n"


def collected(files: dict[str, str]) -> Inventory:
    return collect_repository(tree_of(files), {})


def by_hand(files: dict[str, str]) -> set[str]:
    return set(run_by_hand(judged(tree_of(files))))


@pytest.mark.parametrize(
    ("path", "beside"),
    [
        ("scripts/check_model.py", {}),
        ("api/scripts/check_model.py", {}),
        ("hack/check_model.py", {"Makefile": "check:\n\tpython hack/check_model.py\n"}),
        ("benchmarks/check_model.py", {"package.json": '{"scripts": {"check": "python benchmarks/check_model.py"}}'}),
        ("scripts/check_model.py", {"scripts/all.sh": "python scripts/check_model.py\n"}),
        ("scripts/check_model.py", {"main.tf": 'command = "scripts/deploy.sh"\n'}),
        ("scripts/check_model.py", {"Dockerfile": "COPY src /app\nRUN ./scripts/install.sh\n"}),
        ("scripts/check_model.py", {"README.md": "Run scripts/check_model.py\n"}),
    ],
)
def test_what_people_run(path: str, beside: dict[str, str]) -> None:
    assert by_hand({**APP, path: CHECK, **beside}) == {path}


@pytest.mark.parametrize(
    ("path", "text", "beside"),
    [
        # Where it stands says nothing: agents have their tools there, CDK its programs.
        ("tools/check_model.py", CHECK, {}),
        ("bin/check_model.py", CHECK, {}),
        ("src/check_model.py", CHECK, {}),
        # It waits for work, or Lambda calls it, or others import it.
        ("scripts/check_model.py", CHECK + "uvicorn.run(app)\n", {}),
        ("scripts/check_model.py", CHECK + "while True:\n    sqs.receive_message(QueueUrl=url)\n", {}),
        ("scripts/check_model.py", CHECK + "def lambda_handler(event, context): ...\n", {}),
        ("scripts/check_model.py", ASK.format("'m'"), {}),
        ("scripts/check_model.py", CHECK, {"src/b.py": "from scripts.check_model import ask\n"}),
        # An image, a declaration, a pipeline or another program starts it.
        ("scripts/check_model.py", CHECK, {"Dockerfile": "COPY . .\nCMD python scripts/check_model.py\n"}),
        ("scripts/check_model.py", CHECK, {"Dockerfile": "COPY scripts/ /app/scripts/\n"}),
        ("api/scripts/check_model.py", CHECK, {"Dockerfile": "COPY api/scripts/ .\n"}),
        ("scripts/nightly/check_model.py", CHECK, {"main.tf": 'source_dir = "${path.module}/../scripts/nightly"\n'}),
        ("scripts/check_model.py", CHECK, {"lib/a.ts": "import 'aws-cdk-lib';\njoin(__dirname, '..', 'scripts')\n"}),
        ("scripts/check_model.py", CHECK, {"entrypoint.sh": "python scripts/check_model.py\n"}),
        ("scripts/check_model.py", CHECK, {"Procfile": "worker: python scripts/check_model.py\n"}),
        ("scripts/check_model.py", CHECK, {".github/workflows/a.yml": "run: python scripts/check_model.py\n"}),
        ("scripts/check_model.py", CHECK, {"package.json": '{"scripts": {"start": "python scripts/check_model.py"}}'}),
    ],
)
def test_what_is_deployed_or_may_be(path: str, text: str, beside: dict[str, str]) -> None:
    assert by_hand({**APP, path: text, **beside}) == set()


def test_a_program_of_typescript_gives_nothing_to_others() -> None:
    assert by_hand({**APP, "scripts/check_model.ts": CHECK_TS}) == {"scripts/check_model.ts"}
    assert by_hand({**APP, "scripts/check_model.ts": CHECK_TS + "export const x = 1;\n"}) == set()


def test_where_nothing_else_asks_a_model_the_scripts_are_the_workload() -> None:
    assert by_hand({"scripts/check_model.py": CHECK, "src/app.py": "x = 1\n"}) == set()


def test_its_calls_are_not_those_of_the_workload_and_the_report_says_so() -> None:
    key = "AKIA" + "QX7ZP3LM9RTW2KVB"
    inventory = collected({**APP, "scripts/check_model.py": CHECK + f"KEY = '{key}'\n"})
    found = {(r.kind, r.locations[""].where) for r in inventory.resources}
    assert ("repo.model_call", "src/app.py") in found
    assert ("repo.secret", "scripts/check_model.py") in found
    kinds = {kind for kind, where in found if where == "scripts/check_model.py"}
    assert not kinds & {"repo.model_call", "repo.model_client", "repo.model_reference", "repo.prompt"}
    assert [(s.path, s.reason) for s in inventory.scan.skipped] == [("scripts/check_model.py", REASON)]


@pytest.mark.parametrize("unit", ["scripts/", "a/", '"scripts" ', '"start": "'])
def test_hostile_declarations_take_linear_time(unit: str) -> None:
    started = time.process_time()
    text = unit * (300_000 // len(unit))
    by_hand({**APP, "scripts/check_model.py": CHECK, "main.tf": text, "package.json": text + "check_model"})
    assert time.process_time() - started < 3
