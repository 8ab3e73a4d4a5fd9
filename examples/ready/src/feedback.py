"""Stores what customers say of an answer, with the id of the answer."""

import json
import os
import time

import boto3

table = boto3.resource("dynamodb").Table(os.environ["FEEDBACK_TABLE"])


def handler(event, context):
    body = json.loads(event["body"])
    feedback = {"request_id": body["request"], "rating": body["rating"], "rated_at": int(time.time())}
    table.put_item(Item=feedback)
    return {"statusCode": 204}
