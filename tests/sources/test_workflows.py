from typing import Any

import pytest

from prodworks_cli.model import Location, Unknown
from prodworks_cli.schema import assemble
from prodworks_cli.sources import workflows
from prodworks_cli.sources.files import tree_of

PATH = ".github/workflows/ci.yml"


def read(contents: dict[str, str], path: str = PATH) -> tuple[Any, dict[str, Location]]:
    drafts, gaps = workflows.read(tree_of(contents).files)
    assert gaps == ()
    return assemble(next(d for d in drafts if d.identity == path))


def github(on: str, job: str, name: str = "main") -> str:
    return f"on: {on}\njobs:\n  {name}:\n    runs-on: ubuntu-latest\n    {job}\n"


PUSH = "{push: {branches: [main]}}"
DEPLOY = "steps: [{run: npx cdk deploy --all --require-approval never}]"
REMOTE = "org/pipes/.github/workflows/deploy.yml@v1"


@pytest.mark.parametrize(
    ("on", "job", "target", "approval"),
    [
        (PUSH, DEPLOY, "production", "none"),
        (PUSH, f"environment: production\n    {DEPLOY}", "production", "environment"),
        (PUSH, f"environment: {{name: Prod}}\n    {DEPLOY}", "production", "environment"),
        (PUSH, f"environment: staging\n    {DEPLOY}", "staging", "environment"),
        ("workflow_dispatch", DEPLOY, "production", "manual"),
        ("[push, workflow_dispatch]", DEPLOY, "production", "none"),
        ("{push: {tags: ['v*']}}", DEPLOY, "production", "release_tag"),
        ("{release: {types: [published]}}", DEPLOY, "production", "release_tag"),
        ("pull_request", DEPLOY, "preview", "none"),
        ("workflow_call", DEPLOY, "production", Unknown("the workflows that call this one decide")),
        (PUSH, "steps: [{uses: aws-actions/aws-cloudformation-github-deploy@v1}]", "production", "none"),
        (
            PUSH,
            "steps: [{run: 'cd infra && AWS_REGION=x terraform -chdir=a apply -auto-approve'}]",
            "production",
            "none",
        ),
        (PUSH, "steps: [{uses: trstringer/manual-approval@v1}, {run: sam deploy}]", "production", "manual"),
    ],
)
def test_deployments_and_their_approval(on: str, job: str, target: str, approval: str | Unknown) -> None:
    workflow, _ = read({PATH: github(on, job)})
    assert (workflow.deploys_to, workflow.approval) == (target, approval)


@pytest.mark.parametrize(
    "run",
    ["echo 'run cdk deploy'", "terraform plan", "'# cdk deploy'", "kubectl apply --dry-run=client -f a", "cdk synth"],
)
def test_what_does_not_deploy(run: str) -> None:
    workflow, _ = read({PATH: github(PUSH, f"steps: [{{run: {run}}}]")})
    assert (workflow.deploys_to, workflow.approval) == (None, None)


def test_an_environment_of_an_earlier_job_counts_and_lines_are_exact() -> None:
    text = (
        "on: push\njobs:\n  gate:\n    environment: production\n    steps: [{run: 'true'}]\n"
        "  ship:\n    needs: gate\n    steps:\n      - name: ship\n        run: sam deploy\n"
    )
    workflow, locations = read({PATH: text})
    assert workflow.approval == "environment"
    assert locations["deploys_to"] == Location(PATH, 10)


def test_the_environment_of_an_expression_is_unknown() -> None:
    workflow, _ = read({PATH: github(PUSH, f"environment: ${{{{ inputs.stage }}}}\n    {DEPLOY}")})
    assert workflow.deploys_to == Unknown("the environment is decided by ${{ inputs.stage }}", present=True)
    assert workflow.approval == "environment"


def test_a_deployment_handed_over_is_unknown_and_names_the_workflow() -> None:
    workflow, _ = read({PATH: f"on: push\njobs:\n  ship:\n    uses: {REMOTE}\n"})
    assert workflow.approval == Unknown(f"the deployment is handed over to {REMOTE}")


def test_a_workflow_of_the_same_repository_is_followed() -> None:
    called = ".github/workflows/deploy.yml"
    caller = f"on: push\njobs:\n  ship:\n    uses: ./{called}\n"
    workflow, locations = read({PATH: caller, called: github("workflow_call", DEPLOY)})
    assert (workflow.deploys_to, workflow.approval, locations["approval"].line) == ("production", "none", 3)


@pytest.mark.parametrize(
    ("on", "step", "blocks", "paths"),
    [
        ("pull_request", "run: npx promptfoo@latest eval -c a.yaml", True, ("**",)),
        ("{pull_request: {paths: ['prompts/**']}}", "run: deepeval test run evals", True, ("prompts/**",)),
        ("pull_request", "run: 'promptfoo eval || true'", False, ("**",)),
        ("pull_request", "{run: promptfoo eval, continue-on-error: true}", False, ("**",)),
        ("schedule", "run: pytest tests/evals", True, ()),
        (
            "pull_request",
            "run: python evals/run.py",
            Unknown("the exit code of the evaluation program is not known"),
            ("**",),
        ),
    ],
)
def test_evaluations(on: str, step: str, blocks: bool | Unknown, paths: tuple[str, ...]) -> None:
    workflow, _ = read({PATH: github(on, f"steps:\n      - {step}")})
    assert (workflow.runs_evaluations, workflow.evaluation_blocks, workflow.evaluation_paths) == (True, blocks, paths)


def test_no_evaluation_schedule_and_scans() -> None:
    job = "steps: [{run: pip-audit}, {uses: github/codeql-action/analyze@v3}, {run: pytest}]"
    workflow, _ = read({PATH: github("{schedule: [{cron: '0 0 * * *'}]}", job)})
    assert (workflow.runs_evaluations, workflow.evaluation_blocks, workflow.evaluation_paths) == (False, None, None)
    assert (workflow.scheduled, workflow.scans) == (True, ("pip-audit", "codeql"))


@pytest.mark.parametrize(
    ("path", "text", "target", "approval"),
    [
        (".gitlab-ci.yml", "ship:\n  script: [cdk deploy]\n", "production", "none"),
        (".gitlab-ci.yml", "ship:\n  script: [cdk deploy]\n  when: manual\n", "production", "manual"),
        (
            ".gitlab-ci.yml",
            "ship:\n  script: [cdk deploy]\n  rules: [{if: $CI_COMMIT_TAG}]\n",
            "production",
            "release_tag",
        ),
        (".gitlab-ci.yml", "ship:\n  script: [cdk deploy]\n  environment: {name: prod}\n", "production", "environment"),
        (
            "buildspec.yml",
            "phases:\n  build:\n    commands:\n      - sam deploy\n",
            "production",
            Unknown("the deployment is handed over to the pipeline that runs this build"),
        ),
        ("azure-pipelines.yml", "steps:\n  - script: terraform apply\n", "production", "none"),
        (
            "bitbucket-pipelines.yml",
            "pipelines:\n  default:\n    - step: {trigger: manual, script: [sam deploy]}\n",
            "production",
            "manual",
        ),
        ("Jenkinsfile", "steps {\n  sh 'cdk deploy'\n}\n", "production", "none"),
        ("Jenkinsfile", "input message: 'go?'\nsh 'cdk deploy'\n", "production", "manual"),
        ("Jenkinsfile", "// sh 'cdk deploy'\n", None, None),
    ],
)
def test_other_systems(path: str, text: str, target: str | None, approval: str | Unknown | None) -> None:
    workflow, _ = read({path: text}, path)
    assert (workflow.deploys_to, workflow.approval) == (target, approval)


@pytest.mark.parametrize("text", ["on: [push\n", "a: &a [*a]\n", "[" * 5000])
def test_a_workflow_that_does_not_parse_is_a_gap(text: str) -> None:
    drafts, gaps = workflows.read(tree_of({PATH: text}).files)
    assert drafts == ()
    assert [(g.kind, g.scope) for g in gaps] == [("repo.ci_workflow", PATH)]


@pytest.mark.parametrize(
    "text", ["", "3", "on: 3\njobs: [1, {a: b}]\n", "jobs: {a: {steps: 3, needs: {a: a}}}", "on:\njobs:\n"]
)
def test_odd_workflows_do_not_fail(text: str) -> None:
    workflow, _ = read({PATH: text})
    assert workflow.deploys_to is None
