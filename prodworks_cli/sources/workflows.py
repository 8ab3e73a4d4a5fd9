"""Pipelines of the repository: do they run evaluations, scan, and deploy only after an approval."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from prodworks_cli.lazy import regex
from prodworks_cli.model import Gap, Location, Plane, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.workflows import CiWorkflow
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.pipelines import Command, Job, Pipeline, parse, system_of
from prodworks_cli.sources.yaml_nodes import MalformedYaml

# A command at the start of a line or after an operator, so that ``echo "run cdk deploy"`` does not count.
_START = (
    r"(?:^|&&|\|\||;|\()[ \t]*(?:[A-Z_]{1,40}=\S{0,80}[ \t]+){0,5}(?:(?:npx|sudo|time|bunx|pnpm|yarn|uv run|poetry run"
    r"|npm exec --|pnpm exec|pipx run|uvx)[ \t]+(?:--?\w\S{0,40}[ \t]+){0,4})?"
)
_DEPLOY = regex(
    _START + r"(?:cdk deploy|(?:terraform|tofu) (?:-chdir=\S+ )?apply|terragrunt (?:run-all )?apply|sam deploy"
    r"|(?:serverless|sls) deploy|pulumi up|copilot (?:svc |env )?deploy|amplify publish|kubectl (?:apply|set image)"
    r"|helm (?:upgrade|install)|agentcore (?:launch|deploy)|eb deploy|chalice deploy|sst deploy"
    r"|aws cloudformation (?:deploy|create-stack|update-stack|execute-change-set)|aws lambda update-function-code"
    r"|aws ecs update-service|aws bedrock-agentcore-control (?:create|update)-agent-runtime"
    r"|aws deploy create-deployment|(?:make|npm run) deploy\S*|(?<=yarn )deploy\S*|(?<=pnpm )deploy\S*"
    r"|(?:bash |sh )?(?:\./)?(?:[\w-]+/){0,9}[\w-]{0,40}deploy[\w-]{0,40}\.sh)(?=\s|$)"
    r"|^uses: (?:aws-actions/(?:aws-cloudformation-github-deploy|amazon-ecs-deploy-task-definition|aws-lambda-deploy)"
    r"|serverless/github-action|pulumi/actions|appleboy/lambda-action)@",
    re.M,
)
_DRY = regex(r"--dry-run|--no-execute|\bdestroy\b|--noop\b")
_EVALUATION = regex(
    _START + r"(?:promptfoo(?:@\S+)? (?:eval|redteam)|deepeval test|inspect eval|ragas |agentcore eval"
    r"|(?:make|npm run) \S*eval\S*|(?:python[\d.]* -m )?pytest .*(?:\b|_)eval"
    r"|python[\d.]* (?:-m )?\S*(?:\b|_)eval\w*)"
    r"|^uses: promptfoo/promptfoo-action@",
    re.M,
)
# These fail the job when a case misses its threshold; of other programs the exit code is not known.
_BLOCKING = regex(r"promptfoo|deepeval test|pytest")
_SCAN_NAMES = (
    "pip-audit", "npm audit", "yarn audit", "pnpm audit", "trivy", "snyk", "checkov", "cfn-nag", "cfn_nag", "cdk-nag",
    "bandit", "semgrep", "codeql", "gitleaks", "trufflehog", "detect-secrets", "dependency-review", "tfsec", "grype",
    "osv-scanner", "inspector", "safety check", "safety scan", "kics", "prowler", "zizmor", "renovate", "cfn-guard",
    "dependency-check",
)  # fmt: skip
_PRODUCTION = regex(r"(?<![a-z])(?:prod|production|prd|live)(?![a-z])", re.I)
_OTHER = regex(
    r"(?<![a-z])(dev|develop|development|staging|stage|stg|test|qa|uat|sandbox|preview|nightly|beta)(?![a-z])", re.I
)
_DEPLOY_NAME = regex(r"deploy|release|publish|(?<![a-z])cd(?![a-z])", re.I)
_MANUAL_ACTION = regex(r"^uses: [\w-]+/[\w-]*(?:manual-approval|wait-for-approval)", re.M)
_REVIEWED_EVENTS = frozenset(("pull_request", "pull_request_target"))
_STARTED_BY_HAND = frozenset(("workflow_dispatch",))
_CHANGES = frozenset(("pull_request", "pull_request_target", "push", "merge_group"))


_UPDATES = regex(
    r"^(?:\.github/(dependabot)\.ya?ml|(?:\.github/|\.gitlab/)?(?:renovate\.json5?|\.renovaterc(?:\.json5?)?))$"
)
_ECOSYSTEM = regex(rb"package-ecosystem:\s*[\"']?([\w-]+)")
_BESIDE = (b"github-actions", b"terraform", b"docker", b"docker-compose", b"gitsubmodule", b"devcontainers", b"helm")


def read(files: Iterable[File]) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """One draft per pipeline file; a file that does not parse is a gap."""
    pipelines: dict[str, Pipeline] = {}
    gaps: list[Gap] = []
    updates: list[Draft] = []
    for file in files:
        updates += (d for d in (_updates(file),) if d is not None)
        system = system_of(file.path)
        if system and file.text is not None and file.part is Part.PRODUCTION:
            try:
                pipelines[file.path] = parse(file.path, system, file.text)
            except MalformedYaml as error:
                gaps.append(Gap(CiWorkflow.KIND, Plane.DECLARED, file.path, error.reason, error.line))
    drafts = (_draft(_with_called(p, pipelines)) for p in pipelines.values())
    return (*drafts, *updates), tuple(gaps)


def _with_called(pipeline: Pipeline, known: Mapping[str, Pipeline]) -> Pipeline:
    """The jobs of reusable workflows of the same repository belong to the workflow that calls them."""
    jobs = list(pipeline.jobs)
    for caller, path in pipeline.calls.items():
        called = next((j for j in pipeline.jobs if j.name == caller), None)
        inner = known[path].jobs if path in known else (Job(caller, 1, remote=path),)
        needs = called.needs if called else ()
        line = called.line if called else 1
        jobs += [replace(j, line=line, needs=(*j.needs, *needs), commands=_moved(j, line)) for j in inner]
    return replace(pipeline, jobs=tuple(jobs))


def _moved(job: Job, line: int) -> tuple[Command, ...]:
    return tuple(replace(command, line=line) for command in job.commands)


def _draft(pipeline: Pipeline) -> Draft:
    evaluations = [c for j in pipeline.jobs for c in j.commands if _EVALUATION.search(_joined(c.text))]
    deployments = [(j, place) for j in pipeline.jobs if (place := _deployment(j)) is not None]
    line = evaluations[0].line if evaluations else None
    evaluates = Node(bool(evaluations), Location(pipeline.path, line or 1))
    elsewhere = _judged_elsewhere(pipeline)
    targets = [(_target(j, pipeline), j, at) for j, at in deployments]
    described = draft(
        CiWorkflow,
        Location(pipeline.path, 1),
        path=pipeline.path,
        system=pipeline.system,
        runs_evaluations=evaluates if evaluations or not elsewhere else elsewhere,
        evaluation_blocks=_blocks(evaluations) if evaluations else elsewhere or None,
        evaluation_paths=_evaluation_paths(pipeline) if evaluations else elsewhere or None,
        scheduled="schedule" in pipeline.events,
        deploys_to=_deploys_to(pipeline, targets),
        approval=_approval(pipeline, targets),
        scans=_scans(pipeline),
    )
    return replace(described, identity=pipeline.path)


def _judged_elsewhere(pipeline: Pipeline) -> Unknown | bool:
    """What a workflow outside the repository runs is not visible; ``False`` where nothing is handed over."""
    remote = next((j.remote for j in pipeline.jobs if j.remote and not j.commands), None)
    return Unknown(f"what {remote} runs is not in the repository") if remote else False


def _joined(text: str) -> str:
    """Commands with continued lines joined and comments dropped."""
    return re.sub(r"^\s*#.*$", "", text.replace("\\\n", " "), flags=re.M)


def _deployment(job: Job) -> int | None:
    """The line where a job deploys, or ``None``. A job that hands over deploys when its name or target says so."""
    for command in job.commands:
        for match in _DEPLOY.finditer(text := _joined(command.text)):
            rest = text[match.start() :].partition("\n")[0] or match.group()
            if not _DRY.search(rest):
                return command.line
    handed_over = job.remote and not job.commands
    return job.line if handed_over and _DEPLOY_NAME.search(f"{job.name} {job.remote}") else None


_Target = str | Unknown


def _target(job: Job, pipeline: Pipeline) -> _Target:
    """The environment a job deploys to. One that nothing names is production: it is the only one there is."""
    if job.environment and "$" in job.environment:
        return Unknown(f"the environment is decided by {job.environment}", present=True)
    if job.environment:
        return "production" if _PRODUCTION.search(job.environment) else job.environment
    told = " ".join((job.name, pipeline.path.rpartition("/")[2], *(c.text for c in job.commands)))
    if _PRODUCTION.search(told):
        return "production"
    other = _OTHER.search(f"{job.name} {pipeline.path.rpartition('/')[2]}")
    if other:
        return other[1].lower()
    return "preview" if pipeline.events and pipeline.events <= _REVIEWED_EVENTS else "production"


def _deploys_to(pipeline: Pipeline, targets: list[tuple[_Target, Job, int]]) -> Node | None:
    ranked = sorted(targets, key=lambda t: (t[0] != "production", not isinstance(t[0], Unknown)))
    return Node(ranked[0][0], Location(pipeline.path, ranked[0][2])) if ranked else None


def _approval(pipeline: Pipeline, targets: list[tuple[_Target, Job, int]]) -> Node | None:
    """The weakest approval among the jobs that deploy to production, or among all when none does."""
    chosen = [t for t in targets if t[0] == "production" or isinstance(t[0], Unknown)] or targets
    found = [(_approval_of(job, pipeline), line) for _, job, line in chosen]
    ranked = sorted(found, key=lambda f: (f[0] != "none", not isinstance(f[0], Unknown)))
    return Node(ranked[0][0], Location(pipeline.path, ranked[0][1])) if ranked else None


def _approval_of(job: Job, pipeline: Pipeline) -> _Target:
    before = _needed(job, pipeline)
    if any(j.environment for j in before):
        return "environment"
    gate = next((j.gate for j in before if j.gate), None)
    if gate or any(_MANUAL_ACTION.search(c.text) for j in before for c in j.commands):
        return gate or "manual"
    if job.remote:
        return Unknown(f"the deployment is handed over to {job.remote}")
    return _approval_by_trigger(pipeline)


def _approval_by_trigger(pipeline: Pipeline) -> _Target:
    if pipeline.events == _STARTED_BY_HAND:
        return "manual"
    if pipeline.events and pipeline.events <= {"workflow_call", "workflow_dispatch"}:
        return Unknown("the workflows that call this one decide")
    released = pipeline.events - {"release", "workflow_dispatch"}
    if pipeline.events and (not released or (released == {"push"} and pipeline.tags_only)):
        return "release_tag"
    return "none"


def _needed(job: Job, pipeline: Pipeline) -> list[Job]:
    """The job and all that must have run before it."""
    by_name = {j.name: j for j in pipeline.jobs}
    seen, stack = {job.name: job}, list(job.needs)
    while stack:
        name = stack.pop()
        if name in by_name and name not in seen:
            seen[name] = by_name[name]
            stack.extend(by_name[name].needs)
    return list(seen.values())


def _blocks(evaluations: list[Command]) -> bool | Unknown | None:
    """Whether a failed evaluation fails the job; one that does is enough."""
    if not evaluations:
        return None
    heeded = [c for c in evaluations if not c.ignored and not re.search(r"\|\|\s*(?:true|:|exit 0|echo)", c.text)]
    if any(_BLOCKING.search(c.text) for c in heeded):
        return True
    return Unknown("the exit code of the evaluation program is not known") if heeded else False


def _evaluation_paths(pipeline: Pipeline) -> tuple[str, ...]:
    """Changes that start the evaluations: the path filter, ``**`` without one, none when no change starts them."""
    if not pipeline.events & _CHANGES:
        return ()
    return pipeline.paths if pipeline.paths is not None else ("**",)


def _scans(pipeline: Pipeline) -> tuple[str | Unknown, ...]:
    texts = " ".join(_joined(c.text).lower() for j in pipeline.jobs for c in j.commands)
    found = (name for name in _SCAN_NAMES if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w])", texts))
    elsewhere = _judged_elsewhere(pipeline)
    return (*found, elsewhere) if isinstance(elsewhere, Unknown) else tuple(found)


def _updates(file: File) -> Draft | None:
    """Dependabot and Renovate as their settings describe them: on a schedule of their own, they look for updates."""
    named = _UPDATES.search(file.path)
    if named is None or (named[1] and not any(m[1] not in _BESIDE for m in _ECOSYSTEM.finditer(file.data))):
        return None
    system = "dependabot" if named[1] else "renovate"
    described = draft(
        CiWorkflow,
        Location(file.path, 1),
        path=file.path,
        system=system,
        runs_evaluations=False,
        evaluation_blocks=None,
        evaluation_paths=None,
        scheduled=True,
        deploys_to=None,
        approval=None,
        scans=(system,),
    )
    return replace(described, identity=file.path)
