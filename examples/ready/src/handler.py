"""Support chat: answers a customer's question with a model on Amazon Bedrock."""

import hashlib
import json
import os
from pathlib import Path

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

logger = Logger(service="support-chat")
metrics = Metrics(namespace="SupportChat", service="support-chat")
tracer = Tracer(service="support-chat")

# The function's own timeout is 60 seconds: two attempts of 25 seconds fit into it.
bedrock = boto3.client(
    "bedrock-runtime",
    region_name="us-east-1",
    config=Config(connect_timeout=3, read_timeout=25, retries={"mode": "standard", "max_attempts": 2}),
)

MODEL_ID = os.environ["INFERENCE_PROFILE_ARN"]
GUARDRAIL_ID = os.environ["GUARDRAIL_ID"]
GUARDRAIL_VERSION = os.environ["GUARDRAIL_VERSION"]
SYSTEM_PROMPT = Path("prompts/system.txt").read_text(encoding="utf-8")
PROMPT_VERSION = hashlib.sha256(SYSTEM_PROMPT.encode()).hexdigest()[:12]

# A value of the request only chooses among texts that are written here.
LANGUAGES = {"en": "Answer in English.", "de": "Answer in German.", "fr": "Answer in French."}
APOLOGY = "Sorry, I cannot answer right now. A colleague will get back to you."
CUT_OFF = "This answer was cut short. A colleague will send you the rest."


class ModelUnavailableError(Exception):
    """The model did not answer."""


@tracer.capture_method
def ask(question, language, request_id, session_id):
    """Ask the model; returns its text and why it stopped."""
    try:
        response = bedrock.converse(
            modelId=MODEL_ID,
            system=[{"text": SYSTEM_PROMPT}, {"text": LANGUAGES[language]}],
            messages=[{"role": "user", "content": [{"text": question}]}],
            inferenceConfig={"maxTokens": 400, "temperature": 0.2},
            guardrailConfig={
                "guardrailIdentifier": GUARDRAIL_ID,
                "guardrailVersion": GUARDRAIL_VERSION,
                "trace": "enabled",
            },
            requestMetadata={"feature": "support-chat", "request_id": request_id, "session_id": session_id},
        )
    except (ClientError, BotoCoreError) as error:
        metrics.add_metric(name="ModelCallFailures", unit=MetricUnit.Count, value=1)
        raise ModelUnavailableError from error
    record_usage(response["usage"], response["stopReason"], request_id, session_id)
    return response["output"]["message"]["content"][0]["text"], response["stopReason"]


def record_usage(usage, stop_reason, request_id, session_id):
    metrics.add_metric(name="InputTokens", unit=MetricUnit.Count, value=usage["inputTokens"])
    metrics.add_metric(name="OutputTokens", unit=MetricUnit.Count, value=usage["outputTokens"])
    logger.info(
        "model call",
        extra={
            "request_id": request_id,
            "session_id": session_id,
            "model_id": MODEL_ID,
            "prompt_version": PROMPT_VERSION,
            "guardrail_version": GUARDRAIL_VERSION,
            "stop_reason": stop_reason,
            "input_tokens": usage["inputTokens"],
            "output_tokens": usage["outputTokens"],
        },
    )


def answer(question, language, request_id, session_id):
    try:
        text, stop_reason = ask(question, language, request_id, session_id)
    except ModelUnavailableError:
        return APOLOGY
    if stop_reason == "guardrail_intervened":
        return APOLOGY
    if stop_reason == "max_tokens":
        return f"{text}\n\n{CUT_OFF}"
    return text


@metrics.log_metrics
@tracer.capture_lambda_handler(capture_response=False)
def handler(event, context):
    body = json.loads(event["body"])
    language = body.get("language") if body.get("language") in LANGUAGES else "en"
    text = answer(body["question"][:2000], language, context.aws_request_id, body["session_id"])
    return {"statusCode": 200, "body": json.dumps({"answer": text})}
