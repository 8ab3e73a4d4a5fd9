"""What is recorded of a model call in Python, TypeScript and Java: how long it took, how it ended, with what it was made."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.calls.records import fields_in, labels
from prodworks_cli.sources.files import tree_of

PYTHON = """import json
import logging
import time
import boto3
from aws_lambda_powertools import Tracer
logger = logging.getLogger(__name__)
tracer = Tracer()
bedrock = boto3.client("bedrock-runtime")
cloudwatch = boto3.client("cloudwatch")
def ask(event):
    start = time.time()
    BODY
MORE
"""
CALL = 'r = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=event["messages"])'
TYPESCRIPT = """import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
const client = new BedrockRuntimeClient({});
const ask = async (event) => {
  const start = Date.now();
  BODY
};
export const handler = async (event) => { const r = await ask(event); return r.output; };
MORE
"""
SEND = "const r = await client.send(new ConverseCommand({ messages: event.messages }));"
JAVA = """package com.acme;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.*;
class Chat {
  private final BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder().build();
  MARK Object ask(Ask request) { long start = System.currentTimeMillis(); BODY }
  @PostMapping Object entry(@RequestBody Ask request) { return ask(request); }
}
"""
CONVERSE = 'var r = bedrock.converse(ConverseRequest.builder().modelId("amazon.nova-lite-v1:0").build());'


def call(path: str, text: str) -> ModelCall:
    found = collect_repository(tree_of({path: text}), {}).resources
    (only,) = [r.value for r in found if isinstance(r.value, ModelCall)]
    return only


def python(body: str, more: str = "") -> ModelCall:
    taken = body.replace("CALL", CALL).replace("return r", 'return r["output"]')
    return call("app.py", PYTHON.replace("BODY", taken).replace("MORE", more))


def typescript(body: str, more: str = "") -> ModelCall:
    return call("app.ts", TYPESCRIPT.replace("BODY", body.replace("SEND", SEND)).replace("MORE", more))


def java(body: str, mark: str = "") -> ModelCall:
    return call("src/Chat.java", JAVA.replace("BODY", body.replace("CALL", CONVERSE)).replace("MARK", mark))


def seen(found: ModelCall) -> tuple[object, object, object]:
    fields = found.recorded_fields
    named = tuple("?" if isinstance(f, Unknown) else f for f in fields) if isinstance(fields, tuple) else "?"
    flags = (found.latency_recorded, found.outcome_recorded)
    latency, outcome = ("?" if isinstance(f, Unknown) else f for f in flags)
    return latency, outcome, named


@pytest.mark.parametrize(
    ("body", "latency", "outcome", "fields"),
    [
        ("CALL\n    return r", False, False, ()),
        ('CALL\n    logger.info("took %s", time.time() - start)\n    return r', True, False, ("latency",)),
        ("CALL\n    spent = time.time() - start\n    logger.info(spent)\n    return r", True, False, ("latency",)),
        ("CALL\n    end = time.time()\n    logger.info(end - start)\n    return r", True, False, ("latency",)),
        ('CALL\n    logger.info("done", extra={"latency_ms": r["metrics"]["latencyMs"], "model_id": "m"})\n    return r', True, False, ("latency", "model")),
        ('CALL\n    record = {"latency": 4, "promptVersion": "3"}\n    print(json.dumps(record))\n    return r', True, False, ("latency", "prompt_version")),
        ('CALL\n    cloudwatch.put_metric_data(Namespace="N", MetricData=[{"MetricName": "Latency", "Value": 4}])\n    return r', True, False, ("latency",)),
        ('CALL\n    logger.info("stopped: %s", r["stopReason"])\n    return r', False, True, ("stop_reason",)),
        ('CALL\n    logger.info("tokens=%s guardrail_version=%s", r["usage"], "3")\n    return r', False, False, ("guardrail_version", "usage")),
        ('try:\n        CALL\n    except Exception as e:\n        logger.error("failed: %s", e)\n        raise\n    return r', False, True, ("error",)),
        ('try:\n        CALL\n    except ClientError as e:\n        code = e.response["Error"]["Code"]\n        logger.error(code)\n        raise\n    return r', False, True, ("error",)),
        ('try:\n        CALL\n    except Exception:\n        logger.exception("failed")\n        raise\n    return r', False, True, ("error",)),
        # What tells nothing of the call: no class of the error, no record, a record that production does not write.
        ('try:\n        CALL\n    except Exception as e:\n        logger.error("failed")\n        raise\n    return r', False, False, ()),
        ('CALL\n    r["latency"] = time.time() - start\n    return r', False, False, ()),
        ("CALL\n    logger.debug(time.time() - start)\n    return r", False, False, ()),
        ("CALL\n    if DEBUG:\n        logger.info(time.time() - start)\n    return r", False, False, ()),
        ('CALL\n    logger.info("the latency is high today")\n    return r', False, False, ()),
        ("CALL\n    logger.info(total - start_index)\n    return r", False, False, ()),
        ('with tracer.provider.in_subsegment("## model"):\n        CALL\n    return r', True, True, ("error", "latency")),
    ],
)  # fmt: skip
def test_records_in_python(body: str, latency: object, outcome: object, fields: tuple[str, ...]) -> None:
    assert seen(python(body)) == (latency, outcome, fields)


@pytest.mark.parametrize(
    ("body", "latency", "outcome", "fields"),
    [
        ("SEND return r;", False, False, ()),
        ("SEND console.log(`took ${Date.now() - start} ms`); return r;", True, False, ("latency",)),
        ("SEND const spent = Date.now() - start; logger.info({ spent }); return r;", True, False, ("latency",)),
        ("SEND const end = performance.now(); logger.info(end - start); return r;", True, False, ("latency",)),
        ("SEND logger.info('done', { latencyMs: r.metrics.latencyMs, modelId: 'm' }); return r;", True, False, ("latency", "model")),
        ("SEND const record = { latency: 4, promptVersion: '3' }; console.log(JSON.stringify(record)); return r;", True, False, ("latency", "prompt_version")),
        ("SEND metrics.addMetric('Latency', MetricUnit.Milliseconds, 4); return r;", True, False, ("latency",)),
        ("SEND logger.info('done', { stopReason: r.stopReason, usage: r.usage }); return r;", False, True, ("stop_reason", "usage")),
        ("try { SEND return r; } catch (e) { console.error('failed', e); throw e; }", False, True, ("error",)),
        ("try { SEND return r; } catch (e) { const why = e.message; logger.error(why); throw e; }", False, True, ("error",)),
        ("return client.send(new ConverseCommand({ messages: event.messages })).catch((e) => { logger.error(e); throw e; });", False, True, ("error",)),
        ("try { SEND return r; } catch (e) { console.error('failed'); throw e; }", False, False, ()),
        ("SEND logger.debug(Date.now() - start); return r;", False, False, ()),
        ("SEND if (process.env.DEBUG) { console.log(Date.now() - start); } return r;", False, False, ()),
        ("SEND logger.info(items.length - offset); return r;", False, False, ()),
        ("return tracer.startActiveSpan('model', async (span) => { SEND span.end(); return r; });", True, False, ("latency",)),
        ("return tracer.startActiveSpan('model', async (span) => { try { SEND return r; } catch (e) { span.recordException(e); throw e; } });", True, True, ("error", "latency")),
    ],
)  # fmt: skip
def test_records_in_typescript(body: str, latency: object, outcome: object, fields: tuple[str, ...]) -> None:
    assert seen(typescript(body)) == (latency, outcome, fields)


@pytest.mark.parametrize(
    ("body", "latency", "outcome", "fields"),
    [
        ("CALL return r;", False, False, ()),
        ('CALL log.info("took {} ms", System.currentTimeMillis() - start); return r;', True, False, ("latency",)),
        ('CALL long spent = System.currentTimeMillis() - start; log.info("done {}", spent); return r;', True, False, ("latency",)),
        ('CALL log.info("latency={} modelId={}", r.metrics().latencyMs(), id); return r;', True, False, ("latency", "model")),
        ("CALL sample.stop(registry.timer(\"model\")); return r;", True, False, ("latency",)),
        ('CALL log.info("stopReason={} usage={}", r.stopReason(), r.usage()); return r;', False, True, ("stop_reason", "usage")),
        ('CALL log.atInfo().addKeyValue("promptVersion", version).log("done"); return r;', False, False, ("prompt_version",)),
        ('try { CALL return r; } catch (Exception e) { log.error("failed", e); throw e; }', False, True, ("error",)),
        ('try { CALL return r; } catch (Exception e) { String why = e.getMessage(); log.error(why); throw e; }', False, True, ("error",)),
        ('try { CALL return r; } catch (Exception e) { log.error("failed"); throw e; }', False, False, ()),
        ('CALL log.debug("took {} ms", System.currentTimeMillis() - start); return r;', False, False, ()),
        ('CALL if (log.isDebugEnabled()) { log.info("took {} ms", System.currentTimeMillis() - start); } return r;', False, False, ()),
        ('CALL log.info("left {}", total - used); return r;', False, False, ()),
    ],
)  # fmt: skip
def test_records_in_java(body: str, latency: object, outcome: object, fields: tuple[str, ...]) -> None:
    assert seen(java(body)) == (latency, outcome, fields)


def test_marks_of_java_that_time_or_trace_a_method() -> None:
    assert seen(java("CALL return r;", "@Timed")) == (True, False, ("latency",))
    assert seen(java("CALL return r;", "@WithSpan")) == (True, True, ("error", "latency"))


def test_what_a_library_records_by_itself() -> None:
    every = ("error", "latency", "model", "stop_reason", "usage")
    text = (
        "from opentelemetry.instrumentation.botocore import BotocoreInstrumentor\nBotocoreInstrumentor().instrument()\n"
    )
    assert seen(python("CALL\n    return r", text)) == (True, True, every)
    text = 'import { AwsInstrumentation } from "@opentelemetry/instrumentation-aws-sdk"; register({ instrumentations: [new AwsInstrumentation()] });'
    assert seen(typescript("SEND return r;", text)) == (True, True, every)


def test_a_duration_of_all_that_is_done_around_a_call_is_none_of_the_call() -> None:
    chain = "def a(event):\n    return ask(event)\ndef b(event):\n    return [a(e) for e in event]\ndef c(event):\n    start = time.time()\n    b(event)\n    logger.info(time.time() - start)\n"
    assert seen(python("CALL\n    return r", chain))[0] is False
    near = "def c(event):\n    start = time.time()\n    ask(event)\n    logger.info(time.time() - start)\n"
    assert seen(python("CALL\n    return r", near))[0] is True


def test_a_response_that_leaves_the_repository_may_be_recorded_there() -> None:
    text = PYTHON.replace("BODY", f"{CALL}\n    return r").replace("MORE", "")
    assert seen(call("app.py", text)) == ("?", "?", ("?",))


def test_records_of_frameworks_are_theirs() -> None:
    text = 'from langchain_aws import ChatBedrockConverse\nllm = ChatBedrockConverse(model="amazon.nova-lite-v1:0")\nprint(llm.invoke("hi"))\n'
    assert seen(call("app.py", text)) == ("?", "?", "?")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("latency_ms", ["latency_ms"]),
        ("latency=%s model: {}", ["latency", "model"]),
        ("Invocation took {} ms", ["took"]),
        ("the latency is high", []),
    ],
)
def test_names_in_the_texts_of_records(text: str, names: list[str]) -> None:
    assert list(labels(text)) == names


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("gen_ai.request.model", {"model"}),
        ("PromptSha256", {"prompt_version"}),
        ("guardrailAction", {"guardrail_action"}),
        ("error_code", {"error"}),
        ("estimatedCostUsd", {"cost"}),
        ("timeout", set()),
        ("remodel", set()),
        ("tokenizer", set()),
    ],
)
def test_names_of_fields(name: str, fields: set[str]) -> None:
    assert fields_in([name]) == fields


OPEN = Unknown("others may record it")


@pytest.mark.parametrize(
    ("fields", "mode", "recorded"),
    [
        (("model", "prompt_version"), "none", True),
        (("model", "prompt_version", "guardrail_version"), "attached", True),
        (("model", "prompt_version"), "attached", False),
        (("model", "prompt_version"), "applied_separately", False),
        (("model", "prompt_version"), OPEN, OPEN),
        (("model", "prompt_version", OPEN), "attached", OPEN),
        (("model",), "none", False),
        (("prompt_version",), "none", False),
        (("model", OPEN), "none", OPEN),
        ((), "attached", False),
        (OPEN, "none", OPEN),
    ],
)
def test_what_made_an_answer_is_recorded(fields: object, mode: object, recorded: object) -> None:
    values = {**vars(python("CALL\n    return r")), "recorded_fields": fields, "guardrail_mode": mode}
    assert ModelCall(**values).makers_recorded == recorded
