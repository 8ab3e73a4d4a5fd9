"""What pipelines and scripts give Terraform: files of values, single values, the workspace."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.terraform import read
from prodworks_cli.sources.terraform.commands import matching
from tests.sources.terraform_case import file, node

MAIN = """
variable "days" { default = 1 }
variable "name" {}
resource "t" "t" {
  days = var.days
  name = var.name
}
"""
DEPLOY = "jobs:\n  {job}:\n    environment: {environment}\n    steps:\n      - run: terraform apply {given}\n"


def body(files: Mapping[str, str], address: str = "infra/t.t", main: str = MAIN) -> Node:
    found, _ = read([file(path, text) for path, text in {"infra/main.tf": main, **files}.items()])
    return {b.address: b for b in found}[address].body


def workflow(given: str, job: str = "deploy", environment: str = "live") -> str:
    return DEPLOY.format(given=given, job=job, environment=environment)


def test_a_file_of_values_counts_when_a_command_names_it() -> None:
    values = {"infra/env/prod.tfvars": 'days = 400\nname = "p"\n'}
    assert body(values)["days"].content == 1
    named = {**values, ".github/workflows/deploy.yml": workflow("-var-file=env/prod.tfvars")}
    assert (body(named)["days"].content, body(named)["name"].content) == (400, "p")
    assert body(named)["days"].location == Location("infra/main.tf", 5)


@pytest.mark.parametrize(
    "given",
    [
        "-var-file=env/${{ inputs.environment }}.tfvars",
        '-var-file "env/$ENVIRONMENT.tfvars"',
        "-var-file=$(CONFIG_DIR)/${env}.tfvars",
        "-var-file=../infra/env/$(env).tfvars",
    ],
)
def test_of_the_files_that_a_command_may_name_that_of_production_counts(given: str) -> None:
    files = {
        "infra/env/dev.tfvars": 'days = 1\nname = "d"\n',
        "infra/env/prod.tfvars": 'days = 400\nname = "p"\n',
        "Makefile": f"apply:\n\tterraform apply {given}\n",
    }
    assert body(files)["days"].content == 400


def test_of_files_of_which_none_is_for_production_only_what_all_agree_on_is_known() -> None:
    files = {
        "infra/env/a.tfvars": 'days = 30\nname = "a"\n',
        "infra/env/b.tfvars": 'days = 30\nname = "b"\n',
        "Makefile": "apply:\n\tterraform apply -var-file=env/$(env).tfvars\n",
    }
    found = body(files)
    assert found["days"].content == 30
    assert found["name"].content == Unknown("variable name differs between environments")


def test_the_production_job_decides() -> None:
    dev, live = (
        workflow(f"-var-file=env/{n}.tfvars", n, environment) for n, environment in (("blue", "dev"), ("green", "live"))
    )
    files = {
        ".github/workflows/a.yml": dev,
        ".github/workflows/b.yml": live,
        "infra/env/blue.tfvars": 'days = 1\nname = "x"\n',
        "infra/env/green.tfvars": 'days = 2\nname = "y"\n',
    }
    assert body(files)["days"].content == 2


def test_files_of_one_command_count_in_their_order() -> None:
    files = {
        "infra/common.tfvars": 'days = 7\nname = "common"\n',
        "infra/prod.tfvars.json": '{"days": 90}',
        "deploy.sh": "terraform apply -var-file=common.tfvars \\\n  -var-file=prod.tfvars.json\n",
    }
    assert (body(files)["days"].content, body(files)["name"].content) == (90, "common")


def test_a_file_of_values_is_for_the_module_it_lies_in() -> None:
    files = {
        "other/main.tf": MAIN,
        "other/prod.tfvars": 'days = 5\nname = "o"\n',
        "deploy.sh": "terraform -chdir=other apply -var-file=prod.tfvars\n",
    }
    assert body(files)["days"].content == 1
    assert body(files, "other/t.t")["days"].content == 5


def test_values_of_commands_and_of_the_environment() -> None:
    assert body({"deploy.sh": "terraform apply -var 'days=30' -var=\"name=x\"\n"})["days"].content == "30"
    environment = "env:\n  TF_VAR_name: live-chat\n" + workflow("")
    assert body({".github/workflows/deploy.yml": environment})["name"].content == "live-chat"
    given = body({"deploy.sh": 'export TF_VAR_days="${DAYS:-3}"\nterraform apply\n'})["days"].content
    assert given == Unknown("variable days is given by a command")
    assert body({"deploy.sh": '# export TF_VAR_days=3\n[[ -n "${TF_VAR_days:-}" ]]\n'})["days"].content == 1


MAP = """
locals {
  days = { prod = 400, dev = 1 }
  same = { prod = 7, dev = 7 }
}
resource "t" "t" {
  days  = local.days[terraform.workspace]
  same  = local.same[terraform.workspace]
  found = lookup(local.same, terraform.workspace, 7)
  other = lookup(local.same, terraform.workspace, 8)
  is    = terraform.workspace == "prod" ? "p" : "d"
}
"""


def test_the_workspace_that_a_command_selects_is_known() -> None:
    found = body({"deploy.sh": "terraform workspace select prod\nterraform apply\n"}, main=MAP)
    assert (found["days"].content, found["is"].content) == (400, "p")
    named = body({".github/workflows/d.yml": "env:\n  TF_WORKSPACE: prod\n" + workflow("")}, main=MAP)
    assert named["days"].content == 400


@pytest.mark.parametrize("script", ["", "terraform workspace select $ENV\n"])
def test_of_a_workspace_that_is_not_known_only_what_all_have_in_common_is(script: str) -> None:
    found = body({"deploy.sh": script}, main=MAP)
    assert found["days"].content == Unknown("the workspace is not known", present=True)
    assert (found["same"].content, found["found"].content) == (7, 7)
    assert isinstance(found["other"].content, Unknown)
    assert isinstance(found["is"].content, Unknown)


def test_a_key_that_fails_leads_to_nothing() -> None:
    assert node('try({ a = 1 }[{}.b], "else")').content == "else"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("env/prod.tfvars", ("a/env/prod.tfvars",)),
        ("./prod.tfvars", ("a/env/prod.tfvars",)),
        ("rod.tfvars", ()),
        ("$FILE", ()),
        ("", ()),
        ("${x}.tfvars", ("a/env/prod.tfvars", "b.tfvars")),
        ("(((.tfvars", ()),
        ("$a$b$c$d$e$f.tfvars", ()),
    ],
)
def test_which_files_a_name_may_mean(pattern: str, expected: tuple[str, ...]) -> None:
    assert matching(pattern, ("a/env/prod.tfvars", "b.tfvars")) == expected
