"""The least-privilege policy, written from the same list of reads that the collectors use."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from prodworks_cli.resources.collecting import Read

POLICY_FORMATS = ("json", "terraform", "cloudformation")
SID = "ProdworksRead"


def policy_document(reads: Iterable[Read]) -> dict[str, Any]:
    """A policy with one statement: every action, sorted. Listings cannot be limited to single resources."""
    actions = sorted({read.action for read in reads}, key=str.lower)
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": SID, "Effect": "Allow", "Action": actions, "Resource": "*"}],
    }


def policy_text(reads: Iterable[Read], form: str) -> str:
    """The policy as JSON, as a Terraform resource, or as a CloudFormation template."""
    document = policy_document(reads)
    return {"terraform": _terraform, "cloudformation": _cloudformation}.get(form, _json)(document)


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"


def _terraform(document: dict[str, Any]) -> str:
    lines = [f'      "{action}",' for action in document["Statement"][0]["Action"]]
    return "\n".join(
        [
            'data "aws_iam_policy_document" "prodworks" {',
            "  statement {",
            f'    sid       = "{SID}"',
            '    effect    = "Allow"',
            '    resources = ["*"]',
            "    actions = [",
            *lines,
            "    ]",
            "  }",
            "}",
            "",
            'resource "aws_iam_policy" "prodworks" {',
            '  name        = "prodworks-read"',
            '  description = "Reads what prodworks audits"',
            "  policy      = data.aws_iam_policy_document.prodworks.json",
            "}",
            "",
        ]
    )


def _cloudformation(document: dict[str, Any]) -> str:
    actions = [f"              - {action}" for action in document["Statement"][0]["Action"]]
    return "\n".join(
        [
            'AWSTemplateFormatVersion: "2010-09-09"',
            "Description: Reads what prodworks audits",
            "Resources:",
            "  ProdworksRead:",
            "    Type: AWS::IAM::ManagedPolicy",
            "    Properties:",
            "      ManagedPolicyName: prodworks-read",
            "      Description: Reads what prodworks audits",
            "      PolicyDocument:",
            '        Version: "2012-10-17"',
            "        Statement:",
            f"          - Sid: {SID}",
            "            Effect: Allow",
            '            Resource: "*"',
            "            Action:",
            *actions,
            "",
        ]
    )
