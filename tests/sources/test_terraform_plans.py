"""Plans laid over the sources they were made of."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Gap, Location, Unknown
from prodworks_cli.node import Block, Reference
from prodworks_cli.sources.files import File, Part, tree_of
from prodworks_cli.sources.terraform import is_plan, read
from prodworks_cli.sources.terraform.plan import PlanError, plan_of, read_plan
from tests.sources.terraform_case import file

GROUP = "aws_cloudwatch_log_group"


def change(address: str, after: dict[str, Any] | None, actions: str = "create", **marks: Any) -> dict[str, Any]:
    kind, name = address.split(".")[-2:]
    body = {"actions": [actions], "before": None, "after": after, **marks}
    return {"address": address, "mode": "managed", "type": kind, "name": name.partition("[")[0], "change": body}


def resource(address: str, mode: str = "managed", **expressions: Any) -> dict[str, Any]:
    return {"address": address, "mode": mode, "type": address.split(".")[-2], "expressions": expressions}


def plan(*changes: dict[str, Any], root: dict[str, Any] | None = None, path: str = "plan.json", **more: Any) -> File:
    configuration = {"root_module": root} if root else {}
    content = {"format_version": "1.2", "resource_changes": list(changes), "configuration": configuration, **more}
    return File(path, json.dumps(content).encode(), Part.PRODUCTION)


def result(text: str, *plans: File, **others: str) -> tuple[dict[str, Block], tuple[Gap, ...]]:
    files = [file("main.tf", text), *(file(f"{name.replace('__', '/')}.tf", t) for name, t in others.items())]
    found, gaps = read(files, plans)
    return {b.address: b for b in found}, gaps


def test_the_plan_knows_what_the_sources_leave_open_and_the_place_stays() -> None:
    text = f"""
    variable "days" {{}}
    resource "{GROUP}" "g" {{
      retention_in_days = var.days
    }}
    """
    planned = plan(change(f"{GROUP}.g", {"retention_in_days": 30, "name": "made", "skip_destroy": None}))
    found, gaps = result(text, planned)
    body = found[f"{GROUP}.g"].body
    assert (body["retention_in_days"].content, body["retention_in_days"].location) == (30, Location("main.tf", 4))
    assert (body["name"].content, body["name"].location) == ("made", Location("main.tf", 3))
    assert not body["skip_destroy"].present
    assert gaps == ()


def test_variables_of_the_plan_decide_copies_and_other_values() -> None:
    text = f"""
    variable "names" {{ type = set(string) }}
    variable "key" {{ sensitive = true }}
    resource "{GROUP}" "g" {{
      for_each = var.names
      name     = "/app/${{each.key}}"
      kms_key_id = var.key
    }}
    """
    root = {"variables": {"names": {}, "key": {"sensitive": True}}, "resources": [resource(f"{GROUP}.g")]}
    variables = {"names": {"value": ["a", "b"]}, "key": {"value": "secret"}}
    found, _ = result(text, plan(root=root, variables=variables))
    assert sorted(found) == [f'{GROUP}.g["a"]', f'{GROUP}.g["b"]']
    assert isinstance(found[f'{GROUP}.g["a"]'].body["kms_key_id"].content, Unknown)


def test_what_is_known_after_deployment_keeps_its_reference() -> None:
    text = """
    resource "aws_kms_key" "k" {}
    resource "aws_cloudwatch_log_group" "g" {
      kms_key_id = aws_kms_key.k.arn
      name       = uuid()
    }
    """
    marks: dict[str, Any] = {"after_unknown": {"kms_key_id": True, "name": True, "arn": True}}
    found, _ = result(text, plan(change("aws_kms_key.k", {}), change(f"{GROUP}.g", {}, **marks)))
    body = found[f"{GROUP}.g"].body
    assert body["kms_key_id"].content == Reference("aws_kms_key.k", "arn")
    assert body["name"].content == Unknown("function uuid is not evaluated", present=True)
    assert not body["arn"].present


def test_a_reference_stays_where_the_plan_knows_the_value_but_not_where_it_knows_there_is_none() -> None:
    text = """
    resource "aws_kms_key" "k" {}
    resource "aws_cloudwatch_log_group" "g" { kms_key_id = aws_kms_key.k.arn }
    resource "aws_cloudwatch_log_group" "h" { kms_key_id = aws_kms_key.k.arn }
    data "aws_ssm_parameter" "days" {}
    resource "aws_cloudwatch_log_group" "i" { retention_in_days = data.aws_ssm_parameter.days.value }
    """
    changes = (
        change("aws_kms_key.k", {}),
        change(f"{GROUP}.g", {"kms_key_id": "arn:aws:kms:eu-west-1:111122223333:key/1"}),
        change(f"{GROUP}.h", {"kms_key_id": None}),
        change(f"{GROUP}.i", {"retention_in_days": 7}),
    )
    found, _ = result(text, plan(*changes))
    assert found[f"{GROUP}.g"].body["kms_key_id"].content == Reference("aws_kms_key.k", "arn")
    assert found[f"{GROUP}.h"].body["kms_key_id"].content is None
    assert found[f"{GROUP}.i"].body["retention_in_days"].content == 7


def test_sensitive_values_are_masked() -> None:
    text = 'resource "aws_lambda_function" "f" {\n  function_name = "f"\n}\n'
    after = {"function_name": "f", "environment": [{"variables": {"TOKEN": "hunter2", "STAGE": "prod"}}]}
    marks: dict[str, Any] = {"after_sensitive": {"environment": [{"variables": {"TOKEN": True}}]}}
    found, _ = result(text, plan(change("aws_lambda_function.f", after, **marks)))
    variables = found["aws_lambda_function.f"].body.at("environment", "variables")
    assert variables["TOKEN"].content == Unknown("sensitive in the plan", present=True)
    assert variables["STAGE"].content == "prod"


def test_a_resource_of_both_is_one_also_when_count_gives_it_a_number() -> None:
    text = f"""
    variable "on" {{}}
    resource "{GROUP}" "g" {{
      count = var.on ? 1 : 0
      name  = "g"
    }}
    resource "{GROUP}" "off" {{
      count = var.on ? 0 : 1
      name  = "off"
    }}
    """
    root = {"resources": [resource(f"{GROUP}.g"), resource(f"{GROUP}.off")]}
    found, gaps = result(text, plan(change(f"{GROUP}.g[0]", {"name": "g"}), root=root))
    assert {a: b.conditional for a, b in found.items()} == {f"{GROUP}.g": False}
    assert gaps == ()


def test_references_lead_to_the_copy_of_the_same_key() -> None:
    text = """
    variable "names" {}
    resource "aws_iam_role" "r" { for_each = toset(var.names) }
    resource "aws_lambda_function" "f" {
      for_each = toset(var.names)
      role     = aws_iam_role.r[each.key].arn
    }
    resource "aws_lambda_function" "all" { role = aws_iam_role.r["x"].arn }
    """
    names = [f'{kind}["{key}"]' for kind in ("aws_iam_role.r", "aws_lambda_function.f") for key in "ab"]
    found, _ = result(text, plan(*(change(n, {}) for n in names), change("aws_lambda_function.all", {})))
    assert found['aws_lambda_function.f["b"]'].body["role"].content == Reference('aws_iam_role.r["b"]', "arn")
    every = found["aws_lambda_function.all"].body["role"].content
    assert isinstance(every, Unknown)
    assert every.blocks == ('aws_iam_role.r["a"]', 'aws_iam_role.r["b"]')


REMOTE = {
    "module_calls": {
        "store": {
            "source": "somebody/store/aws",
            "expressions": {"key": {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}},
            "module": {
                "outputs": {
                    "id": {"expression": {"references": ["aws_s3_bucket.this[0].id", "aws_s3_bucket.this[0]"]}}
                },
                "resources": [
                    resource("aws_s3_bucket.this", bucket={"constant_value": "docs"}),
                    resource(
                        "aws_s3_bucket_server_side_encryption_configuration.this",
                        bucket={
                            "references": ["aws_s3_bucket.this[0].id", "aws_s3_bucket.this[0]", "aws_s3_bucket.this"]
                        },
                        rule=[
                            {
                                "apply_server_side_encryption_by_default": [
                                    {"kms_master_key_id": {"references": ["var.key"]}}
                                ]
                            }
                        ],
                    ),
                ],
            },
        }
    },
    "resources": [resource("aws_kms_key.k")],
}


def test_a_plan_shows_what_a_module_from_elsewhere_hides() -> None:
    text = """
    resource "aws_kms_key" "k" {}
    module "store" {
      source = "somebody/store/aws"
      key    = aws_kms_key.k.arn
    }
    """
    encryption = "module.store.aws_s3_bucket_server_side_encryption_configuration.this[0]"
    unknown = {"bucket": True, "rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": True}]}]}
    rule = {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}]}
    changes = (
        change("aws_kms_key.k", {}),
        change("module.store.aws_s3_bucket.this[0]", {"bucket": "docs"}),
        change(encryption, rule, after_unknown=unknown),
    )
    found, gaps = result(text, plan(*changes, root=REMOTE))
    assert gaps == ()
    bucket = found["module.store.aws_s3_bucket.this[0]"]
    assert (bucket.body["bucket"].content, bucket.body.location) == ("docs", Location("main.tf", 3))
    body = found[encryption].body
    assert body["bucket"].content == Reference("module.store.aws_s3_bucket.this[0]", "id")
    key = body.at("rule", "apply_server_side_encryption_by_default", "kms_master_key_id")
    assert key.content == Reference("aws_kms_key.k", "arn")


def test_an_older_plan_hides_nothing_and_says_so() -> None:
    text = f'resource "{GROUP}" "old" {{}}\nresource "{GROUP}" "new" {{}}\n'
    root = {"resources": [resource(f"{GROUP}.old"), resource(f"{GROUP}.gone")]}
    changes = (change(f"{GROUP}.old", {"name": "x"}), change(f"{GROUP}.gone", {"name": "y"}))
    found, (note,) = result(text, plan(*changes, root=root))
    assert sorted(found) == [f"{GROUP}.new", f"{GROUP}.old"]
    assert (note.minor, note.scope) == (True, "plan.json")
    said = f"it does not have {GROUP}.new; 1 of its resources are no longer declared"
    assert note.reason == f"the plan is older than the sources: {said}"


def test_what_the_plan_deletes_is_no_resource_of_it() -> None:
    found, _ = result("# nothing\n", plan(change(f"{GROUP}.g", None, "delete")))
    assert found == {}


def test_a_plan_alone_is_evidence_at_its_own_place() -> None:
    found, gaps = read([], [plan(change(f"{GROUP}.g", {"name": "x"}), path="ci/plan.json")])
    assert [(b.address, b.body.location) for b in found] == [(f"ci/plan.json/{GROUP}.g", Location("ci/plan.json"))]
    assert gaps == ()


def test_the_region_is_that_of_the_plan() -> None:
    provider = {"provider_config": {"aws": {"expressions": {"region": {"references": ["var.region"]}}}}}
    given = plan(
        change(f"{GROUP}.g", {"name": "x"}), variables={"region": {"value": "eu-west-1"}}, configuration=provider
    )
    found, _ = result(f'resource "{GROUP}" "g" {{}}\n', given)
    assert found[f"{GROUP}.g"].body["region"].content == "eu-west-1"


def test_data_sources_are_read_from_the_state_of_the_plan() -> None:
    text = 'data "aws_iam_policy" "p" {\n  name = var.name\n}\nvariable "name" {}\n'
    read_before = {
        "address": "data.aws_iam_policy.p",
        "mode": "data",
        "type": "aws_iam_policy",
        "values": {"name": "P"},
    }
    state = {"values": {"root_module": {"resources": [read_before]}}}
    found, _ = result(text, plan(prior_state=state))
    assert found["data.aws_iam_policy.p"].body["name"].content == "P"


def test_json_text_keeps_the_structure_that_is_written() -> None:
    text = """
    variable "action" {}
    resource "aws_iam_policy" "p" {
      policy = jsonencode({
        Statement = [{ Action = var.action, Resource = aws_s3_bucket.b.arn }]
      })
    }
    resource "aws_s3_bucket" "b" {}
    """
    policy = json.dumps({"Statement": [{"Action": "s3:Get*", "Resource": "arn:aws:s3:::b"}]})
    found, _ = result(text, plan(change("aws_iam_policy.p", {"policy": policy}), change("aws_s3_bucket.b", {})))
    (statement,) = found["aws_iam_policy.p"].body["policy"]["Statement"].items()
    assert (statement["Action"].content, statement["Action"].location.line) == ("s3:Get*", 5)
    assert statement["Resource"].content == Reference("aws_s3_bucket.b", "arn")


def test_blocks_of_a_set_are_paired_by_what_they_say() -> None:
    text = """
    variable "to" {}
    resource "aws_budgets_budget" "b" {
      notification {
        threshold = 80
        subscriber_sns_topic_arns = [aws_sns_topic.t.arn]
      }
      notification {
        threshold = 100
        subscriber_email_addresses = var.to
      }
    }
    resource "aws_sns_topic" "t" {}
    """
    notification = [
        {"threshold": 100, "subscriber_email_addresses": ["a@example.com"]},
        {"threshold": 80, "subscriber_email_addresses": []},
    ]
    marks: dict[str, Any] = {"after_unknown": {"notification": [{}, {"subscriber_sns_topic_arns": True}]}}
    after = {"notification": notification}
    found, _ = result(text, plan(change("aws_budgets_budget.b", after, **marks), change("aws_sns_topic.t", {})))
    first, second = found["aws_budgets_budget.b"].body["notification"].items()
    assert first["subscriber_email_addresses"].items()[0].content == "a@example.com"
    assert second["subscriber_sns_topic_arns"].items()[0].content == Reference("aws_sns_topic.t", "arn")
    assert second["threshold"].location.line == 5


def test_a_plan_belongs_to_the_root_module_that_it_lies_in_or_that_alone_fits() -> None:
    text = f'variable "days" {{}}\nresource "{GROUP}" "g" {{\n  retention_in_days = var.days\n}}\n'
    other = 'resource "aws_s3_bucket" "b" {}\n'
    files = [file("dev/main.tf", text), file("prod/main.tf", text), file("other/main.tf", other)]
    inside = plan(change(f"{GROUP}.g", {"retention_in_days": 400}), path="prod/plan.json")
    found, gaps = read(files, [inside])
    days = {b.address: b.body["retention_in_days"].content for b in found if b.type == GROUP}
    assert days[f"prod/{GROUP}.g"] == 400
    assert isinstance(days[f"dev/{GROUP}.g"], Unknown)
    assert gaps == ()
    _, (ambiguous,) = read(files, [plan(change(f"{GROUP}.g", {}), path="/tmp/plan.json")])
    assert "fits several root modules (dev, prod)" in ambiguous.reason
    assert ambiguous.minor
    _, (foreign,) = read(files, [plan(change("aws_sqs_queue.q", {}))])
    assert "fits no root module" in foreign.reason


def test_of_several_plans_that_of_production_counts_then_the_newest() -> None:
    text = f'variable "days" {{}}\nresource "{GROUP}" "g" {{\n  retention_in_days = var.days\n}}\n'

    def made(path: str, days: int, when: str) -> File:
        return plan(change(f"{GROUP}.g", {"retention_in_days": days}), path=path, timestamp=when)

    found, (unused,) = result(text, made("prod.json", 400, "2026-01-01"), made("dev.json", 1, "2026-02-01"))
    assert found[f"{GROUP}.g"].body["retention_in_days"].content == 400
    assert unused.scope == "dev.json"
    found, _ = result(text, made("a.json", 1, "2026-02-01"), made("b.json", 2, "2026-01-01"))
    assert found[f"{GROUP}.g"].body["retention_in_days"].content == 1


def test_a_plan_in_the_repository_is_recognised_by_its_content_and_read_as_nothing_else() -> None:
    planned = plan(change("aws_bedrock_guardrail.g", {"name": "planned"}), path="infra/tf.out.json")
    assert is_plan(planned)
    assert not is_plan(File("package.json", b'{"name": "x"}', Part.PRODUCTION))
    text = 'variable "name" {}\nresource "aws_bedrock_guardrail" "g" {\n  name = var.name\n}\n'
    tree = tree_of({"infra/main.tf": text, "infra/tf.out.json": planned.text or ""})
    (guardrail,) = [r for r in collect_repository(tree, {}).resources if r.kind == "aws.bedrock.guardrail"]
    assert (guardrail.identity, vars(guardrail.value)["name"]) == ("infra/aws_bedrock_guardrail.g", "planned")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04", "in Terraform's own format"),
        (b"{", "is no JSON"),
        (b"[]", "is no plan"),
        (b'{"values": {}}', "is no plan"),
        (b"[" * 100_000, "is no JSON"),
    ],
)
def test_what_is_no_plan_says_how_to_write_one(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "plan"
    path.write_bytes(data)
    with pytest.raises(PlanError, match=f"{message}.*terraform show -json"):
        read_plan(path, tmp_path)


def test_a_plan_written_by_powershell_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(json.dumps({"resource_changes": []}).encode("utf-16"))
    assert plan_of(read_plan(path, tmp_path)).path == "plan.json"


ODD: tuple[Any, ...] = (None, 3, "x", [], [[]], {}, {"a": [1, {"b": None}]}, True)


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("key", ["after", "after_unknown", "after_sensitive", "actions"])
def test_odd_plans_do_not_raise(key: str, odd: Any) -> None:
    text = f'resource "{GROUP}" "g" {{\n  name = "a"\n  b = [{{ c = 1 }}]\n}}\n'
    changed = change(f"{GROUP}.g", {"name": "a", "b": odd})
    changed["change"][key] = odd
    result(text, plan(changed))
    for part in ("resource_changes", "planned_values", "prior_state", "configuration", "variables", "timestamp"):
        content = {"format_version": "1.2", "resource_changes": [changed, odd], part: odd}
        result(text, File("plan.json", json.dumps(content).encode(), Part.PRODUCTION))
        inner = {"root_module": odd, "provider_config": odd, "values": odd}
        content = {"format_version": "1.2", "resource_changes": [changed, odd], part: inner}
        result(text, File("plan.json", json.dumps(content).encode(), Part.PRODUCTION))


def test_deep_values_end() -> None:
    deep: Any = "x"
    for _ in range(300):
        deep = {"a": deep}
    found, _ = result(dedent(f'resource "{GROUP}" "g" {{}}'), plan(change(f"{GROUP}.g", {"deep": deep})))
    assert found[f"{GROUP}.g"].body


def test_a_plan_shows_more_than_the_description_of_a_module() -> None:
    text = """
    module "chat" {
      source                = "terraform-aws-modules/lambda/aws"
      function_name         = "chat"
      attach_network_policy = true
    }
    """
    inner = {"resources": [resource("aws_lambda_function.this"), resource("aws_iam_role_policy.vpc")]}
    call = {"source": "terraform-aws-modules/lambda/aws", "expressions": {}, "module": inner}
    root = {"module_calls": {"chat": call}}
    changes = (
        change("module.chat.aws_lambda_function.this[0]", {"function_name": "chat", "timeout": 60}),
        change("module.chat.aws_iam_role_policy.vpc[0]", {"name": "chat-vpc"}),
    )
    found, gaps = result(text, plan(*changes, root=root))
    assert sorted(found) == ["module.chat.aws_iam_role_policy.vpc[0]", "module.chat.aws_lambda_function.this"]
    body = found["module.chat.aws_lambda_function.this"].body
    assert (body["timeout"].content, body["function_name"].location) == (60, Location("main.tf", 4))
    assert gaps == ()
