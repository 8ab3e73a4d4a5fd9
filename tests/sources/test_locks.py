"""Versions of packages, from the lock files of each program that writes some, and what depends on them."""

from __future__ import annotations

import time

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.agent_code import AgentLoop
from prodworks_cli.resources.model_calls import ModelClient
from prodworks_cli.resources.telemetry import Telemetry
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.locks import JVM, NPM, PYTHON, Versions, version_numbers

POETRY = '[[package]]\nname = "langgraph"\nversion = "1.0.6"\ndescription = "x"\n\n[package.dependencies]\nx = "1"\n'
UV = 'version = 1\n\n[[package]]\nname = "langgraph"\nversion = "0.2.1"\ndependencies = [{ name = "x" }]\n'
PIPFILE = '{"_meta": {}, "default": {"langgraph": {"hashes": ["sha256:a"], "version": "==0.2.1"}, "x": {}}}'
PACKAGE_LOCK_3 = """{"lockfileVersion": 3, "packages": {
    "": {"dependencies": {"@ai-sdk/x": "^1.0.0"}},
    "node_modules/@ai-sdk/x": {
      "version": "1.2.3",
      "resolved": "https://registry.npmjs.org/x.tgz"
    },
    "node_modules/alias": {
      "name": "y",
      "version": "7.0.1"
    },
    "node_modules/x": {
      "version": "7.0.0"
    }}}"""
PACKAGE_LOCK_1 = '{"lockfileVersion": 1, "dependencies": {"@ai-sdk/x": {\n  "version": "1.2.3"\n}}}'
PNPM_6 = "lockfileVersion: '6.0'\npackages:\n\n  /@ai-sdk/x@1.2.3(zod@3.0.0):\n    resolution: {integrity: sha512-x}\n"
PNPM_9 = """lockfileVersion: '9.0'
overrides:
  '@ai-sdk/x@1': 1.2.3
packages:

  '@ai-sdk/x@1.2.3':
    resolution: {integrity: sha512-x}
"""
PNPM_5 = "lockfileVersion: 5.4\npackages:\n\n  /@ai-sdk/x/1.2.3:\n    resolution: {integrity: sha512-x}\n"
YARN_1 = '# yarn lockfile v1\n\n"@ai-sdk/x@^1.0.0", "@ai-sdk/x@^1.2.0":\n  version "1.2.3"\n  resolved "x"\n'
YARN_2 = '__metadata:\n  version: 8\n\n"@ai-sdk/x@npm:^1.0.0":\n  version: 1.2.3\n  resolution: "@ai-sdk/x@npm:1.2.3"\n'
BUN = '{"lockfileVersion": 1, "packages": {"@ai-sdk/x": ["@ai-sdk/x@1.2.3", "", {}, "sha512-x"]}}'
GRADLE = "org.acme:x:1.2.3=compileClasspath,runtimeClasspath\nempty=\n"


@pytest.mark.parametrize(
    ("path", "text", "ecosystem", "package", "version"),
    [
        ("poetry.lock", POETRY, PYTHON, "langgraph", "1.0.6"),
        ("uv.lock", UV, PYTHON, "LangGraph", "0.2.1"),
        ("pdm.lock", POETRY, PYTHON, "langgraph", "1.0.6"),
        ("Pipfile.lock", PIPFILE, PYTHON, "langgraph", "0.2.1"),
        ("package-lock.json", PACKAGE_LOCK_3, NPM, "@ai-sdk/x", "1.2.3"),
        ("package-lock.json", PACKAGE_LOCK_3, NPM, "x", "7.0.0"),
        ("package-lock.json", PACKAGE_LOCK_3, NPM, "alias", "7.0.1"),
        ("npm-shrinkwrap.json", PACKAGE_LOCK_1, NPM, "@ai-sdk/x", "1.2.3"),
        ("pnpm-lock.yaml", PNPM_5, NPM, "@ai-sdk/x", "1.2.3"),
        ("pnpm-lock.yaml", PNPM_6, NPM, "@ai-sdk/x", "1.2.3"),
        ("pnpm-lock.yaml", PNPM_9, NPM, "@ai-sdk/x", "1.2.3"),
        ("yarn.lock", YARN_1, NPM, "@ai-sdk/x", "1.2.3"),
        ("yarn.lock", YARN_2, NPM, "@ai-sdk/x", "1.2.3"),
        ("bun.lock", BUN, NPM, "@ai-sdk/x", "1.2.3"),
        ("gradle.lockfile", GRADLE, JVM, "org.acme:x", "1.2.3"),
        ("requirements.txt", "LangGraph[redis]==0.2.1 \\\n  --hash=sha256:a\n", PYTHON, "langgraph", "0.2.1"),
        ("pyproject.toml", 'dependencies = ["langgraph==0.2.1"]\n', PYTHON, "langgraph", "0.2.1"),
        ("pyproject.toml", '[tool.poetry.dependencies]\nlanggraph = "==0.2.1"\n', PYTHON, "langgraph", "0.2.1"),
    ],
)
def test_versions(path: str, text: str, ecosystem: str, package: str, version: str) -> None:
    tree = tree_of({f"app/{path}": text})
    versions = Versions(tree.locks, tree.files)
    assert versions.of(package, "app/main.py", ecosystem) == (version,)
    assert versions.of(f"{package}-other", "app/main.py", ecosystem) == ()
    other = next(e for e in (PYTHON, NPM, JVM) if e != ecosystem)
    assert versions.of(package, "app/main.py", other) == ()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "# langgraph==0.2.1\nmy-langgraph==1.0\nlanggraph>=0.2\n"),
        ("notes.txt", "langgraph==0.2.1\n"),
        ("poetry.lock", '[package.dependencies]\nlanggraph = "0.2.1"\n'),
        ("package-lock.json", '{"dependencies": {"langgraph": "^1.0.0"}}'),
    ],
)
def test_what_says_no_version(path: str, text: str) -> None:
    tree = tree_of({path: text})
    versions = Versions(tree.locks, tree.files)
    assert [versions.all("langgraph", e) for e in (PYTHON, NPM)] == [(), ()]


def test_the_nearest_folder_decides() -> None:
    tree = tree_of({"uv.lock": UV, "a/poetry.lock": POETRY, "a/b/main.py": "", "c/main.py": ""})
    versions = Versions(tree.locks, tree.files)
    assert versions.of("langgraph", "a/b/main.py") == ("1.0.6",)
    assert versions.of("langgraph", "c/main.py") == ("0.2.1",)
    apart = tree_of({"a/poetry.lock": POETRY, "b/uv.lock": UV})
    assert versions.is_from((1,), "a/x.py", "langgraph") is True
    assert isinstance(Versions(apart.locks, ()).is_from((1,), "c/x.py", "langgraph"), Unknown)


def test_numbers_of_versions() -> None:
    assert [version_numbers(v) for v in ("1.0.6rc1", "0.55b0", "2", "x", "1" * 5000)][:4] == [
        (1, 0, 6),
        (0, 55),
        (2,),
        (),
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("poetry.lock", 'name = "langgraph"\n' * 300_000),
        ("Pipfile.lock", '"langgraph": {' * 300_000),
        ("package-lock.json", '"langgraph": {  ' * 300_000),
        ("yarn.lock", "langgraph@" * 500_000),
        ("yarn.lock", "langgraph@x:\n" * 300_000),
        ("pnpm-lock.yaml", "  /langgraph@" * 400_000),
        ("bun.lock", '"langgraph": ["langgraph@' * 200_000),
        ("requirements.txt", "langgraph" * 200_000),
        ("requirements.txt", "langgraph [" * 170_000),
    ],
)
def test_hostile_files_take_no_time(path: str, text: str) -> None:
    tree = tree_of({path: text})
    start = time.process_time()
    for ecosystem in (PYTHON, NPM):
        assert Versions(tree.locks, tree.files).all("langgraph", ecosystem) == ()
    assert time.process_time() - start < 5


GRAPH = """
from langgraph.prebuilt import create_react_agent

agent = create_react_agent(model, tools=[search])
"""
MODEL = "import boto3\n\nboto3.client('bedrock-runtime').converse(modelId='amazon.nova-lite-v1:0', messages=[])\n"


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        ({"uv.lock": UV}, 25),
        ({"poetry.lock": POETRY}, 10_007),
        ({"requirements.txt": "langgraph==0.2.1\n"}, 25),
        ({"requirements.txt": "langgraph>=1.0.6\n"}, 10_007),
        ({"requirements.txt": "langgraph>=0.2\n"}, None),
        ({}, None),
    ],
)
def test_the_limit_of_a_graph(files: dict[str, str], limit: int | None) -> None:
    resources = collect_repository(tree_of({"app.py": GRAPH + MODEL, **files}), {}).resources
    (loop,) = [r.value for r in resources if isinstance(r.value, AgentLoop)]
    assert isinstance(loop.iteration_limit, Unknown) if limit is None else loop.iteration_limit == limit


def botocore(version: str) -> str:
    return POETRY.replace("langgraph", "botocore").replace("1.0.6", version)


TEMPLATE = """
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: f
      Environment: {Variables: {AWS_RETRY_MODE: adaptive}}
"""


@pytest.mark.parametrize(
    ("files", "mode", "backs_off"),
    [
        ({"poetry.lock": botocore("1.44.0")}, "standard", True),
        ({"poetry.lock": botocore("1.43.9")}, "legacy", False),
        ({"requirements.txt": "boto3==1.38.2\n"}, "legacy", False),
        ({"requirements.txt": "boto3>=1.44\n"}, "standard", True),
        ({"requirements.txt": "boto3>=1.38\n"}, None, None),
        ({"poetry.lock": botocore("1.38.0"), "template.yaml": TEMPLATE}, "adaptive", True),
        ({"other/poetry.lock": botocore("1.38.0"), "other/requirements.txt": "boto3>=1.44\n"}, None, None),
        ({"poetry.lock": botocore("1.38.0"), "pyproject.toml": 'dependencies = ["aws-cdk-lib==2.0"]\n'}, None, None),
        ({}, None, None),
    ],
)
def test_the_retry_mode_of_a_client(files: dict[str, str], mode: str | None, backs_off: bool | None) -> None:
    resources = collect_repository(tree_of({"app.py": MODEL, **files}), {}).resources
    (client,) = [r.value for r in resources if isinstance(r.value, ModelClient)]
    assert client.retry_mode == mode
    assert isinstance(client.backs_off, Unknown) if backs_off is None else client.backs_off is backs_off


def test_a_function_with_requirements_of_its_own_has_not_the_lock_around_it() -> None:
    files = {"a/fn/app.py": MODEL, "a/fn/requirements.txt": "boto3\n", "a/poetry.lock": botocore("1.38.0")}
    (client,) = [r.value for r in collect_repository(tree_of(files), {}).resources if isinstance(r.value, ModelClient)]
    assert client.retry_mode is None


def test_a_mode_that_the_code_sets_counts() -> None:
    text = MODEL.replace("'bedrock-runtime'", "'bedrock-runtime', config=Config(retries={'mode': 'standard'})")
    files = {"app.py": f"from botocore.config import Config\n{text}", "poetry.lock": botocore("1.38.0")}
    (client,) = [r.value for r in collect_repository(tree_of(files), {}).resources if isinstance(r.value, ModelClient)]
    assert client.retry_mode == "standard"


def test_names_of_an_instrumentation_whose_version_is_locked() -> None:
    package = "opentelemetry-instrumentation-botocore"
    name = "BotocoreInstrumentor"
    text = f"from opentelemetry.instrumentation.botocore import {name}\n\n{name}().instrument()\n"
    lock = POETRY.replace("langgraph", package).replace("1.0.6", "0.55b0")
    resources = collect_repository(tree_of({"app.py": text, "uv.lock": lock}), {}).resources
    assert [r.value.genai_conventions for r in resources if isinstance(r.value, Telemetry)] == ["previous"]
