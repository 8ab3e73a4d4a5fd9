"""Model ids that stand in code and configuration: which texts are a use, and which tell about a model."""

from __future__ import annotations

import time

import pytest

from prodworks_cli.sources.files import Part, tree_of
from prodworks_cli.sources.literals import read

ID = "amazon.nova-reel-v1:0"


@pytest.mark.parametrize(
    ("path", "line", "found"),
    [
        ("cdk.json", f'{{"videoModelIds": ["{ID}"]}}', True),
        ("cdk.json", f'{{"videoModelIds": ["{ID}", "{ID}"]}}', True),
        ("a.ts", f"schema.default(['{ID}']),", True),
        ("a.ts", f"const price = prices['{ID}'];", False),
        ("a.ts", f"const price = table()['{ID}'];", False),
        ("a.ts", f"const prices = {{ '{ID}': 3 }};", False),
        ("a.py", f'LIMITS["{ID}"] = 4', False),
        ("a.py", f'MODELS = ["{ID}"]', True),
    ],
)
def test_a_list_holds_ids_and_a_lookup_asks_for_one(path: str, line: str, found: bool) -> None:
    texts = {literal.node.text() for literal in read(tree_of({path: line + "\n"}).files)}
    assert texts == ({ID} if found else set())


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("a.py", f'CACHE_SUPPORTED_MODELS = [\n    "{ID}",\n]\n', []),
        ("a.py", f'    supports_tools: list[str] = [  # models\n        "{ID}",\n\n    ]\n', []),
        ("a.ts", f"export const modelsWithoutTools = new Set([\n  '{ID}',\n]);\n", []),
        ("a.ts", f"const deprecated: string[] = [\n  '{ID}',\n];\nconst used = '{ID}';\n", [4]),
        ("A.java", f'  private static final Set<String> LEGACY = Set.of(\n    "{ID}"\n  );\n', []),
        ("a.py", f'SUPPORTED_MODELS = [\n    "{ID}",\n]\n', [2]),
        ("a.py", f'allowed = {{\n    "{ID}",\n}}\n', [2]),
        ("a.py", f'def supports(model):\n    return "{ID}"\n', [2]),
        ("a.py", f'cost = ask(\n    "{ID}",\n)\n', [2]),
        ("a.py", f'WITHOUT_TOOLS = [\n    "x",\n]\nMODEL = "{ID}"\n', [4]),
    ],
)
def test_a_list_of_what_models_can_do_uses_none(path: str, text: str, found: list[int]) -> None:
    assert [literal.node.location.line for literal in read(tree_of({path: text}).files)] == found


@pytest.mark.parametrize(
    ("path", "line", "found"),
    [
        ("a.tsx", f"<p>{{\"The name is its id, e.g. '{ID}'\"}}</p>", False),
        ("a.py", f"help = \"Id of a model, for example '{ID}'\"", False),
        ("a.py", f'body = \'{{"modelId": "{ID}"}}\'', True),
        ("a.ts", f"return '{ID}';", True),
        ("a.py", f"ids = f\"{{x}}\" or '{ID}'", True),
    ],
)
def test_an_id_in_the_prose_of_a_text_is_no_use(path: str, line: str, found: bool) -> None:
    texts = {literal.node.text() for literal in read(tree_of({path: line + "\n"}).files)}
    assert texts == ({ID} if found else set())


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("litellm.yaml", f"  litellm_params:\n    model: bedrock/{ID}\n", ID),
        ("litellm.yaml", f'    model: "bedrock/converse/us.{ID}"  # the large one\n', f"us.{ID}"),
        (".env", f"CHAT_MODEL=litellm/bedrock/{ID}\n", ID),
        ("a.json", f'{{"model": "bedrock/{ID}"}}\n', ID),
        ("a.py", f'MODEL = "bedrock/{ID}"\n', f"bedrock/{ID}"),
        ("a.yaml", f"- name: bedrock/{ID}\n  price: 3\n", None),
        ("a.py", f'PRICES["bedrock/{ID}"] = 3\n', None),
        ("a.yaml", f"model: gateway/{ID}\n", None),
        ("promptfooconfig.yaml", f'options: {{provider: "bedrock:{ID}"}}\n', None),
    ],
)
def test_an_id_with_its_provider_before_it(path: str, text: str, found: str | None) -> None:
    assert [literal.node.text() for literal in read(tree_of({path: text}).files)] == ([found] if found else [])


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("A.java", f'/* old:\n   client.modelId("{ID}")\n */\nclient.modelId("{ID}");\n', [4]),
        ("a.ts", f"/** Old. */\nconst model = '{ID}';\n", [2]),
        ("a.ts", f"/*\nconst model = '{ID}'; */ const other = 1;\n", []),
        ("a.ts", f"const files = 'src/*';\nconst model = '{ID}';\n", [2]),
    ],
)
def test_comments_of_several_lines_use_none(path: str, text: str, found: list[int]) -> None:
    assert [literal.node.location.line for literal in read(tree_of({path: text}).files)] == found


@pytest.mark.parametrize(
    ("path", "text", "offered"),
    [
        ("a.py", f'SUPPORTED_MODELS = [\n    "{ID}",\n    # a comment\n]\nMODEL = "us.{ID}"\n', [2]),
        ("a.py", f'AVAILABLE_MODELS: dict[str, str] = {{\n    "Reel": "{ID}",\n}}\nx = {{"y": "us.{ID}"}}\n', [2]),
        ("a.py", f"allowed = {{\n    '{ID}'}}\nmodel = '{ID}'\n", [2]),
        ("a.py", f'model = st.sidebar.selectbox("Model", ["a",\n  "{ID}",\n  "b"])\nother = "{ID}"\n', [2]),
        ("a.py", f'parser.add_argument("-m", choices=["{ID}"], default="us.{ID}")\n', []),
        ("a.py", f'parser.add_argument("-m", choices=[\n "{ID}"],\n default="us.{ID}")\n', [2]),
        ("a.ts", f"export const MODEL_OPTIONS: Option[] = [\n  '{ID}',\n];\n", [2]),
        ("a.ts", f"const options = {{\n  modelId: '{ID}',\n}};\n", []),
        ("a.ts", f"const schema = z.enum([\n  '{ID}',\n]);\n", [2]),
        ("a.tsx", f'<option value="{ID}">Reel</option>\n<Chat model="{ID}" />\n', [1]),
        ("A.java", f'  static final Set<String> SUPPORTED = Set.of(\n    "{ID}"\n  );\n', [2]),
        ("a.ts", 3 * f"  {{ id: '{ID}', label: 'Reel' }},\n", [1, 2, 3]),
        ("a.ts", 3 * f"  {{\n    id: '{ID}',\n    name: 'Reel',\n  }},\n", [2, 6, 10]),
        ("a.ts", 3 * f"  {{\n    name: t('reel'),\n    value: '{ID}',\n  }},\n", [3, 7, 11]),
        ("a.ts", f"  {{ id: '{ID}', label: 'Reel' }},\n", []),
        ("a.ts", 3 * f"  {{ provider: 'bedrock', name: '{ID}' }},\n", []),
        ("a.py", f'FALLBACKS = ["{ID}", "us.{ID}"]\n', []),
        ("a.yaml", f'supported_models: ["{ID}"]\n', []),
    ],
)
def test_what_may_be_chosen_is_offered(path: str, text: str, offered: list[int]) -> None:
    literals = read(tree_of({path: text}).files)
    assert [literal.node.location.line for literal in literals if literal.offered] == offered


def test_hostile_lists_take_linear_time() -> None:
    started = time.process_time()
    for unit in ("supported", "supported = [", "{id: '", "a" * 1999 + "\n", "model", "model="):
        list(read(tree_of({"deploy.sh": unit * (300_000 // len(unit)) + f"\nMODEL={ID}\n"}).files))
        list(read(tree_of({"a.py": unit * (300_000 // len(unit)) + f'\nx = "{ID}"\n'}).files))
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("path", "line", "found"),
    [
        ("deploy.sh", f'export MODEL_ID="${{MODEL_ID:-{ID}}}"', True),
        ("deploy/app.sh", f"MODEL_ID={ID}", True),
        ("scripts/deploy-api.sh", f"aws bedrock-agent create-agent --foundation-model {ID} \\", True),
        ("scripts/deploy.sh", f"terraform apply -var model_id={ID} -auto-approve", True),
        ("scripts/deploy.sh", f"sam deploy --parameter-overrides ModelId={ID} Stage=prod", True),
        ("entrypoint.sh", f"  spring.ai.bedrock.converse.chat.model={ID}", True),
        ("Makefile", f"MODEL ?= {ID}", True),
        ("Dockerfile", f"ENV BEDROCK_MODEL_ID={ID} PORT=80", True),
        ("api/Dockerfile.prod", f"ARG MODEL={ID}", True),
        # Words, comments, permissions, other names, and scripts in which people try things out.
        ("deploy.sh", f'echo "Model: {ID}"', False),
        ("deploy.sh", f"# MODEL_ID={ID}", False),
        ("deploy.sh", f"MODEL_ARN=arn:aws:bedrock:us-east-1::foundation-model/{ID}", False),
        ("deploy.sh", f"BUCKET={ID}", False),
        ("deploy.sh", "MODEL_ID=amazon.com", False),
        ("deploy-local.sh", f"MODEL_ID={ID}", False),
        ("scripts/setup.sh", f"aws bedrock-runtime invoke-model --model-id {ID}", False),
        ("tests/deploy.sh", f"MODEL_ID={ID}", False),
        ("Dockerfile.dev", f"ENV MODEL_ID={ID}", False),
    ],
)
def test_what_a_script_of_deployment_hands_over(path: str, line: str, found: bool) -> None:
    literals = [
        (literal.node.text(), literal.source, literal.offered)
        for literal in read(f for f in tree_of({path: f"#!/bin/sh\n{line}\n"}).files if f.part is Part.PRODUCTION)
    ]
    assert literals == ([(ID, "config", False)] if found else [])
