"""How tracing and metrics are set up, from raw source, containers and IaC."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Resource, Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.resources.telemetry import Telemetry
from prodworks_cli.sources.files import tree_of

STRANDS = "from strands.telemetry import StrandsTelemetry\n\nStrandsTelemetry()"
PHOENIX = "from phoenix.otel import register\n\nregister()\n"
NAME = {"container": "Dockerfile", "requirements": "requirements.txt", "compose": "compose.yaml"}


def found(text: str, **files: str) -> list[tuple[Resource, Telemetry]]:
    paths = {NAME.get(name, name): content for name, content in files.items()}
    resources = collect_repository(tree_of({"app.py": text, **paths}), {}).resources
    return [(r, r.value) for r in resources if isinstance(r.value, Telemetry)]


def read(text: str, **files: str) -> Telemetry:
    ((_, value),) = found(text, **files)
    return value


@pytest.mark.parametrize(
    ("text", "framework", "exporter", "models"),
    [
        ("from aws_lambda_powertools import Tracer\n\ntracer = Tracer()\n", "powertools-tracer", "xray", True),
        (
            "from aws_lambda_powertools import Metrics\n\nm = Metrics()\n\n@m.log_metrics\ndef f(e, c):\n    pass\n",
            "powertools-metrics",
            "emf",
            False,
        ),
        ("from aws_lambda_powertools import Metrics\n\nm = Metrics()\n", "powertools-metrics", "none", False),
        ("from aws_xray_sdk.core import patch_all\n\npatch_all()\n", "xray", "xray", True),
        (
            "from aws_embedded_metrics import metric_scope\n\n@metric_scope\ndef f(m):\n  1\n",
            "aws-embedded-metrics",
            "emf",
            False,
        ),
        ("from langfuse import observe\n\n@observe()\ndef f():\n    pass\n", "langfuse", "langfuse", True),
        ("from langfuse import Langfuse\n\nLangfuse(tracing_enabled=False)\n", "langfuse", "none", True),
        ("from langfuse.openai import OpenAI\n\nOpenAI()\n", "langfuse", "langfuse", True),
        ("from langsmith import traceable\n\n@traceable\ndef f():\n    pass\n", "langsmith", "langsmith", True),
        ("from traceloop.sdk import Traceloop\n\nTraceloop.init()\n", "traceloop", "traceloop", True),
        ("from traceloop.sdk import Traceloop\n\nTraceloop.init(exporter=own)\n", "traceloop", "otlp", True),
        ("from phoenix.otel import register\n\nregister()\n", "openinference", "otlp", True),
        ("import logfire\n\nlogfire.configure()\nlogfire.instrument_openai()\n", "logfire", "logfire", True),
        ("import mlflow\n\nmlflow.bedrock.autolog()\n", "mlflow", "mlflow", True),
        ("from ddtrace import patch_all\n\npatch_all()\n", "datadog", "datadog", True),
        (f"{STRANDS}.setup_otlp_exporter()\n", "strands", "otlp", True),
        (f"{STRANDS}.setup_console_exporter()\n", "strands", "console", True),
    ],
)
def test_frameworks(text: str, framework: str, exporter: str, models: bool) -> None:
    value = read(text)
    assert (value.framework, value.exporter, value.instruments_models) == (framework, exporter, models)


@pytest.mark.parametrize(
    "text",
    [
        "import opentelemetry\n",
        "from aws_lambda_powertools import Logger\n\nlogger = Logger()\n",
        "# from langfuse import observe\nX = 'TracerProvider()'\n",
        "from own import Tracer\n\nTracer()  # not aws_lambda_powertools\n",
        "from .langfuse import observe\n\n@observe\ndef f():\n    pass\n",
    ],
)
def test_what_sets_up_nothing(text: str) -> None:
    assert found(text, requirements="opentelemetry-sdk==1.30.0\nlangfuse==3.0\n") == []


OTEL = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
{}
provider = TracerProvider()
"""
OTLP = """from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
"""
CONSOLE = OTLP.replace(
    "opentelemetry.exporter.otlp.proto.http.trace_exporter", "opentelemetry.sdk.trace.export"
).replace("OTLPSpanExporter", "ConsoleSpanExporter")


@pytest.mark.parametrize(("exporter", "told"), [("", "none"), (OTLP, "otlp"), (CONSOLE, "console")])
def test_where_the_sdk_sends_spans(exporter: str, told: str) -> None:
    assert read(OTEL.format(exporter)).exporter == told


def test_an_exporter_in_another_file_counts() -> None:
    assert read(OTEL.format(""), **{"export.py": OTLP}).exporter == "otlp"


@pytest.mark.parametrize(
    ("lines", "exporter"),
    [
        ("ENV OTEL_SDK_DISABLED=true", "none"),
        ("ENV OTEL_TRACES_EXPORTER=none", "none"),
        ("ENV OTEL_TRACES_EXPORTER console", "console"),
        ("ENV OTEL_TRACES_EXPORTER=$EXPORTER", Unknown),
        ("# ENV OTEL_SDK_DISABLED=true", "otlp"),
    ],
)
def test_variables_of_a_container(lines: str, exporter: str | type) -> None:
    value = read(OTEL.format(OTLP), container=f"FROM python:3.12\n{lines}\n")
    assert isinstance(value.exporter, Unknown) if exporter is Unknown else value.exporter == exporter


INSTRUMENTOR = (
    "from opentelemetry.instrumentation.botocore import BotocoreInstrumentor\n\nBotocoreInstrumentor().instrument()\n"
)


def test_an_instrumentation_without_a_launch_exports_nothing() -> None:
    assert read(INSTRUMENTOR, container='FROM python:3.12\nCMD ["python", "app.py"]\n').exporter == "none"
    assert isinstance(read(INSTRUMENTOR).exporter, Unknown)


@pytest.mark.parametrize(("pin", "names"), [("==0.55b0", "previous"), (">=0.50", Unknown)])
def test_the_names_of_an_instrumentation_depend_on_its_version(pin: str, names: str | type) -> None:
    value = read(INSTRUMENTOR, requirements=f"opentelemetry-instrumentation-botocore{pin}\n")
    assert isinstance(value.genai_conventions, Unknown) if names is Unknown else value.genai_conventions == names
    assert value.names_model_spans is True


SPAN = """
from opentelemetry import trace

with trace.get_tracer("x").start_as_current_span("chat") as span:
    span.set_attribute("gen_ai.{}", "aws.bedrock")
    span.set_attribute("gen_ai.request.model", model)
    span.set_attribute("gen_ai.usage.input_tokens", 1)
    span.set_attribute("{}", text)
"""


@pytest.mark.parametrize(
    ("provider", "other", "names", "capture"),
    [
        ("provider.name", "x", "current", "off"),
        ("system", "x", "previous", "off"),
        ("other", "x", "none", "off"),
        ("system", "gen_ai.input.messages", "previous", "on"),
    ],
)
def test_spans_that_the_code_names(provider: str, other: str, names: str, capture: str) -> None:
    value = read(SPAN.format(provider, other))
    assert (value.genai_conventions, value.content_capture) == (names, capture)


TRACELOOP = "from traceloop.sdk import Traceloop\n\nTraceloop.init()\n"
LANGFUSE = "from langfuse import Langfuse\n\nLangfuse({})\n"


@pytest.mark.parametrize(
    ("text", "variables", "capture"),
    [
        (INSTRUMENTOR, "", "off"),
        (INSTRUMENTOR, "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true", "on"),
        (INSTRUMENTOR, "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_ONLY", "on"),
        (INSTRUMENTOR, "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=NO_CONTENT", "off"),
        (INSTRUMENTOR, "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=$X", Unknown),
        (TRACELOOP, "", "on"),
        (TRACELOOP, "TRACELOOP_TRACE_CONTENT=false", "off"),
        (TRACELOOP, "TRACELOOP_TRACE_CONTENT=$X", Unknown),
        (LANGFUSE.format(""), "", "on"),
        ("from strands.telemetry import StrandsTelemetry\n\nStrandsTelemetry()\n", "", "on"),
        (
            "from strands.telemetry import StrandsTelemetry\n\nStrandsTelemetry()\n",
            "OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_unredacted_attributes=",
            "off",
        ),
        ("from phoenix.otel import register\n\nregister()\n", "OPENINFERENCE_HIDE_INPUTS=true", "on"),
        (PHOENIX, "OPENINFERENCE_HIDE_INPUTS=true OPENINFERENCE_HIDE_OUTPUTS=true", "off"),
    ],
)
def test_whether_contents_are_captured(text: str, variables: str, capture: str | type) -> None:
    value = read(text, container=f"FROM python:3.12\nENV {variables}\n")
    assert isinstance(value.content_capture, Unknown) if capture is Unknown else value.content_capture == capture


@pytest.mark.parametrize(("given", "masked"), [("mask=own", True), ("mask=None", False), ("", False)])
def test_the_mask_of_langfuse(given: str, masked: bool) -> None:
    assert read(LANGFUSE.format(given)).content_masked is masked


def test_a_processor_that_redacts_is_a_mask() -> None:
    processor = "\nclass Redacting(SpanProcessor):\n    def on_end(self, span):\n        redact(span)\n"
    assert read(OTEL.format(OTLP) + processor).content_masked is True


LAUNCH = (
    'FROM python:3.12\nRUN pip install aws-opentelemetry-distro\nCMD ["opentelemetry-instrument", "python", "app.py"]\n'
)


def test_a_launcher_instruments_the_aws_sdk() -> None:
    ask = "import boto3\n\nboto3.client('bedrock-runtime').converse(modelId='amazon.nova-lite-v1:0', messages=[])\n"
    ((resource, value),) = found(ask, container=LAUNCH)
    assert (value.framework, value.exporter, value.instruments_models) == ("adot", "otlp", True)
    assert (resource.locations[""].where, resource.locations[""].line) == ("Dockerfile", 3)
    resources = collect_repository(tree_of({"app.py": ask, "Dockerfile": LAUNCH}), {}).resources
    (call,) = [r.value for r in resources if isinstance(r.value, ModelCall)]
    assert (call.instrumented, call.usage_recorded) == (True, True)


def test_a_launch_of_what_calls_no_model_sees_none() -> None:
    ((_, value),) = found("import boto3\n", **{"ui/Dockerfile": LAUNCH, "ui/page.py": "import streamlit\n"})
    assert (value.exporter, value.instruments_models) == ("otlp", False)


def test_words_in_code_are_a_launch_only_as_a_command() -> None:
    assert found('"""Runs opentelemetry-instrument."""\nimport boto3\n') == []
    assert read('import boto3\nENTRY = ["opentelemetry-instrument", "app.py"]\n').exporter == "otlp"


def test_an_installation_is_no_launch() -> None:
    assert found("x = 1\n", container='RUN pip install opentelemetry-instrument\nCMD ["python"]\n') == []


def test_strands_sends_what_was_said_wherever_it_is_launched() -> None:
    values = {str(v.framework): v for _, v in found("from strands import Agent\n\nAgent()\n", container=LAUNCH)}
    assert sorted(values) == ["adot", "strands"]
    assert (values["adot"].content_capture, values["strands"].content_capture) == ("off", "on")


TEMPLATE = """
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Environment:
        Variables: {{{}}}
"""


def test_the_wrapper_of_a_function_is_a_launch() -> None:
    ask = "import boto3\n\nboto3.client('bedrock-runtime').converse(modelId='amazon.nova-lite-v1:0', messages=[])\n"
    files = {"t.yaml": TEMPLATE.format("AWS_LAMBDA_EXEC_WRAPPER: /opt/otel-instrument")}
    assert read(ask, **files).framework == "adot"
    resources = collect_repository(tree_of({"app.py": ask, **files}), {}).resources
    (call,) = [r.value for r in resources if isinstance(r.value, ModelCall)]
    assert isinstance(call.instrumented, Unknown)


def test_variables_alone_switch_langsmith_on() -> None:
    assert read("x = 1\n", **{"t.yaml": TEMPLATE.format("LANGSMITH_TRACING: 'true'")}).framework == "langsmith"
    assert found("x = 1\n", **{"t.yaml": TEMPLATE.format("LANGSMITH_TRACING: 'false'")}) == []


def test_variables_that_several_places_set_differently_are_not_known() -> None:
    container = "ENV OTEL_TRACES_EXPORTER=none\n"
    compose = "services:\n  a:\n    environment:\n      OTEL_TRACES_EXPORTER: otlp\n"
    assert isinstance(read(OTEL.format(OTLP), container=container, compose=compose).exporter, Unknown)


def test_code_that_reads_a_variable_does_not_set_it() -> None:
    text = OTEL.format(OTLP) + "import os\n\nx = os.environ.get('OTEL_TRACES_EXPORTER', 'none')\n"
    assert read(text).exporter == "otlp"
    assert read(text + "os.environ['OTEL_TRACES_EXPORTER'] = 'console'\n").exporter == "console"


def script(text: str) -> Telemetry:
    resources = collect_repository(tree_of({"app.ts": text}), {}).resources
    (value,) = [r.value for r in resources if isinstance(r.value, Telemetry)]
    return value


@pytest.mark.parametrize(
    ("text", "framework", "exporter", "models"),
    [
        ('import { Tracer } from "@aws-lambda-powertools/tracer";\nnew Tracer();\n', "powertools-tracer", "xray", True),
        (
            'import { Metrics } from "@aws-lambda-powertools/metrics";\nnew Metrics();\n',
            "powertools-metrics",
            "none",
            False,
        ),
        ('import AWSXRay from "aws-xray-sdk";\nAWSXRay.captureAWSv3Client(c);\n', "xray", "xray", True),
        ('import { Langfuse } from "langfuse";\nnew Langfuse();\n', "langfuse", "langfuse", True),
        (
            'import * as traceloop from "@traceloop/node-server-sdk";\ntraceloop.initialize({});\n',
            "traceloop",
            "traceloop",
            True,
        ),
        ('import { registerOTel } from "@vercel/otel";\nregisterOTel("x");\n', "opentelemetry", "otlp", False),
        (
            'import { NodeSDK } from "@opentelemetry/sdk-node";\nnew NodeSDK().start();\n',
            "opentelemetry",
            "none",
            False,
        ),
    ],
)
def test_frameworks_of_typescript(text: str, framework: str, exporter: str, models: bool) -> None:
    value = script(text)
    assert (value.framework, value.exporter, value.instruments_models) == (framework, exporter, models)


def test_an_exporter_of_typescript() -> None:
    head = 'import { NodeSDK } from "@opentelemetry/sdk-node";\n'
    otlp = 'import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";\n'
    made = "new NodeSDK({ traceExporter: new OTLPTraceExporter() }).start();\n"
    assert script(head + otlp + made).exporter == "otlp"


@pytest.mark.parametrize(
    ("told", "capture"),
    [
        ("{ isEnabled: true }", "on"),
        ("{ isEnabled: true, recordInputs: false, recordOutputs: false }", "off"),
        ("{ isEnabled: true, recordInputs: false }", "on"),
    ],
)
def test_the_ai_sdk_records_what_is_said(told: str, capture: str) -> None:
    text = f'import {{ generateText }} from "ai";\ngenerateText({{ model, prompt, experimental_telemetry: {told} }});\n'
    value = script(text)
    assert (value.content_capture, value.genai_conventions, value.instruments_models) == (capture, "previous", True)


@pytest.mark.parametrize(
    "text",
    [
        '// import { Langfuse } from "langfuse"; new Langfuse();\n',
        'import { Tracer } from "./tracer";\nnew Tracer(); // @aws-lambda-powertools/tracer\n',
        "generateText({ experimental_telemetry: { isEnabled: false } });\n",
    ],
)
def test_what_sets_up_nothing_in_typescript(text: str) -> None:
    resources = collect_repository(tree_of({"app.ts": text}), {}).resources
    assert [r for r in resources if isinstance(r.value, Telemetry)] == []
