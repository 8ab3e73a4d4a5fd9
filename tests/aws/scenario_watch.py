"""What watches, carries and bounds the scenario's workload: dashboards, event rules, canaries, cost anomalies and tags,
queues, state machines, identity pools, endpoints, quotas, policies, load balancers, owners. Made by hand."""

from __future__ import annotations

import json
from typing import Any

from tests.aws.endpoint import ACCOUNT, AwsError, Params
from tests.aws.scenario import HOME, STAMP, arn

SEEN, BLIND = "model-behaviour", "shop"
_BODIES = {
    SEEN: {"widgets": [{"type": "metric", "properties": {"metrics": [["AWS/Bedrock", "Invocations"]]}}]},
    BLIND: {"widgets": [{"type": "metric", "properties": {"metrics": [["AWS/Lambda", "Errors"]]}}]},
}


def dashboards(_: Params, region: str) -> Any:
    entries = [{"DashboardName": n, "DashboardArn": f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{n}"} for n in _BODIES]
    return {"DashboardEntries": entries if region == HOME else []}


def dashboard(params: Params, _: str) -> Any:
    name = params["DashboardName"]
    return {"DashboardName": name, "DashboardBody": json.dumps(_BODIES[name])}


def _rule(name: str, state: str, event: str) -> dict[str, str]:
    pattern = {"source": ["aws.bedrock"], "detail": {"eventName": [event]}}
    return {"Name": name, "Arn": arn("events", f"rule/{name}"), "State": state, "EventPattern": json.dumps(pattern)}


def rules(_: Params, region: str) -> Any:
    found = [
        _rule("safeguards", "DISABLED", "DeleteGuardrail"),
        _rule("agents", "ENABLED", "CreateAgent"),
        {
            "Name": "nightly",
            "Arn": arn("events", "rule/nightly"),
            "State": "ENABLED",
            "ScheduleExpression": "rate(1 day)",
        },
    ]
    return {"Rules": found if region == HOME else []}


def canaries(_: Params, region: str) -> Any:
    probe = {"Name": "shop", "Status": {"State": "RUNNING"}, "Schedule": {"Expression": "rate(5 minutes)"}}
    return {"Canaries": [probe] if region == HOME else []}


def monitors(_: Params, __: str) -> Any:
    place = f"arn:aws:ce::{ACCOUNT}:anomalymonitor"
    return {
        "AnomalyMonitors": [
            {
                **{"MonitorArn": f"{place}/all", "MonitorName": "services"},
                **{"MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"},
            },
            {
                **{"MonitorArn": f"{place}/one", "MonitorName": "bedrock", "MonitorType": "CUSTOM"},
                "MonitorSpecification": {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Bedrock"]}},
            },
        ]
    }


def subscriptions(params: Params, _: str) -> Any:
    told = {
        **{"SubscriptionName": "team", "MonitorArnList": [params["MonitorArn"]], "Frequency": "DAILY"},
        "Subscribers": [{"Type": "EMAIL", "Address": "money@acme.example"}],
    }
    return {"AnomalySubscriptions": [told] if params["MonitorArn"].endswith("/all") else []}


def mappings(_: Params, region: str) -> Any:
    """Two queues of the workload's functions, and one of another workload's."""
    found = [
        {"EventSourceArn": arn("sqs", name), "FunctionArn": arn("lambda", f"function:{function}")}
        for name, function in (("questions", "search"), ("lost-questions", "chat"), ("bills", "billing"))
    ]
    return {"EventSourceMappings": found if region == HOME else []}


def queue_url(params: Params, region: str) -> Any:
    return {"QueueUrl": f"https://sqs.{region}.amazonaws.com/{ACCOUNT}/{params['QueueName']}"}


def queue(params: Params, _: str) -> Any:
    name = params["QueueUrl"].rpartition("/")[2]
    kept = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn("sqs", "failed"), "maxReceiveCount": 3})}
    return {"Attributes": {"VisibilityTimeout": "60", **(kept if name == "questions" else {})}}


_CALLED = "anthropic.claude-sonnet-4-5-20250929-v1:0"


def called(params: Params, region: str) -> Any:
    metric = {
        **{"Namespace": "AWS/Bedrock", "MetricName": "Invocations"},
        "Dimensions": [{"Name": "ModelId", "Value": _CALLED}],
    }
    return {"Metrics": [metric] if region == HOME else []}


def quotas(_: Params, __: str) -> Any:
    name = "On-demand model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1"
    return {"Quotas": [{"QuotaName": name, "Value": 200_000.0}]}


_TASK = {"Type": "Task", "Resource": "arn:aws:states:::bedrock:invokeModel", "End": True}
_CAREFUL = {
    **{"Type": "Task", "Resource": arn("lambda", "function:search"), "TimeoutSeconds": 60, "End": True},
    **{"Retry": [{"ErrorEquals": ["States.ALL"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Lost"}]},
}
_BILLING = {"Type": "Task", "Resource": arn("lambda", "function:billing"), "End": True}
_MACHINES = {
    "hasty": {"StartAt": "Ask", "States": {"Ask": _TASK}},
    "careful": {"StartAt": "Search", "States": {"Search": _CAREFUL, "Lost": {"Type": "Fail"}}},
    "bills": {"StartAt": "Count", "States": {"Count": _BILLING}},
}


def machines(_: Params, region: str) -> Any:
    found = [
        {"stateMachineArn": arn("states", f"stateMachine:{n}"), "name": n, "type": "STANDARD", "creationDate": STAMP}
        for n in _MACHINES
    ]
    return {"stateMachines": found if region == HOME else []}


def machine(params: Params, _: str) -> Any:
    name = params["stateMachineArn"].rpartition(":")[2]
    return {
        **{"stateMachineArn": params["stateMachineArn"], "name": name, "type": "STANDARD", "creationDate": STAMP},
        **{"definition": json.dumps(_MACHINES[name]), "roleArn": f"arn:aws:iam::{ACCOUNT}:role/machines"},
    }


POOLS = {
    f"{HOME}:11111111-2222-3333-4444-555555555555": "wide",
    f"{HOME}:66666666-2222-3333-4444-555555555555": "billing",
}


def pools(_: Params, region: str) -> Any:
    found = [{"IdentityPoolId": pool, "IdentityPoolName": role} for pool, role in POOLS.items()]
    return {"IdentityPools": found if region == HOME else []}


def pool(params: Params, _: str) -> Any:
    name = params["IdentityPoolId"]
    return {"IdentityPoolId": name, "IdentityPoolName": POOLS[name], "AllowUnauthenticatedIdentities": True}


def pool_roles(params: Params, _: str) -> Any:
    return {"Roles": {"unauthenticated": f"arn:aws:iam::{ACCOUNT}:role/{POOLS[params['IdentityPoolId']]}"}}


ENDPOINTS = {"rerank": 1, "forecast": 2}


def endpoints(_: Params, region: str) -> Any:
    found = [
        {
            **{
                "EndpointName": name,
                "EndpointArn": arn("sagemaker", f"endpoint/{name}"),
                "EndpointStatus": "InService",
            },
            **{"CreationTime": STAMP, "LastModifiedTime": STAMP},
        }
        for name in ENDPOINTS
    ]
    return {"Endpoints": found if region == HOME else []}


def endpoint(params: Params, region: str) -> Any:
    (summary,) = [e for e in endpoints({}, HOME)["Endpoints"] if e["EndpointName"] == params["EndpointName"]]
    variant = {"VariantName": "main", "CurrentInstanceCount": ENDPOINTS[params["EndpointName"]]}
    return {**summary, "ProductionVariants": [variant]}


_LB = arn("elasticloadbalancing", "loadbalancer/app")
_FRONT = {"web": f"{_LB}/web/1", "shop": f"{_LB}/shop/2"}


def _name_in(arn_: str) -> str:
    return next(name for name in _FRONT if f"/{name}/" in arn_)


def balancers(_: Params, region: str) -> Any:
    found = [
        {"LoadBalancerArn": a, "LoadBalancerName": n, "Scheme": "internet-facing", "Type": "application"}
        for n, a in _FRONT.items()
    ]
    return {"LoadBalancers": found if region == HOME else []}


def attributes(params: Params, _: str) -> Any:
    return {"Attributes": [{"Key": "access_logs.s3.enabled", "Value": "false"}]}


def listeners(params: Params, _: str) -> Any:
    balancer = params["LoadBalancerArn"]
    name = _name_in(balancer)
    action = {"Type": "forward", "TargetGroupArn": arn("elasticloadbalancing", f"targetgroup/{name}/3")}
    listener = balancer.replace(":loadbalancer/", ":listener/") + "/4"
    return {
        "Listeners": [{"ListenerArn": listener, "LoadBalancerArn": balancer, "Port": 443, "DefaultActions": [action]}]
    }


def groups(params: Params, _: str) -> Any:
    name = _name_in(params["LoadBalancerArn"])
    return {
        "TargetGroups": [{"TargetGroupArn": arn("elasticloadbalancing", f"targetgroup/{name}/3"), "TargetType": "ip"}]
    }


def services(params: Params, _: str) -> Any:
    found = [
        {
            **{"serviceArn": arn("ecs", f"service/main/{name}"), "serviceName": name},
            "taskDefinition": arn("ecs", f"task-definition/{task}:7"),
            "loadBalancers": [{"targetGroupArn": arn("elasticloadbalancing", f"targetgroup/{name}/3")}],
        }
        for name, task in (("web", "worker"), ("shop", "batch"))
    ]
    return {"services": found}


def graphs(_: Params, region: str) -> Any:
    api = {"name": "graph", "apiId": "g1", "authenticationType": "API_KEY", "arn": arn("appsync", "apis/g1")}
    return {"graphqlApis": [{**api, "logConfig": LOGS}] if region == HOME else []}


LOGS = {"fieldLogLevel": "ERROR", "cloudWatchLogsRoleArn": f"arn:aws:iam::{ACCOUNT}:role/graph"}


def sources(_: Params, __: str) -> Any:
    place = arn("appsync", "apis/g1/datasources")
    function = {"lambdaFunctionArn": arn("lambda", "function:search")}
    return {
        "dataSources": [
            {"dataSourceArn": f"{place}/search", "name": "search", "type": "AWS_LAMBDA", "lambdaConfig": function},
            {"dataSourceArn": f"{place}/none", "name": "none", "type": "NONE"},
        ]
    }


def tagged(params: Params, region: str) -> Any:
    """One function of the workload has an owner, and so has one of another workload."""
    if region != HOME or params["TagFilters"][0]["Key"] != "Owner":
        return {"ResourceTagMappingList": []}
    names = ("function:search", "function:billing")
    tags = [{"Key": "Owner", "Value": "team-search"}]
    return {"ResourceTagMappingList": [{"ResourceARN": arn("lambda", name), "Tags": tags} for name in names]}


WATCH: dict[str, Any] = {
    "elbv2:DescribeLoadBalancers": balancers,
    "elbv2:DescribeLoadBalancerAttributes": attributes,
    "elbv2:DescribeListeners": listeners,
    "elbv2:DescribeRules": {"Rules": []},
    "elbv2:DescribeTargetGroups": groups,
    "elbv2:DescribeTargetHealth": {"TargetHealthDescriptions": []},
    "ecs:ListClusters": {"clusterArns": [arn("ecs", "cluster/main")]},
    "ecs:ListServices": {"serviceArns": [arn("ecs", f"service/main/{name}") for name in _FRONT]},
    "ecs:DescribeServices": services,
    "wafv2:GetWebACLForResource": AwsError("WAFNonexistentItemException"),
    "appsync:ListGraphqlApis": graphs,
    "appsync:ListDataSources": sources,
    "resourcegroupstaggingapi:GetResources": tagged,
    "cloudwatch:ListMetrics": called,
    "service-quotas:ListServiceQuotas": quotas,
    "stepfunctions:ListStateMachines": machines,
    "stepfunctions:DescribeStateMachine": machine,
    "cognito-identity:ListIdentityPools": pools,
    "cognito-identity:DescribeIdentityPool": pool,
    "cognito-identity:GetIdentityPoolRoles": pool_roles,
    "sagemaker:ListEndpoints": endpoints,
    "sagemaker:DescribeEndpoint": endpoint,
    "application-autoscaling:DescribeScalableTargets": {"ScalableTargets": []},
    "organizations:DescribeOrganization": {"Organization": {"Id": "o-example123", "MasterAccountId": "999988887777"}},
    "organizations:ListPoliciesForTarget": AwsError("AccessDeniedException"),
    "organizations:ListParents": {"Parents": []},
    "organizations:DescribePolicy": {"Policy": {}},
    "ce:ListCostAllocationTags": {
        "CostAllocationTags": [
            {"TagKey": "Owner", "Type": "UserDefined", "Status": "Inactive"},
            {"TagKey": "Project", "Type": "UserDefined", "Status": "Active"},
        ]
    },
    "bcm-data-exports:ListExports": {"Exports": []},
    "cloudwatch:ListDashboards": dashboards,
    "cloudwatch:GetDashboard": dashboard,
    "events:ListRules": rules,
    "events:ListTargetsByRule": {"Targets": [{"Id": "one", "Arn": arn("sns", "pager")}]},
    "guardduty:ListDetectors": {"DetectorIds": []},
    "guardduty:GetDetector": {"ServiceRole": f"arn:aws:iam::{ACCOUNT}:role/guardduty", "Status": "ENABLED"},
    "synthetics:DescribeCanaries": canaries,
    "synthetics:DescribeCanariesLastRun": {"CanariesLastRun": []},
    "ce:GetAnomalyMonitors": monitors,
    "ce:GetAnomalySubscriptions": subscriptions,
    "lambda:ListEventSourceMappings": mappings,
    "sqs:GetQueueUrl": queue_url,
    "sqs:GetQueueAttributes": queue,
}
