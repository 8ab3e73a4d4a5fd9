"""The rest of the scenario account: roles, functions, storage, keys, logs, alarms, budgets, endpoints. Made by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from prodworks_cli.resources.collecting import BASE_READS
from prodworks_cli.resources.registry import reads
from tests.aws.endpoint import ACCOUNT, AwsError, Params
from tests.aws.scenario import BEDROCK, EU, HOME, RECORDS, STAMP, arn, role_arn
from tests.aws.scenario_agents import AGENTS
from tests.aws.scenario_bedrock import BOUGHT
from tests.aws.scenario_models import MODELS
from tests.aws.scenario_watch import WATCH
from tests.aws.shapes import minimal

SECRET = "sk-live-0123456789abcdefghijklmnop"


def _policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _allow(actions: Any, resources: Any = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def _trust(service: str) -> str:
    return _policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}})


def _role(name: str, service: str, inline: str | None = None, attached: tuple[str, ...] = ()) -> dict[str, Any]:
    policies = [{"PolicyArn": text, "PolicyName": text.rpartition("/")[2]} for text in attached]
    return {
        **{"Path": "/", "RoleName": name, "RoleId": f"AROA{name.upper():0<16}"[:20], "Arn": role_arn(name)},
        **{"CreateDate": STAMP, "AssumeRolePolicyDocument": _trust(service), "InstanceProfileList": []},
        "RolePolicyList": [{"PolicyName": "models", "PolicyDocument": inline}] if inline else [],
        "AttachedManagedPolicies": policies,
    }


AWS = "arn:aws:iam::aws:policy"
OWN = f"arn:aws:iam::{ACCOUNT}:policy"
SONNET = "arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"
LAMBDA = "lambda.amazonaws.com"
SCOPED = _policy(_allow("bedrock:InvokeModel", SONNET), _allow(["s3:GetObject"], "arn:aws:s3:::acme-docs/*"))
RANKED = _policy(
    _allow("bedrock:InvokeModel", SONNET),
    _allow(["s3:GetObject"], "arn:aws:s3:::acme-docs/*"),
    _allow("sagemaker:InvokeEndpoint", arn("sagemaker", "endpoint/rerank")),
)
ROLES = [
    _role("chat", LAMBDA, SCOPED, (f"{AWS}/AdministratorAccess",)),
    _role("search", LAMBDA, RANKED, (f"{AWS}/service-role/AWSLambdaBasicExecutionRole",)),
    _role("wide", LAMBDA, _policy(_allow(["bedrock:InvokeModel*"]))),
    _role("full", "ecs-tasks.amazonaws.com", None, (f"{AWS}/AmazonBedrockFullAccess",)),
    _role("own", LAMBDA, None, (f"{OWN}/call-models",)),
    _role("lost", LAMBDA, None, (f"{OWN}/not-listed",)),
    _role("billing", LAMBDA, _policy(_allow("s3:GetObject", "arn:aws:s3:::acme-bills/*"))),
    _role("helper-agent", "bedrock.amazonaws.com", SCOPED),
    _role("docs-base", "bedrock.amazonaws.com", _policy(_allow("s3:GetObject", "arn:aws:s3:::acme-docs/*"))),
    {**_role("AWSServiceRoleForLambda", LAMBDA, SCOPED), "Path": "/aws-service-role/lambda.amazonaws.com/"},
]
POLICIES = [
    {
        **{"PolicyName": "call-models", "Arn": f"{OWN}/call-models", "Path": "/", "DefaultVersionId": "v2"},
        "PolicyVersionList": [
            {"Document": _policy(_allow("*")), "VersionId": "v1", "IsDefaultVersion": False},
            {"Document": SCOPED, "VersionId": "v2", "IsDefaultVersion": True},
        ],
    }
]


def _function(name: str, role: str, variables: Mapping[str, str]) -> dict[str, Any]:
    return {
        **{"FunctionName": name, "FunctionArn": arn("lambda", f"function:{name}"), "Role": role_arn(role)},
        **{"Timeout": 30, "Environment": {"Variables": dict(variables)}, "Runtime": "python3.12"},
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": f"/aws/lambda/{name}"},
    }


FUNCTIONS = [
    _function("chat", "chat", {"TABLE": "chat", "OPENAI_API_KEY": SECRET, "MODEL_ID": "amazon.nova-lite-v1:0"}),
    _function("search", "search", {"TABLE": "documents-of-swordfish"}),
    _function("billing", "billing", {"DB_PASSWORD": "hunter2hunter2"}),
]


def functions(params: Params, region: str) -> Any:
    """Two pages, the first of them empty but for one function."""
    if region != HOME:
        return {"Functions": []}
    return {"Functions": FUNCTIONS[1:]} if params.get("Marker") else {"Functions": FUNCTIONS[:1], "NextMarker": "two"}


TASKS = {"worker": "full", "batch": "billing"}


def families(_: Params, region: str) -> Any:
    return {"families": sorted(TASKS) if region == HOME else []}


def task(params: Params, _: str) -> Any:
    name = params["taskDefinition"]
    container = {
        "name": "main",
        "environment": [{"name": "ANTHROPIC_API_KEY", "value": SECRET}],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/worker"}},
    }
    return {
        "taskDefinition": {
            **{"taskDefinitionArn": arn("ecs", f"task-definition/{name}:7"), "family": name, "revision": 7},
            **{"taskRoleArn": role_arn(TASKS[name]), "containerDefinitions": [container]},
        }
    }


COMPUTE: dict[str, Any] = {
    "iam:GetAccountAuthorizationDetails": {"RoleDetailList": ROLES, "Policies": POLICIES, "IsTruncated": False},
    "lambda:ListFunctions": functions,
    "lambda:GetFunctionConcurrency": {"ReservedConcurrentExecutions": 10},
    "ecs:ListTaskDefinitionFamilies": families,
    "ecs:DescribeTaskDefinition": task,
}

# Storage, keys, logs --------------------------------------------------------------------------------------------------

BUCKETS = {HOME: ("acme-calls", "acme-docs", "acme-bills"), EU: ("acme-calls-eu",)}
PRIVATE = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def buckets(params: Params, region: str) -> Any:
    assert params["bucket-region"] == region
    return {"Buckets": [{"Name": name, "BucketRegion": region} for name in BUCKETS.get(region, ())]}


def _of_bucket(public: Any, private: Any) -> Any:
    return lambda params, _: public if params["Bucket"] == "acme-calls-eu" else private


def encryption(params: Params, _: str) -> Any:
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn("kms", "key/key-2")}
    return {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]}}


def keys(_: Params, region: str) -> Any:
    names = ("key-1", "key-2", "key-3") if region == HOME else ()
    return {"Keys": [{"KeyId": name, "KeyArn": arn("kms", f"key/{name}")} for name in names], "Truncated": False}


def key(params: Params, _: str) -> Any:
    name = params["KeyId"].rpartition("/")[2]
    detail = {"KeyId": name, "Arn": arn("kms", f"key/{name}"), "KeyManager": "CUSTOMER", "MultiRegion": False}
    return {"KeyMetadata": detail}


def rotation(params: Params, _: str) -> Any:
    return {"KeyRotationEnabled": params["KeyId"].endswith("key-1")}


GROUPS = ("/bedrock/calls", "/aws/lambda/chat", "/aws/lambda/billing", "/ecs/worker", RECORDS)


def groups(_: Params, region: str) -> Any:
    found = [
        {"logGroupName": name, "logGroupArn": arn("logs", f"log-group:{name}"), "retentionInDays": 30}
        for name in GROUPS
    ]
    return {"logGroups": found if region == HOME else []}


STORAGE: dict[str, Any] = {
    "s3:ListBuckets": buckets,
    "s3:GetPublicAccessBlock": _of_bucket(
        AwsError("NoSuchPublicAccessBlockConfiguration", 404), {"PublicAccessBlockConfiguration": PRIVATE}
    ),
    "s3:GetBucketPolicyStatus": _of_bucket({"PolicyStatus": {"IsPublic": True}}, AwsError("NoSuchBucketPolicy", 404)),
    "s3:GetBucketEncryption": encryption,
    "s3:GetBucketVersioning": {},
    "s3:GetObjectLockConfiguration": AwsError("ObjectLockConfigurationNotFoundError", 404),
    "s3:GetBucketTagging": AwsError("NoSuchTagSet", 404),
    "s3control:GetPublicAccessBlock": AwsError("NoSuchPublicAccessBlockConfiguration", 404),
    "kms:ListKeys": keys,
    "kms:ListAliases": {"Aliases": []},
    "kms:DescribeKey": key,
    "kms:GetKeyRotationStatus": rotation,
    "logs:DescribeLogGroups": groups,
    "logs:GetDataProtectionPolicy": {},
    "logs:DescribeMetricFilters": {"metricFilters": []},
    "logs:DescribeAccountPolicies": {"accountPolicies": []},
    "logs:DescribeDeliverySources": {"deliverySources": []},
    "logs:DescribeDeliveries": {"deliveries": []},
}

# Alarms, budgets, network ---------------------------------------------------------------------------------------------

PAGER, DARK = arn("sns", "pager"), arn("sns", "other-team")


def _alarm(name: str, namespace: str, metric: str, actions: tuple[str, ...], **dimensions: str) -> dict[str, Any]:
    return {
        **{"AlarmName": name, "AlarmArn": arn("cloudwatch", f"alarm:{name}"), "ActionsEnabled": True},
        **{"AlarmActions": list(actions), "Namespace": namespace, "MetricName": metric, "Statistic": "Sum"},
        "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()],
    }


ALARMS = [
    _alarm("model-errors", "AWS/Bedrock", "InvocationServerErrors", (PAGER,)),
    _alarm("model-throttles", "AWS/Bedrock", "InvocationThrottles", ()),
    _alarm("tokens", "AWS/Bedrock", "InputTokenCount", (DARK,)),
    _alarm("chat-errors", "AWS/Lambda", "Errors", (PAGER,), FunctionName="chat"),
    _alarm("billing-errors", "AWS/Lambda", "Errors", (), FunctionName="billing"),
    _alarm("queue-age", "AWS/SQS", "ApproximateAgeOfOldestMessage", (), QueueName="bills"),
]


def alarms(_: Params, region: str) -> Any:
    return {"MetricAlarms": ALARMS if region == HOME else [], "CompositeAlarms": []}


def subscriptions(params: Params, _: str) -> Any:
    topic = params["TopicArn"]
    if topic == DARK:
        return AwsError("AuthorizationError", 403)
    person = {
        **{"SubscriptionArn": f"{topic}:11111111-2222-3333-4444-555555555555", "Owner": ACCOUNT},
        **{"Protocol": "email", "Endpoint": "night-shift@acme.example", "TopicArn": topic},
    }
    return {"Subscriptions": [person]}


def _budget(name: str, filters: Mapping[str, list[str]]) -> dict[str, Any]:
    return {
        **{"BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY", "CostFilters": dict(filters)},
        "BudgetLimit": {"Amount": "500", "Unit": "USD"},
    }


BUDGETS = [
    _budget("everything", {}),
    _budget("silent", {}),
    _budget("machines", {"Service": ["Amazon Elastic Compute Cloud - Compute"]}),
]
NOTICE = {
    **{"NotificationType": "FORECASTED", "ComparisonOperator": "GREATER_THAN", "Threshold": 90.0},
    "ThresholdType": "PERCENTAGE",
}


def notifications(params: Params, _: str) -> Any:
    return {"Notifications": [NOTICE] if params["BudgetName"] == "everything" else []}


def endpoints(_: Params, region: str) -> Any:
    found = [
        {
            **{"VpcEndpointId": f"vpce-{number:017x}", "VpcEndpointType": "Interface", "VpcId": "vpc-1"},
            **{"ServiceName": f"com.amazonaws.us-east-1.{service}", "State": "Available", "PrivateDnsEnabled": True},
        }
        for number, service in enumerate(("bedrock-runtime", "sqs"), 1)
    ]
    return {"VpcEndpoints": found if region == HOME else []}


OPERATIONS: dict[str, Any] = {
    "cloudwatch:DescribeAlarms": alarms,
    "sns:ListSubscriptionsByTopic": subscriptions,
    "budgets:DescribeBudgets": {"Budgets": BUDGETS},
    "budgets:DescribeNotificationsForBudget": notifications,
    "budgets:DescribeSubscribersForNotification": {
        "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "money@acme.example"}]
    },
    "budgets:DescribeBudgetActionsForBudget": {"Actions": []},
    "ec2:DescribeVpcEndpoints": endpoints,
}

_TRAIL = f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/audit"
AUDIT: dict[str, Any] = {
    "cloudtrail:DescribeTrails": {
        "trailList": [{"Name": "audit", "TrailARN": _TRAIL, "S3BucketName": "audit", "IsMultiRegionTrail": True}]
    },
    "cloudtrail:GetTrailStatus": {"IsLogging": True},
    "cloudtrail:GetEventSelectors": {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]},
    "cloudtrail:ListEventDataStores": {
        "EventDataStores": [{"EventDataStoreArn": f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:eventdatastore/lake"}]
    },
    "cloudtrail:GetEventDataStore": {"Name": "lake", "Status": "STOPPED_INGESTION", "MultiRegionEnabled": True},
    "iam:ListServiceSpecificCredentials": {
        "ServiceSpecificCredentials": [
            {
                "UserName": "demo",
                "Status": "Inactive",
                "CreateDate": STAMP,
                "ServiceSpecificCredentialId": "ACCAEXAMPLE123EXAMPLE",
                "ServiceName": "bedrock.amazonaws.com",
            }
        ]
    },
}

_HTTP = {"RouteSelectionExpression": "$request.method $request.path"}
_COLLECTION = {"id": "abc123", "name": "docs", "arn": f"arn:aws:aoss:{HOME}:{ACCOUNT}:collection/abc123"}
_NETWORK = [{"Rules": [{"ResourceType": "collection", "Resource": ["collection/docs"]}], "AllowFromPublic": False}]
REACHED: dict[str, Any] = {
    "opensearchserverless:ListCollections": {"collectionSummaries": [_COLLECTION]},
    "opensearchserverless:BatchGetCollection": {"collectionDetails": [{**_COLLECTION, "type": "VECTORSEARCH"}]},
    "opensearchserverless:ListSecurityPolicies": {"securityPolicySummaries": [{"name": "docs", "type": "network"}]},
    "opensearchserverless:GetSecurityPolicy": {
        "securityPolicyDetail": {"name": "docs", "type": "network", "policy": _NETWORK}
    },
    "s3vectors:ListVectorBuckets": {"vectorBuckets": []},
    "neptune-graph:ListGraphs": {"graphs": []},
    "apigateway:GetRestApis": {"items": []},
    "apigatewayv2:GetApis": {"Items": [{"ApiId": "a1", "Name": "chat", "ProtocolType": "HTTP", **_HTTP}]},
    "apigatewayv2:GetApi": {"ApiId": "a1", "Name": "chat", "ProtocolType": "HTTP", **_HTTP},
    "apigatewayv2:GetRoutes": {"Items": [{"RouteId": "r1", "RouteKey": "POST /ask", "Target": "integrations/i1"}]},
    "apigatewayv2:GetRoute": {"RouteId": "r1", "RouteKey": "POST /ask", "AuthorizationType": "JWT"},
    "apigatewayv2:GetIntegration": {"IntegrationUri": f"arn:aws:lambda:{HOME}:{ACCOUNT}:function:chat"},
    "apigatewayv2:GetStages": {
        "Items": [{"StageName": "$default", "DefaultRouteSettings": {"ThrottlingRateLimit": 20.0}}]
    },
    "lambda:GetFunctionUrlConfig": AwsError("ResourceNotFoundException", 404),
}

SPOKEN_OF: dict[str, Any] = {
    **{**BEDROCK, **MODELS, **COMPUTE, **STORAGE, **OPERATIONS, **AUDIT, **REACHED},
    **WATCH,
    **AGENTS,
    **BOUGHT,
}
# Of the kinds that the scenario does not speak of the account has none: the smallest answer that the model allows.
ELSE = {read.name: minimal(read.name) for read in reads() if read not in BASE_READS and read.name not in SPOKEN_OF}
ANSWERS: dict[str, Any] = {**ELSE, **SPOKEN_OF}
