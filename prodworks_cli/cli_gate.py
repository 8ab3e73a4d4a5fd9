"""The command line of the gate: its flags, and the commands about baselines, waivers, history and set-up.

What a baseline is written of is read as in an audit, by the same options.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from prodworks_cli.cli_values import Commands
from prodworks_cli.options import AuditOptions

FailOnOption = Annotated[str | None, typer.Option("--fail-on", help="Fail on a gap of this severity or worse.")]
FailOnNewOption = Annotated[
    str | None, typer.Option("--fail-on-new", help="The same, for gaps that the baseline does not know.")
]
FailUnderOption = Annotated[int | None, typer.Option("--fail-under", help="Fail when the score is below this.")]
MinPillarOption = Annotated[
    list[str] | None, typer.Option("--min-pillar", metavar="PILLAR=N", help="Fail when a pillar is below this.")
]
RequireOption = Annotated[str | None, typer.Option("--require", help="Fail below this verdict: pilot or production.")]
MaxDropOption = Annotated[
    int | None,
    typer.Option("--max-drop", help="Fail when the score fell by more, since the baseline or else the last run."),
]
CoverageOption = Annotated[int | None, typer.Option("--min-coverage", help="Fail when coverage is below this percent.")]
BaselineOption = Annotated[
    str | None,
    typer.Option("--baseline", metavar="FILE|git:REV", help="Compare with this: what is new, known and fixed."),
]
IncompleteOption = Annotated[
    str | None,
    typer.Option(
        "--on-incomplete", help="What an undecided gate condition means: fail (exit 3) or pass.", show_default="fail"
    ),
]
EmptyOption = Annotated[bool, typer.Option("--allow-empty", help="Exit 0 where there is nothing to audit.")]
HistoryOption = Annotated[bool, typer.Option("--history", help="Add this run to .prodworks/history.jsonl.")]

PlanOption = Annotated[
    list[Path] | None, typer.Option("--plan", help="Output of terraform show -json, read with the code. Repeatable.")
]
CdkOption = Annotated[
    list[str] | None,
    typer.Option(
        "--cdk-out",
        metavar="[APP=]DIR",
        help="What cdk synth wrote, read in place of the CDK code of the app (APP: its folder). Repeatable.",
    ),
]
FolderArgument = Annotated[Path, typer.Argument(help="The repository, or a folder of it.", show_default=".")]
RulesOption = Annotated[list[Path] | None, typer.Option("--rules", help="Folder with more rules. Repeatable.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    baseline = typer.Typer(
        cls=Commands, help="Write and show what later audits are compared with.", no_args_is_help=True
    )
    app.add_typer(baseline, name="baseline")
    baseline.command("write", epilog="Example: prodworks baseline write . --evidence evidence.json")(baseline_write)
    baseline.command("show", epilog="Example: prodworks baseline show .prodworks/baseline.json")(baseline_show)
    app.command("waive", epilog=WAIVE_EXAMPLE)(waive)
    app.command("diff", epilog="Example: prodworks diff before.json after.json --format markdown")(diff)
    app.command("init", epilog="Example: prodworks init --ci github")(init)
    app.command("schema", epilog="Example: prodworks schema config > config.schema.json")(schema)


def baseline_write(
    path: Annotated[Path, typer.Argument(help="The repository, or a JSON report.", show_default=".")] = Path(),
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="File to write.", show_default="PATH/.prodworks/baseline.json")
    ] = None,
    plan: PlanOption = None,
    cdk_out: CdkOption = None,
    evidence: Annotated[Path | None, typer.Option("--evidence", help="Inventory of an account, as in audit.")] = None,
    config: Annotated[Path | None, typer.Option("--config", help="Config file, as in audit.")] = None,
    rules: RulesOption = None,
) -> None:
    """Write today's findings as the baseline: --fail-on-new then fails on what comes on top."""
    from prodworks_cli import gate_commands

    options = AuditOptions(
        path, None, evidence, config, rules or [], [], [], plans=plan or [], assemblies=cdk_out or []
    )
    raise typer.Exit(gate_commands.write_baseline(options, output))


def baseline_show(
    file: Annotated[str, typer.Argument(help="A baseline, or a JSON report.")] = ".prodworks/baseline.json",
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Show what a baseline knows."""
    from prodworks_cli import gate_commands

    raise typer.Exit(gate_commands.show_baseline(file, form))


WAIVE_EXAMPLE = (
    "Example: prodworks waive budget-watches-model-spend --subject workload --reason 'Budget follows in March' "
    "--owner ann --approved-by bob --expires 2027-03-31"
)


def waive(
    rule: Annotated[str, typer.Argument(help="The id of a rule.")],
    subject: Annotated[str, typer.Option("--subject", help="The subject as the report names it; * matches anything.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in one sentence.")],
    owner: Annotated[str, typer.Option("--owner", help="Who answers for it until then.")],
    approved_by: Annotated[str, typer.Option("--approved-by", help="Who agreed; not the owner.")],
    expires: Annotated[str, typer.Option("--expires", metavar="DATE", help="Last day, at most 180 days from now.")],
    kind: Annotated[str, typer.Option("--kind", help="accept-risk, false-positive or not-applicable.")] = "accept-risk",
    path: Annotated[Path, typer.Option("--path", help="The repository.", show_default=".")] = Path(),
    rules: RulesOption = None,
) -> None:
    """Accept a gap for a time: adds a waiver to .prodworks/waivers.yaml. The score stays what it is."""
    from prodworks_cli import gate_commands

    asked = gate_commands.Waive(rule, subject, kind, reason, owner, approved_by, expires)
    raise typer.Exit(gate_commands.waive(asked, path, rules or []))


def diff(
    before: Annotated[Path, typer.Argument(help="The earlier JSON report.")],
    after: Annotated[Path, typer.Argument(help="The later JSON report.")],
    form: Annotated[str, typer.Option("--format", help="terminal, markdown or json.")] = "terminal",
) -> None:
    """Compare two JSON reports: score, verdict, pillars, what is new and what is fixed."""
    from prodworks_cli import gate_commands

    raise typer.Exit(gate_commands.diff(before, after, form))


def init(
    path: FolderArgument = Path(),
    ci: Annotated[str | None, typer.Option("--ci", help="Also a workflow: github, gitlab or pre-commit.")] = None,
) -> None:
    """Write a first prodworks.yaml from what the repository shows, with a gate that is green today.

    Nothing is ever overwritten.
    """
    from prodworks_cli import initial

    raise typer.Exit(initial.init(path, ci))


def schema(name: Annotated[str, typer.Argument(help="config, rule or report.")]) -> None:
    """Print a JSON Schema, for editors and other programs."""
    from prodworks_cli import initial

    raise typer.Exit(initial.schema(name))
