"""The command line of the account: options that several commands share, ``iam-policy`` and ``doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from prodworks_cli.account import AccountOptions

AwsOption = Annotated[bool, typer.Option("--aws", help="Also read the AWS account; only reads are ever sent.")]
ProfileOption = Annotated[str | None, typer.Option("--profile", help="Profile of the AWS configuration.")]
RegionOption = Annotated[
    list[str] | None, typer.Option("--region", help="Region to read. Repeatable; without it those that are used.")
]
RoleOption = Annotated[str | None, typer.Option("--role-arn", help="Role to assume for reading the account.")]
ExternalIdOption = Annotated[str | None, typer.Option("--external-id", help="External id for --role-arn.")]
TimeoutOption = Annotated[int, typer.Option("--aws-timeout", min=1, help="Seconds that reading the account may take.")]
StateOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--state",
        help="Terraform state (a terraform.tfstate, or the output of terraform show -json) that tells which resource "
        "of the account is which; only ids and ARNs are taken. Repeatable; without it those beside the code.",
    ),
]
RedactOption = Annotated[
    bool, typer.Option("--redact", help="Mask account ids, ARNs and e-mail addresses, consistently.")
]


def access_of(
    aws: bool,
    profile: str | None,
    region: list[str] | None,
    role_arn: str | None,
    external_id: str | None,
    timeout: int,
) -> AccountOptions | None:
    """What the options say about the account; ``None`` without ``--aws``."""
    if not aws:
        if profile or region or role_arn or external_id:
            raise typer.BadParameter("--profile, --region, --role-arn and --external-id need --aws")
        return None
    return _account(profile, region, role_arn, external_id, timeout)


def _account(
    profile: str | None, region: list[str] | None, role_arn: str | None, external_id: str | None, timeout: int
) -> AccountOptions:
    from prodworks_cli.account import Access, AccountOptions, Limits

    return AccountOptions(Access(profile, role_arn, external_id), tuple(region or ()), Limits(total=timeout))


def iam_policy(
    form: Annotated[str, typer.Option("--format", help="json, terraform or cloudformation.")] = "json",
) -> None:
    """Print the least-privilege policy for reading the account: every action that --aws may use, and no other."""
    from prodworks_cli import account_commands

    raise typer.Exit(account_commands.iam_policy(form))


def doctor(
    path: Annotated[Path, typer.Argument(help="The repository: its Regions and names.", show_default=".")] = Path(),
    profile: ProfileOption = None,
    region: RegionOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    aws_timeout: TimeoutOption = 300,
    state: StateOption = None,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Try everything that an audit would read: who you are, what can be read, which permissions are missing, and which
    rules cannot be decided without them.

    Exit codes: 0 everything can be read, 1 something cannot, 2 no usable credentials, 70 internal error.
    """
    from prodworks_cli import account_commands

    options = _account(profile, region, role_arn, external_id, aws_timeout)
    raise typer.Exit(account_commands.doctor(path, options, form, state or []))


def register(app: typer.Typer) -> None:
    """Add the commands of the account."""
    app.command("doctor", epilog="Example: prodworks doctor --profile audit --region eu-west-1")(doctor)
    app.command("iam-policy", epilog="Example: prodworks iam-policy --format terraform > prodworks.tf")(iam_policy)
