"""The command line: parse, call, print, exit. No logic of the audit lives here."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Annotated

import typer

from prodworks_cli import __version__, cli_account, cli_cache, cli_gate
from prodworks_cli.cli_account import (
    AwsOption,
    ExternalIdOption,
    ProfileOption,
    RedactOption,
    RegionOption,
    RoleOption,
    StateOption,
    TimeoutOption,
    access_of,
)
from prodworks_cli.cli_gate import (
    BaselineOption,
    CdkOption,
    CoverageOption,
    EmptyOption,
    FailOnNewOption,
    FailOnOption,
    FailUnderOption,
    HistoryOption,
    IncompleteOption,
    MaxDropOption,
    MinPillarOption,
    PlanOption,
    RequireOption,
)
from prodworks_cli.cli_values import Commands
from prodworks_cli.options import AuditOptions, GateOptions, Output

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 110}

app = typer.Typer(
    name="prodworks",
    cls=Commands,
    help="Is this GenAI workload on AWS ready for production, and what is the shortest path there?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings=HELP,
    epilog="Start with: prodworks audit .",
)
rules_app = typer.Typer(cls=Commands, help="List, show and test the rules of the checklist.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")
cli_account.register(app)
cli_gate.register(app)
cli_cache.register(app)

PathArgument = Annotated[Path, typer.Argument(help="The repository, or a folder of it.", show_default=".")]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="Config file instead of PATH/prodworks.yaml.")]
UnitOption = Annotated[
    str | None, typer.Option("--unit", help="One workload of a collection, by its folder; the report lists them.")
]
EvidenceOption = Annotated[
    Path | None, typer.Option("--evidence", help="Inventory of an account, written earlier, to judge with the code.")
]
RulesOption = Annotated[list[Path] | None, typer.Option("--rules", help="Folder with more rules. Repeatable.")]
OnlyOption = Annotated[list[str] | None, typer.Option("--only", help="Judge this rule only. Repeatable.")]
SkipOption = Annotated[list[str] | None, typer.Option("--skip", help="Leave this rule out. Repeatable.")]
OutputOption = Annotated[
    list[str] | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FORMAT=PATH",
        help="Also write a report: html, markdown, json, sarif, junit, codequality, csv, annotations. - is stdout.",
    ),
]
VerboseOption = Annotated[int, typer.Option("-v", "--verbose", count=True, help="All gaps; twice: all evidence.")]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Verdict and gate only.")]
ColorOption = Annotated[str, typer.Option("--color", help="auto, always or never.")]
CacheOption = Annotated[bool, typer.Option("--no-cache", help="Read all anew; PRODWORKS_NO_CACHE=1 does the same.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show tracebacks of internal errors.")]


@app.command(epilog="Examples: prodworks audit . | prodworks audit . -o html=report.html --fail-on critical")
def audit(
    path: PathArgument = Path(),
    from_: Annotated[Path | None, typer.Option("--from", help="Judge this inventory instead of a folder.")] = None,
    unit: UnitOption = None,
    plan: PlanOption = None,
    cdk_out: CdkOption = None,
    evidence: EvidenceOption = None,
    aws: AwsOption = False,
    profile: ProfileOption = None,
    region: RegionOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    aws_timeout: TimeoutOption = 300,
    state: StateOption = None,
    redact: RedactOption = False,
    no_cache: CacheOption = False,
    config: ConfigOption = None,
    rules: RulesOption = None,
    only: OnlyOption = None,
    skip: SkipOption = None,
    output: OutputOption = None,
    fail_on: FailOnOption = None,
    fail_on_new: FailOnNewOption = None,
    fail_under: FailUnderOption = None,
    min_pillar: MinPillarOption = None,
    require: RequireOption = None,
    max_drop: MaxDropOption = None,
    min_coverage: CoverageOption = None,
    baseline: BaselineOption = None,
    on_incomplete: IncompleteOption = None,
    allow_empty: EmptyOption = False,
    history: HistoryOption = False,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
    color: ColorOption = "auto",
    debug: DebugOption = False,
) -> None:
    """Audit a repository, with evidence of the account where there is some, and say what to do next.

    Exit codes: 0 ran and the gate passed (or none is set), 1 the gate failed, 2 usage or configuration error,
    3 a gate condition could not be decided, 4 nothing to audit, 70 internal error.
    """
    from prodworks_cli import commands

    limits = (fail_on, fail_on_new, fail_under, min_pillar or [], require, max_drop, min_coverage)
    gate = GateOptions(*limits, baseline, on_incomplete, allow_empty)
    shown = Output(output or [], verbose, quiet, color, debug, history)
    account = access_of(aws, profile, region, role_arn, external_id, aws_timeout)
    chosen = (rules or [], only or [], skip or [])
    given = (unit, state or [], plan or [])
    options = AuditOptions(path, from_, evidence, config, *chosen, account, redact, *given, cdk_out or [], not no_cache)
    raise typer.Exit(commands.audit(options, gate, shown))


@app.command(epilog="Example: prodworks collect . -o inventory.json && prodworks audit --from inventory.json")
def collect(
    path: PathArgument = Path(),
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; stdout without it.")] = None,
    unit: UnitOption = None,
    plan: PlanOption = None,
    cdk_out: CdkOption = None,
    evidence: EvidenceOption = None,
    aws: AwsOption = False,
    profile: ProfileOption = None,
    region: RegionOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    aws_timeout: TimeoutOption = 300,
    state: StateOption = None,
    redact: RedactOption = False,
    no_cache: CacheOption = False,
    config: ConfigOption = None,
) -> None:
    """Write the inventory: all facts with their places, to audit, share or keep."""
    from prodworks_cli import commands

    account = access_of(aws, profile, region, role_arn, external_id, aws_timeout)
    given = (unit, state or [], plan or [])
    options = AuditOptions(
        path, None, evidence, config, [], [], [], account, redact, *given, cdk_out or [], not no_cache
    )
    raise typer.Exit(commands.collect(options, output))


@app.command(epilog="Example: prodworks inventory . --format json")
def inventory(
    path: PathArgument = Path(),
    unit: UnitOption = None,
    plan: PlanOption = None,
    cdk_out: CdkOption = None,
    evidence: EvidenceOption = None,
    aws: AwsOption = False,
    profile: ProfileOption = None,
    region: RegionOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    aws_timeout: TimeoutOption = 300,
    state: StateOption = None,
    redact: RedactOption = False,
    no_cache: CacheOption = False,
    config: ConfigOption = None,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """List what was found: model calls, prompts, guardrails, roles and the rest, with file and line."""
    from prodworks_cli import commands

    account = access_of(aws, profile, region, role_arn, external_id, aws_timeout)
    given = (unit, state or [], plan or [])
    options = AuditOptions(
        path, None, evidence, config, [], [], [], account, redact, *given, cdk_out or [], not no_cache
    )
    raise typer.Exit(commands.inventory(options, form))


@app.command(epilog="Example: prodworks report audit.json -o html=report.html -o sarif=out.sarif -o md=-")
def report(
    file: Annotated[Path, typer.Argument(help="A JSON report that audit wrote.")],
    output: OutputOption = None,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
    color: ColorOption = "auto",
) -> None:
    """Render a JSON report again, in any format."""
    from prodworks_cli import commands

    raise typer.Exit(commands.report(file, Output(output or [], verbose, quiet, color, False)))


@app.command(epilog="Example: prodworks explain guardrail-blocks-prompt-attacks")
def explain(rule: Annotated[str, typer.Argument(help="The id of a rule.")], rules: RulesOption = None) -> None:
    """Explain a rule: why, how it is judged on each plane, the fix, references."""
    from prodworks_cli import rule_commands

    raise typer.Exit(rule_commands.explain(rule, rules or []))


@rules_app.command("list", epilog="Example: prodworks rules list --pillar cost --format json")
def rules_list(
    rules: RulesOption = None,
    pillar: Annotated[str | None, typer.Option("--pillar", help="Only this pillar.")] = None,
    severity: Annotated[str | None, typer.Option("--severity", help="Only this severity.")] = None,
    gate: Annotated[str | None, typer.Option("--gate", help="Only rules of this gate: pilot or production.")] = None,
    plane: Annotated[str | None, typer.Option("--plane", help="Only rules judged on this plane.")] = None,
    standard: Annotated[str | None, typer.Option("--standard", help="Only rules that name this standard.")] = None,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """List the rules."""
    from prodworks_cli import rule_commands

    wanted = rule_commands.Wanted(pillar, severity, gate, plane, standard)
    raise typer.Exit(rule_commands.list_rules(rules or [], wanted, form))


@rules_app.command("show", epilog="Example: prodworks rules show budget-watches-model-spend")
def rules_show(rule: Annotated[str, typer.Argument(help="The id of a rule.")], rules: RulesOption = None) -> None:
    """Show a rule as it is written."""
    from prodworks_cli import rule_commands

    raise typer.Exit(rule_commands.show(rule, rules or []))


@rules_app.command("test", epilog="Example: prodworks rules test ./our-rules")
def rules_test(folder: Annotated[Path, typer.Argument(help="A folder of rule files.")]) -> None:
    """Test rules: schema, paths, examples, and the mutation gate."""
    from prodworks_cli import rule_commands

    raise typer.Exit(rule_commands.test(folder))


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"prodworks {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Is this GenAI workload on AWS ready for production, and what is the shortest path there?"""


def _collect_garbage_seldom() -> None:
    """An audit makes many objects that live until their unit is done: looking for garbage often finds nothing."""
    gc.freeze()
    gc.set_threshold(200_000, 5, 2)


def _asked(arguments: Sequence[str]) -> typer.Typer:
    """The commands, or the one alone that is called: to make all of them takes as long as to judge a small workload."""
    called = [c for c in app.registered_commands if c.callback and (c.name or c.callback.__name__) in arguments[:1]]
    if not called:
        return app
    alone = copy(app)
    alone.registered_commands, alone.registered_groups = called, []
    return alone


def run() -> int:
    """Run the command line and return the exit code."""
    _collect_garbage_seldom()
    try:
        _asked(sys.argv[1:])(standalone_mode=True)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0
