"""Actions, flows, bought capacity and the retention setting of the scenario account. Made by hand."""

from __future__ import annotations

import json
from typing import Any

from tests.aws.endpoint import ACCOUNT, Params
from tests.aws.scenario import HOME, STAMP, arn

SCHEMA = {
    "openapi": "3.0.0",
    "paths": {"/orders/{id}": {"get": {"operationId": "getOrder", "description": "Reads the order of swordfish"}}},
}
REFUND = {"name": "refund_order", "description": "Refunds swordfish", "requireConfirmation": "DISABLED"}
CANCEL = {"name": "cancel_order", "requireConfirmation": "ENABLED"}
GROUPS: dict[str, dict[str, Any]] = {
    "REFUNDS001": {"functionSchema": {"functions": [REFUND]}},
    "ORDERS0001": {"functionSchema": {"functions": [CANCEL]}},
    "LOOKUP0001": {"apiSchema": {"payload": json.dumps(SCHEMA)}},
}


def action_groups(params: Params, _: str) -> Any:
    assert (params["agentId"], params["agentVersion"]) == ("AGENT00001", "3"), "the version that serves traffic"
    summaries = [
        {"actionGroupId": name, "actionGroupName": name.lower(), "actionGroupState": "ENABLED", "updatedAt": STAMP}
        for name in GROUPS
    ]
    return {"actionGroupSummaries": summaries}


def action_group(params: Params, _: str) -> Any:
    name = params["actionGroupId"]
    detail = {
        **{"agentId": params["agentId"], "agentVersion": params["agentVersion"], "actionGroupId": name},
        **{"actionGroupName": name.lower(), "actionGroupState": "ENABLED", "createdAt": STAMP, "updatedAt": STAMP},
        "actionGroupExecutor": {"lambda": arn("lambda", "function:chat")},
    }
    return {"agentActionGroup": {**detail, **GROUPS[name]}}


FLOWS = {"FLOW000001": "triage", "FLOW000002": "bare"}


def _flow(name: str) -> dict[str, Any]:
    return {
        **{"id": name, "name": FLOWS[name], "arn": arn("bedrock", f"flow/{name}"), "status": "Prepared"},
        **{"createdAt": STAMP, "updatedAt": STAMP, "version": "DRAFT"},
    }


def flows(_: Params, region: str) -> Any:
    return {"flowSummaries": [_flow(name) for name in FLOWS] if region == HOME else []}


def _definition(guarded: bool) -> dict[str, Any]:
    template = {"text": {"text": "Sort this: swordfish"}}
    inline = {"modelId": "amazon.nova-lite-v1:0", "templateType": "TEXT", "templateConfiguration": template}
    place = arn("bedrock", "guardrail/gr2search")
    guardrail = {"guardrailConfiguration": {"guardrailIdentifier": place, "guardrailVersion": "1"}}
    prompt = {"sourceConfiguration": {"inline": inline}, **(guardrail if guarded else {})}
    return {"nodes": [{"name": "sort", "type": "Prompt", "configuration": {"prompt": prompt}}]}


def flow(params: Params, _: str) -> Any:
    return {
        **_flow(params["flowIdentifier"]),
        "executionRoleArn": arn("iam", "role/flow"),
        "definition": _definition(False),
    }


def flow_aliases(params: Params, _: str) -> Any:
    name = params["flowIdentifier"]
    alias = {
        **{"name": "live", "id": "LIVE000001", "flowId": name, "arn": arn("bedrock", f"flow/{name}/alias/LIVE000001")},
        **{"createdAt": STAMP, "updatedAt": STAMP, "routingConfiguration": [{"flowVersion": "2"}]},
    }
    return {"flowAliasSummaries": [alias] if name == "FLOW000001" else []}


def flow_version(params: Params, _: str) -> Any:
    assert (params["flowIdentifier"], params["flowVersion"]) == ("FLOW000001", "2")
    served = {k: v for k, v in _flow("FLOW000001").items() if k != "updatedAt"}
    role = {"executionRoleArn": arn("iam", "role/flow")}
    return {**served, **role, "version": "2", "definition": _definition(True)}


USED, IDLE = (arn("bedrock", f"provisioned-model/{name}") for name in ("used00000001", "idle00000002"))


def throughputs(_: Params, region: str) -> Any:
    model = f"arn:aws:bedrock:{HOME}::foundation-model/amazon.nova-lite-v1:0"
    found = [
        {
            **{"provisionedModelName": place.rpartition("/")[2], "provisionedModelArn": place, "status": "InService"},
            **{"modelArn": model, "desiredModelArn": model, "foundationModelArn": model, "modelUnits": 1},
            **{"desiredModelUnits": 1, "creationTime": STAMP, "lastModifiedTime": STAMP},
        }
        for place in (USED, IDLE)
    ]
    return {"provisionedModelSummaries": found if region == HOME else []}


def metric_data(params: Params, _: str) -> Any:
    """Calls of the capacity that is used; nothing else was counted."""
    results = []
    for query in params["MetricDataQueries"]:
        called = USED in str(query)
        results.append({"Id": query["Id"], "Values": [7.0] * called, "Timestamps": [STAMP] * called})
    return {"MetricDataResults": results}


DATA = [{"Rules": [{"ResourceType": "index", "Resource": ["index/docs/*"], "Permission": ["aoss:*"]}]}]
EVERYBODY = {"policy": [{**DATA[0], "Principal": [f"arn:aws:iam::{ACCOUNT}:root"]}], "type": "data", "name": "docs"}

BOUGHT: dict[str, Any] = {
    "opensearchserverless:ListAccessPolicies": {"accessPolicySummaries": [{"type": "data", "name": "docs"}]},
    "opensearchserverless:GetAccessPolicy": {"accessPolicyDetail": EVERYBODY},
    "bedrock-agent:ListAgentActionGroups": action_groups,
    "bedrock-agent:GetAgentActionGroup": action_group,
    "bedrock-agent:ListFlows": flows,
    "bedrock-agent:GetFlow": flow,
    "bedrock-agent:ListFlowAliases": flow_aliases,
    "bedrock-agent:GetFlowVersion": flow_version,
    "bedrock:ListProvisionedModelThroughputs": throughputs,
    "bedrock:GetAccountDataRetention": {"mode": "provider_data_share", "updatedAt": STAMP},
    "cloudwatch:GetMetricData": metric_data,
}
