"""A scenario account: three Regions and some thirty resources, good, bad, denied and drifted. All made by hand, none
recorded. ``FILES`` is the repository that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.aws.endpoint import ACCOUNT, AwsError, Params

HOME, EU, APAC = "us-east-1", "eu-west-1", "ap-southeast-2"
REGIONS = (HOME, EU, APAC)
STAMP = 1_790_000_000
DENIED = AwsError("AccessDeniedException", 403)


def arn(service: str, rest: str, region: str = HOME) -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{rest}"


def role_arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


FILES: Mapping[str, str] = {
    "app.py": (
        "import os\nimport boto3\n\n"
        'client = boto3.client("bedrock-runtime", region_name="us-east-1")\n\n\n'
        "def ask(question):\n"
        "    return client.converse(\n"
        '        modelId="anthropic.claude-sonnet-4-5-20250929-v1:0",\n'
        '        messages=[{"role": "user", "content": [{"text": question}]}],\n'
        '        guardrailConfig={"guardrailIdentifier": "gr1chat", "guardrailVersion": "2"},\n'
        "    )\n"
    ),
    "main.tf": """
resource "aws_bedrock_guardrail" "chat" {
  name                      = "chat"
  blocked_input_messaging   = "no"
  blocked_outputs_messaging = "no"
  content_policy_config {
    filters_config {
      type            = "PROMPT_ATTACK"
      input_strength  = "HIGH"
      output_strength = "NONE"
    }
  }
}

resource "aws_iam_role" "chat" {
  name = "chat"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
  inline_policy {
    name = "models"
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = "bedrock:InvokeModel"
        Resource = "arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"
      }]
    })
  }
}

resource "aws_lambda_function" "chat" {
  function_name = "chat"
  role          = aws_iam_role.chat.arn
  environment {
    variables = {
      TABLE    = "chat"
      MODEL_ID = "anthropic.claude-sonnet-4-5-20250929-v1:0"
    }
  }
}
""",
    "lookups.py": (
        "import boto3\n\n"
        'client = boto3.client("bedrock-runtime", region_name="us-east-1")\n'
        'agents = boto3.client("bedrock-agent-runtime", region_name="us-east-1")\n'
        'MODEL = "anthropic.claude-sonnet-4-5-20250929-v1:0"\n\n\n'
        "def ask(question):\n"
        '    return {"role": "user", "content": [{"text": question}]}\n\n\n'
        "def gone(question):\n"
        '    guard = {"guardrailIdentifier": "gr9gone", "guardrailVersion": "1"}\n'
        "    return client.converse(modelId=MODEL, messages=[ask(question)], guardrailConfig=guard)\n\n\n"
        "def never_made(question):\n"
        '    guard = {"guardrailIdentifier": "gr2search", "guardrailVersion": "7"}\n'
        "    return client.converse(modelId=MODEL, messages=[ask(question)], guardrailConfig=guard)\n\n\n"
        "def greet(question):\n"
        '    prompt = "arn:aws:bedrock:us-east-1:111122223333:prompt/PROMPT0009:1"\n'
        "    return client.converse(modelId=prompt, messages=[ask(question)])\n\n\n"
        "def find(question):\n"
        '    query = {"text": question}\n'
        '    known = agents.retrieve(knowledgeBaseId="KBASE00001", retrievalQuery=query)\n'
        '    return known, agents.retrieve(knowledgeBaseId="KBASE00009", retrievalQuery=query)\n\n\n'
        "def help_me(question):\n"
        '    said = {"sessionId": "s", "inputText": question}\n'
        '    live = agents.invoke_agent(agentId="AGENT00001", agentAliasId="LIVEALIAS1", **said)\n'
        '    lost = agents.invoke_agent(agentId="AGENT00001", agentAliasId="LOSTALIAS1", **said)\n'
        '    return live, lost, agents.invoke_agent(agentId="AGENT00009", agentAliasId="LIVEALIAS1", **said)\n\n\n'
        "def handler(event, context):\n"
        '    question = event["question"]\n'
        "    return gone(question), never_made(question), greet(question), find(question), help_me(question)\n"
    ),
    "records.yaml": """
Resources:
  Records:
    Type: AWS::Logs::LogGroup
    Properties:
      RetentionInDays: 365
  Pager:
    Type: AWS::SNS::Topic
""",
}


# The stack of records.yaml, and that of another team ------------------------------------------------------------------

RECORDS = "/acme/records-1x2y"
STACKS = {name: arn("cloudformation", f"stack/{name}/0a1b") for name in ("chat-records", "billing")}
MEMBERS = {
    "chat-records": (("Records", "AWS::Logs::LogGroup", RECORDS), ("Pager", "AWS::SNS::Topic", arn("sns", "pager"))),
    "billing": (("Bills", "AWS::S3::Bucket", "acme-bills"),),
}


def list_stacks(_: Params, region: str) -> Any:
    stamp = {"CreationTime": STAMP, "StackStatus": "UPDATE_COMPLETE"}
    found = [{"StackName": name, "StackId": identity, **stamp} for name, identity in STACKS.items()]
    return {"StackSummaries": found if region == HOME else []}


def stack_resources(params: Params, _: str) -> Any:
    stamp = {"LastUpdatedTimestamp": STAMP, "ResourceStatus": "CREATE_COMPLETE"}
    members = MEMBERS[params["StackName"].split("/")[1]]
    named = [{"LogicalResourceId": a, "ResourceType": b, "PhysicalResourceId": c, **stamp} for a, b, c in members]
    return {"StackResourceSummaries": named}


# Guardrails -----------------------------------------------------------------------------------------------------------


def _guardrail_summary(name: str, title: str, version: str, region: str) -> dict[str, Any]:
    return {
        **{"id": name, "arn": arn("bedrock", f"guardrail/{name}", region), "name": title, "status": "READY"},
        **{"version": version, "createdAt": STAMP, "updatedAt": STAMP},
    }


GUARDRAILS: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    HOME: {
        "gr1chat": ("chat", ("DRAFT", "1", "2")),
        "gr2search": ("search", ("DRAFT", "1")),
        "gr3old": ("old", ("DRAFT",)),
    },
    EU: {"gr4eu": ("chat-eu", ("DRAFT",))},
    APAC: {},
}
CATEGORIES = ("HATE", "INSULTS", "SEXUAL", "VIOLENCE", "MISCONDUCT")


def list_guardrails(params: Params, region: str) -> Any:
    known = GUARDRAILS[region]
    wanted = params.get("guardrailIdentifier")
    if wanted:
        title, versions = known[wanted]
        return {"guardrails": [_guardrail_summary(wanted, title, v, region) for v in versions]}
    return {"guardrails": [_guardrail_summary(name, title, "DRAFT", region) for name, (title, _) in known.items()]}


def _filter(kind: str, inputs: str, outputs: str) -> dict[str, str]:
    return {"type": kind, "inputStrength": inputs, "outputStrength": outputs}


def get_guardrail(params: Params, region: str) -> Any:
    name = params["guardrailIdentifier"]
    if name == "gr3old":
        return DENIED
    title, _ = GUARDRAILS[region][name]
    policies = {
        "gr1chat": {"contentPolicy": {"filters": [_filter("PROMPT_ATTACK", "LOW", "NONE")]}},
        "gr4eu": {"contentPolicy": {"filters": [_filter("PROMPT_ATTACK", "HIGH", "NONE")]}},
        "gr2search": {
            "contentPolicy": {
                "filters": [_filter("PROMPT_ATTACK", "HIGH", "NONE"), *(_filter(c, "HIGH", "HIGH") for c in CATEGORIES)]
            },
            "sensitiveInformationPolicy": {"piiEntities": [{"type": "EMAIL", "action": "ANONYMIZE"}], "regexes": []},
        },
    }[name]
    summary = _guardrail_summary(name, title, params["guardrailVersion"], region)
    named = {"guardrailId": summary.pop("id"), "guardrailArn": summary.pop("arn")}
    return {**summary, **named, **policies, "blockedInputMessaging": "no", "blockedOutputsMessaging": "no"}


# Bedrock settings, agents, knowledge bases ----------------------------------------------------------------------------


def logging(_: Params, region: str) -> Any:
    everything = {f"{kind}DataDeliveryEnabled": True for kind in ("text", "image", "embedding")}
    if region == HOME:
        groups = {"logGroupName": "/bedrock/calls", "roleArn": role_arn("bedrock-logs")}
        return {"loggingConfig": {"cloudWatchConfig": groups, "s3Config": {"bucketName": "acme-calls"}, **everything}}
    return {"loggingConfig": {"s3Config": {"bucketName": "acme-calls-eu"}, **everything}} if region == EU else {}


PROFILE = arn("bedrock", "application-inference-profile/ap1")
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"


def list_profiles(params: Params, region: str) -> Any:
    profile = {
        **{"inferenceProfileName": "chat", "inferenceProfileArn": PROFILE, "inferenceProfileId": "ap1"},
        **{"models": [{"modelArn": MODEL}], "status": "ACTIVE", "type": "APPLICATION"},
    }
    mine = region == HOME and params.get("type") != "SYSTEM_DEFINED"
    return {"inferenceProfileSummaries": [profile] if mine else []}


def get_profile(params: Params, region: str) -> Any:
    return list_profiles({}, HOME)["inferenceProfileSummaries"][0]


def list_agents(_: Params, region: str) -> Any:
    summary = {"agentId": "AGENT00001", "agentName": "helper", "agentStatus": "PREPARED", "updatedAt": STAMP}
    return {"agentSummaries": [summary] if region == HOME else []}


def _agent(extra: dict[str, Any]) -> dict[str, Any]:
    return {
        **{"agentId": "AGENT00001", "agentName": "helper", "agentArn": arn("bedrock", "agent/AGENT00001")},
        **{"agentStatus": "PREPARED", "agentResourceRoleArn": role_arn("helper-agent"), "createdAt": STAMP},
        **{
            "updatedAt": STAMP,
            "idleSessionTTLInSeconds": 600,
            "instruction": "Never say the word swordfish, it is secret.",
        },
        **extra,
    }


AGENT = {"agent": _agent({"agentVersion": "DRAFT"})}
ALIASES = {
    "agentAliasSummaries": [
        {
            **{"agentAliasId": name, "agentAliasName": title, "agentAliasStatus": "PREPARED", "createdAt": STAMP},
            **{"updatedAt": STAMP + number, "routingConfiguration": [{"agentVersion": version}]},
        }
        for number, (name, title, version) in enumerate([("LIVEALIAS1", "live", "3"), ("TSTALIASID", "test", "DRAFT")])
    ]
}


def agent_version(params: Params, _: str) -> Any:
    assert params["agentVersion"] == "3"
    guarded = {"guardrailConfiguration": {"guardrailIdentifier": "gr2search", "guardrailVersion": "1"}}
    agent = _agent({"version": "3", **guarded})
    return {"agentVersion": agent}


def list_prompts(params: Params, region: str) -> Any:
    summaries = [
        {
            **{"name": "greeting", "id": "PROMPT0001", "arn": arn("bedrock", "prompt/PROMPT0001"), "version": version},
            **{"createdAt": STAMP, "updatedAt": STAMP},
        }
        for version in (("DRAFT", "1") if params.get("promptIdentifier") else ("DRAFT",))
    ]
    return {"promptSummaries": summaries if region == HOME else []}


PROMPT = {
    **{"name": "greeting", "id": "PROMPT0001", "arn": arn("bedrock", "prompt/PROMPT0001"), "version": "DRAFT"},
    **{"createdAt": STAMP, "updatedAt": STAMP, "customerEncryptionKeyArn": arn("kms", "key/key-1")},
    "variants": [
        {
            **{"name": "one", "templateType": "TEXT"},
            "templateConfiguration": {"text": {"text": "You are swordfish, a helper."}},
        }
    ],
}


def list_bases(_: Params, region: str) -> Any:
    base = {"knowledgeBaseId": "KBASE00001", "name": "docs", "status": "ACTIVE", "updatedAt": STAMP}
    return {"knowledgeBaseSummaries": [base] if region == HOME else []}


BASE = {
    "knowledgeBase": {
        **{"knowledgeBaseId": "KBASE00001", "name": "docs", "roleArn": role_arn("docs-base"), "status": "ACTIVE"},
        **{"knowledgeBaseArn": arn("bedrock", "knowledge-base/KBASE00001"), "createdAt": STAMP, "updatedAt": STAMP},
        "knowledgeBaseConfiguration": {
            "type": "VECTOR",
            "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": MODEL},
        },
        "storageConfiguration": {"type": "S3_VECTORS", "s3VectorsConfiguration": {"indexName": "docs"}},
    }
}

BEDROCK: dict[str, Any] = {
    "cloudformation:ListStacks": list_stacks,
    "cloudformation:ListStackResources": stack_resources,
    "bedrock:ListGuardrails": list_guardrails,
    "bedrock:GetGuardrail": get_guardrail,
    "bedrock:GetModelInvocationLoggingConfiguration": logging,
    "bedrock:ListInferenceProfiles": list_profiles,
    "bedrock:GetInferenceProfile": get_profile,
    "bedrock:ListTagsForResource": {"tags": [{"key": "Owner", "value": "team-chat"}]},
    "bedrock:ListEnforcedGuardrailsConfiguration": {"guardrailsConfig": []},
    "bedrock-agent:ListAgents": list_agents,
    "bedrock-agent:GetAgent": AGENT,
    "bedrock-agent:ListAgentAliases": ALIASES,
    "bedrock-agent:GetAgentVersion": agent_version,
    "bedrock-agent:ListPrompts": list_prompts,
    "bedrock-agent:GetPrompt": PROMPT,
    "bedrock-agent:ListKnowledgeBases": list_bases,
    "bedrock-agent:GetKnowledgeBase": BASE,
    "bedrock-agent:ListTagsForResource": {"tags": {"Owner": "team-docs"}},
    "bedrock-agentcore-control:ListAgentRuntimes": {"agentRuntimes": []},
}
