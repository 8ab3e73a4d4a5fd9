"""Which models a workload names, and what the dated list and the account say of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import yaml

from prodworks_cli import audit, knowledge
from prodworks_cli.collect import collect_repository
from prodworks_cli.inventory import dump, load
from prodworks_cli.judge import judge
from prodworks_cli.model import Inventory, Location, Plane, Ref, Unknown
from prodworks_cli.node import node_of
from prodworks_cli.planes import account_inventory, with_account
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.model_references import ModelReference
from prodworks_cli.rules import load_rules
from prodworks_cli.sources.files import tree_of

HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"
SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0"
CALL = """
import os
import boto3
bedrock = boto3.client("bedrock-runtime"{region})
def ask(event):
    return bedrock.converse(modelId={model}, messages=[])
"""
TODAY = date(2026, 11, 23)


def collected(files: dict[str, str], settings: dict[str, Any] | None = None, today: date = TODAY) -> Inventory:
    return collect_repository(tree_of(files), settings or {}, today=today)


def found(inventory: Inventory, plane: Plane = Plane.DECLARED) -> dict[str, ModelReference]:
    shown = [r for r in inventory.resources if r.plane is plane]
    return {r.identity: r.value for r in shown if isinstance(r.value, ModelReference)}


def only(files: dict[str, str], settings: dict[str, Any] | None = None, today: date = TODAY) -> ModelReference:
    (value,) = found(collected(files, settings, today)).values()
    return value


def call(model: str, region: str = "") -> dict[str, str]:
    return {"app.py": CALL.format(model=model, region=f', region_name="{region}"' if region else "")}


def test_a_call_is_a_reference_with_all_that_its_id_says() -> None:
    value = only(call(f'"eu.{SONNET}"', "eu-west-1"), {"approved_models": [SONNET], "allowed_regions": ["eu"]})
    assert (value.model_id, value.base_model_id, value.geography) == (f"eu.{SONNET}", SONNET, "eu")
    assert (value.reference_type, value.region, value.purpose) == ("inference_profile", "eu-west-1", "text")
    assert (value.pinned, value.source, value.approved) == (True, "code", True)
    assert (value.destination_regions, value.outside_regions) == (("eu",), ())
    assert (value.lifecycle_status, value.end_of_life, value.days_left) == ("ACTIVE", None, None)
    assert value.foundation_model == Ref("aws.bedrock.foundation_model", SONNET)
    assert value.inference_profile == Ref("aws.bedrock.inference_profile", f"eu.{SONNET}")


def test_the_lifecycle_is_that_of_the_day() -> None:
    names = call(f'"{HAIKU}"')
    on = {day: only(names, today=day) for day in (date(2026, 3, 9), date(2026, 3, 10), date(2026, 9, 10))}
    assert [v.lifecycle_status for v in on.values()] == ["ACTIVE", "LEGACY", "RETIRED"]
    assert [v.days_left for v in on.values()] == [185, 184, 0]
    assert {v.end_of_life for v in on.values()} == {"2026-09-10"}


def test_a_name_that_does_not_resolve_is_an_unknown_reference() -> None:
    ((identity, value),) = found(collected(call('event["model"]'))).items()
    assert identity == "app.py:ask converse model"
    assert isinstance(value.base_model_id, Unknown)
    assert isinstance(value.lifecycle_status, Unknown)
    assert isinstance(value.approved, Unknown)


def test_the_agent_that_is_called_names_its_model_itself() -> None:
    client = 'import boto3\nc = boto3.client("bedrock-agent-runtime")\n'
    text = client + 'c.invoke_agent(agentId="A", agentAliasId="B", sessionId="s")'
    assert found(collected({"app.py": text})) == {}


def test_an_environment_variable_of_iac_is_one_reference_at_its_value() -> None:
    terraform = f"""
resource "aws_lambda_function" "chat" {{
  function_name = "chat"
  environment {{
    variables = {{ MODEL_ID = "us.{SONNET}" }}
  }}
}}
"""
    names = found(collected({**call('os.environ["MODEL_ID"]'), "main.tf": terraform}))
    assert list(names) == [f"main.tf:us.{SONNET}"]


def test_a_declared_profile_leads_to_the_model_that_it_copies() -> None:
    template = f"""
Resources:
  Profile:
    Type: AWS::Bedrock::ApplicationInferenceProfile
    Properties:
      InferenceProfileName: chat
      ModelSource: {{CopyFrom: !Sub "arn:aws:bedrock:us-east-1:${{AWS::AccountId}}:inference-profile/us.{SONNET}"}}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Environment: {{Variables: {{PROFILE: !GetAtt Profile.InferenceProfileArn}}}}
"""
    value = only({**call('os.environ["PROFILE"]'), "template.yaml": template})
    assert (value.base_model_id, value.reference_type, value.pinned) == (SONNET, "application_profile", True)
    assert (value.geography, value.region) == ("us", "us-east-1")
    assert value.inference_profile == Ref("aws.bedrock.inference_profile", "template.yaml#Profile")


@pytest.mark.parametrize(
    "terraform",
    [
        f'resource "aws_iam_role_policy" "p" {{\n  policy = "arn:aws:bedrock:us-east-1::foundation-model/{HAIKU}"\n}}',
        f'resource "aws_s3_bucket" "b" {{\n  tags = {{ model = "{HAIKU}" }}\n}}',
        f'resource "aws_sns_topic" "t" {{\n  access_policy = "{HAIKU}"\n}}',
    ],
)
def test_permissions_and_tags_are_no_use_of_a_model(terraform: str) -> None:
    assert found(collected({"main.tf": terraform})) == {}


def test_models_that_may_be_chosen_are_not_in_use() -> None:
    template = """\
Resources:
  Settings:
    Type: AWS::CloudFormation::CustomResource
    Properties:
      Schema:
        properties:
          model: {type: string, enum: [us.amazon.nova-lite-v1:0, us.amazon.nova-pro-v1:0]}
      Model: us.amazon.nova-micro-v1:0
"""
    assert [r.model_id for r in found(collected({"template.yaml": template})).values()] == ["us.amazon.nova-micro-v1:0"]


def test_the_region_of_a_reference_in_terraform_is_that_of_its_provider() -> None:
    text = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
    agent = 'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = "eu.amazon.nova-lite-v1:0"\n}\n'
    assert only({"main.tf": text + agent}).region == "eu-west-1"


def test_model_ids_in_json_of_a_container_are_found() -> None:
    terraform = f"""
resource "aws_ecs_task_definition" "chat" {{
  family                = "chat"
  container_definitions = jsonencode([{{ name = "chat", environment = [{{ name = "MODEL", value = "{HAIKU}" }}] }}])
}}
"""
    value = only({"main.tf": terraform})
    assert (value.source, value.base_model_id, value.reference_type) == ("iac", HAIKU, "foundation_model")


def literals(path: str, text: str) -> list[tuple[str, Any]]:
    return [(i.partition(":")[2], v.source) for i, v in found(collected({path: text})).items()]


@pytest.mark.parametrize(
    ("path", "text", "source"),
    [
        ("src/config.ts", f"export const model = '{HAIKU}';", "code"),
        ("App.java", f'    String model = "{HAIKU}";', "code"),
        ("src/settings.py", f'MODELS = {{"haiku": "{HAIKU}"}}', "code"),
        ("cdk.json", f'{{"context": {{"modelId": "{HAIKU}"}}}}', "config"),
        ("application.properties", f"spring.ai.bedrock.model={HAIKU}", "config"),
        ("config.yaml", f"model: {HAIKU}  # small and cheap", "config"),
        (".env", f"export BEDROCK_MODEL_ID={HAIKU}", "config"),
    ],
)
def test_an_id_that_is_a_value_of_its_own_is_a_reference(path: str, text: str, source: str) -> None:
    assert literals(path, text) == [(HAIKU, source)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("prices.py", f'PRICE = ["{HAIKU}"]'),
        ("model_costs.json", f'{{"model": "{HAIKU}"}}'),
        ("limits.py", f'LIMITS = {{"{HAIKU}": 4096}}'),
        ("limits.ts", f"const limits = {{ '{HAIKU}': 4096 }}"),
        ("app.py", f'if model == "{HAIKU}":'),
        ("app.ts", f'case "{HAIKU}": return 1'),
        ("app.py", f'x = model.startswith("{HAIKU}")'),
        ("app.py", f'# model = "{HAIKU}"'),
        ("app.ts", f'const a = 1 // was "{HAIKU}"'),
        ("app.py", f'"""\nmodel: "{HAIKU}"\n"""'),
        ("app.py", 'x = "anthropic.claude-3-sonnet"'),
        ("app.py", 'x = "anthropic.claude-sonnet-4"'),
        ("app.ts", 'import a from "meta.ts"; const host = "amazon.com"'),
        ("app/migrations/0041_model.py", f'default = "{HAIKU}"'),
        ("types.d.ts", f"type Model = '{HAIKU}'"),
        ("form.tsx", f'<input placeholder="{HAIKU}" />'),
        (".github/workflows/ci.yml", f"env:\n  MODEL: {HAIKU}"),
        ("prodworks.yaml", f"approved:\n  model: {HAIKU}"),
        ("tests/test_app.py", f'x = "{HAIKU}"'),
        ("app.py", f'resource = "arn:aws:bedrock:us-east-1::foundation-model/{HAIKU}"'),
    ],
)
def test_what_only_speaks_of_a_model_is_no_reference(path: str, text: str) -> None:
    assert literals(path, text) == []


@pytest.mark.parametrize(
    ("model", "allowed", "outside"),
    [
        ("global", ["eu"], ("global",)),
        ("global", ["global"], ()),
        ("eu", ["eu-west-1", "us"], None),
        ("eu", ["us"], ("eu",)),
        ("us-gov", ["us"], ("us-gov",)),
        ("jp", ["apac"], ()),
        ("us-east-1", ["us"], ()),
        ("ap-south-1", ["us", "ap-south-2"], ("ap-south-1",)),
    ],
)
def test_what_lies_outside_the_allowed_regions(model: str, allowed: list[str], outside: tuple[str, ...] | None) -> None:
    found = knowledge.outside((model,), allowed)
    assert found == outside if outside is not None else [type(f) for f in found] == [Unknown]


def test_an_unknown_destination_stays_unknown() -> None:
    unread = Unknown("not read")
    assert knowledge.outside(unread, ["eu"]) == (unread,)
    assert knowledge.outside((unread, "us"), ["eu"]) == (unread, "us")
    assert knowledge.outside(None, ["eu"]) == ()


def test_the_list_of_models_names_a_source_and_a_day_for_each_row() -> None:
    document = yaml.safe_load(knowledge.DATA.read_text(encoding="utf-8"))
    rows = document["models"]
    assert len({row["id"] for row in rows}) == len(rows) > 50
    for row in rows:
        assert document["sources"][row["source"]].startswith("https://docs.aws.amazon.com/")
        assert row["as_of"] <= document["checked"]
        assert ("legacy" in row) == ("end_of_life" in row)
        assert row.get("legacy", date.min) < row.get("end_of_life", date.max)


@pytest.mark.parametrize("table", ["limits", "prices"])
def test_sizes_and_prices_have_a_source_and_a_day_and_belong_to_a_listed_model(table: str) -> None:
    document = yaml.safe_load(knowledge.DATA.read_text(encoding="utf-8"))
    rows = document[table]
    assert len({row["id"] for row in rows}) == len(rows) > 5
    assert {row["id"] for row in rows} <= {row["id"] for row in document["models"]}
    for row in rows:
        assert document["sources"][row["source"]].startswith(
            ("https://docs.aws.amazon.com/", "https://platform.claude.com/")
        )
        assert date(2026, 1, 1) < row["as_of"]
        small, large = ("output", "context") if table == "limits" else ("input", "output")
        assert 0 < row[small] < row[large]


def test_a_reference_tells_what_one_request_can_hold_and_cost() -> None:
    value = only(call(f'"eu.{SONNET}"'))
    assert (value.context_tokens, value.answer_tokens) == (200_000, 64_000)
    assert (value.input_price, value.output_price) == (3, 15)
    unlisted = only(call('"mistral.mistral-large-2402-v1:0"'))
    assert isinstance(unlisted.context_tokens, Unknown)
    assert isinstance(unlisted.output_price, Unknown)


def test_a_context_length_does_not_hide_a_model() -> None:
    assert knowledge.lifecycle(f"{HAIKU}:200k") == knowledge.lifecycle(HAIKU)
    assert isinstance(knowledge.lifecycle("anthropic.claude-none"), Unknown)


def test_an_old_list_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    assert knowledge.stale(knowledge.checked() + timedelta(days=90)) is None
    assert "91 days old" in str(knowledge.stale(knowledge.checked() + timedelta(days=91)))
    pack = load_rules()
    for days, announced in ((90, 0), (91, 1)):
        late = knowledge.checked() + timedelta(days=days)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(late.strftime("%s"))))
        report = audit.judged(collected(call(f'"{HAIKU}"')), pack, [], audit.Errors(), lambda _: None)
        assert sum(gap["type"] == "knowledge" for gap in report["scan"]["gaps"]) == announced


# ---- what the account says

PROFILE = f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.{SONNET}"


def record(kind: str, identity: str, answers: dict[str, Any], region: str = "us-east-1") -> Record:
    return Record(kind, identity, "111122223333", region, node_of(answers, Location(identity)))


def model(base: str = SONNET, region: str = "us-east-1", **lifecycle: str) -> Record:
    arn = f"arn:aws:bedrock:{region}::foundation-model/{base}"
    details = {"modelId": base, "modelArn": arn, "modelLifecycle": {"status": "ACTIVE", **lifecycle}}
    answers = {"bedrock:GetFoundationModel": {"modelDetails": details}}
    return record("aws.bedrock.foundation_model", arn, answers, region)


def profile(*regions: str) -> Record:
    models = [{"modelArn": f"arn:aws:bedrock:{r}::foundation-model/{SONNET}"} for r in regions]
    answer = {
        "inferenceProfileId": f"us.{SONNET}",
        "inferenceProfileArn": PROFILE,
        "status": "ACTIVE",
        "models": models,
    }
    return record("aws.bedrock.inference_profile", PROFILE, {"bedrock:GetInferenceProfile": answer})


def catalog(*models: str, profiles: tuple[str, ...] = ()) -> Record:
    answers = {
        "bedrock:ListFoundationModels": {"modelSummaries": [{"modelId": m} for m in models]},
        "bedrock:ListInferenceProfiles": {"inferenceProfileSummaries": [{"inferenceProfileId": p} for p in profiles]},
    }
    return record("aws.bedrock.model_catalog", "model-catalog/us-east-1", answers)


def seen(files: dict[str, str], *records: Record, settings: dict[str, Any] | None = None) -> ModelReference:
    account = account_inventory(records, "2026-11-23T00:00:00+00:00")
    joined = with_account(collected(files, settings), account)
    assert load(dump(joined)).resources == joined.resources
    (value,) = found(joined, Plane.OBSERVED).values()
    return value


def test_the_account_tells_the_lifecycle_and_the_destinations() -> None:
    records = (model(endOfLifeTime="2027-01-02T00:00:00+00:00"), profile("us-east-1", "us-west-2"))
    value = seen(call(f'"us.{SONNET}"', "us-east-1"), *records, settings={"allowed_regions": ["us-east-1"]})
    assert value.foundation_model == Ref("aws.bedrock.foundation_model", records[0].identity)
    assert value.inference_profile == Ref("aws.bedrock.inference_profile", PROFILE)
    assert (value.lifecycle_status, value.days_left) == ("ACTIVE", 40)
    assert (value.destination_regions, value.outside_regions) == (("us-east-1", "us-west-2"), ("us-west-2",))


def test_the_only_region_that_was_read_is_that_of_the_deployment() -> None:
    assert seen(call(f'"us.{SONNET}"'), model()).region == "us-east-1"
    elsewhere = seen(call(f'"us.{SONNET}"'), model(), model(region="eu-west-1"))
    assert isinstance(elsewhere.foundation_model, Unknown)


def test_what_the_account_listed_without_it_is_absent_and_what_it_did_not_list_is_unknown() -> None:
    absent = seen(call(f'"us.{HAIKU}"', "us-east-1"), catalog(SONNET, profiles=(f"us.{SONNET}",)))
    assert (absent.foundation_model, absent.inference_profile) == (None, None)
    assert isinstance(absent.lifecycle_status, Unknown)
    unread = seen(call(f'"us.{HAIKU}"', "eu-west-1"), catalog(SONNET))
    assert isinstance(unread.foundation_model, Unknown)
    assert isinstance(unread.inference_profile, Unknown)


def test_a_rule_that_only_the_account_answers_is_unknown_without_one() -> None:
    rule = load_rules().get("code-model-is-available")
    assert rule is not None
    (outcome,) = judge([rule], collected(call(f'"{HAIKU}"')))
    assert [v.reason for f in outcome.findings for v in f.verdicts.values()] == ["the account was not read"]


def test_a_model_that_is_only_offered_is_not_in_use() -> None:
    menu = f'SUPPORTED_MODELS = [\n    "{HAIKU}",\n    "{SONNET}",\n]\n'
    values = found(collected({"menu.py": menu})).values()
    assert [(v.model_id, v.offered) for v in values] == [(HAIKU, True), (SONNET, True)]
    called = found(collected({"menu.py": menu + f'DEFAULT = "{HAIKU}"\n'})).values()
    assert {(v.model_id, v.offered) for v in called} == {(HAIKU, False), (SONNET, True)}


def test_a_model_that_is_offered_and_that_a_call_is_given_is_in_use() -> None:
    source = f'AVAILABLE = ["{HAIKU}"]\n' + CALL.format(model=f'"{HAIKU}"', region="")
    assert [v.offered for v in found(collected({"app.py": source})).values()] == [False]


def test_the_day_of_the_list_is_read_without_the_list() -> None:
    assert knowledge.checked() == yaml.safe_load(knowledge.DATA.read_text(encoding="utf-8"))["checked"]
