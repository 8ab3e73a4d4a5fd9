"""Support chat: answers a customer's question with a model on Amazon Bedrock."""

import json
import os

import boto3

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")

MODEL_ID = os.environ.get("MODEL_ID", "us.anthropic.claude-sonnet-4-5-20250929-v1:0")

SYSTEM_PROMPT = """You are the support assistant of Example Outdoors. Answer questions about orders, returns and
shipping in a friendly tone. If you do not know the answer, say that a colleague will get back to the customer. Never
promise a refund. Never give legal or medical advice. Answer in at most five sentences."""


def answer(question, history, language):
    messages = history + [{"role": "user", "content": [{"text": question}]}]
    response = bedrock.converse(
        modelId=MODEL_ID,
        system=[{"text": f"{SYSTEM_PROMPT} Answer in {language}."}],
        messages=messages,
    )
    return response["output"]["message"]["content"][0]["text"]


def handler(event, context):
    body = json.loads(event["body"])
    print("question:", body["question"])
    text = answer(body["question"], body.get("history", []), body.get("language", "English"))
    return {"statusCode": 200, "body": json.dumps({"answer": text})}
