"""Model calls of Step Functions: tasks of a state machine that call Bedrock without any code.

The language and the service integrations:
https://docs.aws.amazon.com/step-functions/latest/dg/connect-bedrock.html
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from prodworks_cli.model import Gap, Plane, Ref, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import parsed
from prodworks_cli.resources.model_calls import ModelClient
from prodworks_cli.resources.state_machines import CATCHES_ALL, MODEL_TASK, machine, tasks
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import call_draft, guardrail_mode
from prodworks_cli.sources.calls.facts import Facts
from prodworks_cli.sources.files import File
from prodworks_cli.sources.task_facts import answers, asked, fallback, is_traced, records
from prodworks_cli.sources.yaml_nodes import MalformedYaml, read_yaml

TYPES = ("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine", "aws_sfn_state_machine")
_AT_RUN_TIME = Unknown("computed by the state machine", present=True)
_TRIES, _BACKOFF = 3, 2.0
"""Defaults of ``Retry``: MaxAttempts and BackoffRate."""


def read(declarations: Declarations, files: Sequence[File]) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """Drafts of the machines, and of ``repo.model_call`` and ``repo.model_client`` for tasks that call a model.

    A definition that is not in the repository is a gap.
    """
    by_path = {file.path: file for file in files}
    drafts: list[Draft] = []
    gaps: list[Gap] = []
    for block in declarations.of_type(*TYPES):
        definition = _definition(block, by_path)
        drafts.append(machine(block, definition, declarations))
        if definition.unknown:
            gaps.append(_gap(definition))
            continue
        for name, state in tasks(definition):
            if MODEL_TASK.search(state["Resource"].text() or ""):
                drafts += _task(block, definition, name, state)
    return tuple(drafts), tuple(gaps)


def _gap(definition: Node) -> Gap:
    reason = f"state machine: {definition.unknown.reason if definition.unknown else ''}"
    return Gap("repo.model_*", Plane.DECLARED, definition.location.where, reason, definition.location.line, minor=True)


def _definition(block: Block, files: Mapping[str, File]) -> Node:
    """The definition as written, as JSON text, or in a file beside the template."""
    written = block.body.first_of("Definition", "DefinitionString", "definition")
    if written.present:
        return parsed(written)
    uri = block.body["DefinitionUri"]
    name = uri.text()
    if name is None:
        return Node(uri.unknown or Unknown("the definition is kept elsewhere", present=True), block.body.location)
    file = files.get(posixpath.normpath(posixpath.join(posixpath.dirname(block.body.location.where), name)))
    text = file.text if file else None
    if file is None or text is None:
        return Node(Unknown(f"{name} is not in the repository", present=True), uri.location)
    try:
        return read_yaml(text, file.path)
    except MalformedYaml as error:
        return Node(Unknown(f"{name} does not parse: {error.reason}", present=True), uri.location)


def _task(block: Block, definition: Node, name: str, state: Node) -> list[Draft]:
    match = MODEL_TASK.search(state["Resource"].text() or "")
    api = re.sub(r"(?<!^)(?=[A-Z])", "_", match[1] if match else "").lower()
    at = state.location
    facts = Facts(api, _arguments(state), at)
    guardrail, version, stream = facts.guardrail()
    identity = f"{block.address}/{name}"
    agent = api in ("invoke_agent", "invoke_inline_agent", "invoke_flow", "retrieve_and_generate")
    known: dict[str, Drafted] = {
        "api": api,
        "provider": "bedrock",
        "endpoint": "bedrock-agent-runtime" if agent else "bedrock-runtime",
        "client": Ref(ModelClient.KIND, identity),
        "model_id": facts.model,
        "max_tokens": facts.limit,
        "modalities": facts.modalities(),
        "guardrail_id": guardrail,
        "guardrail_version": version,
        "guardrail_mode": guardrail_mode(guardrail),
        "guardrail_stream_mode": stream,
        "instrumented": is_traced(block),
        "usage_recorded": _usage(definition),
        "request_metadata": facts.metadata(),
        "attribution": facts.attribution(),
        "stop_reasons_handled": _stop_reasons(definition),
        "handled_errors": _handled(state),
        "fallback": fallback(definition, state),
        **records(block),
        **asked(api, facts.said()),
        **answers(_texts(definition), facts.modalities()),
    }
    return [call_draft(identity, at, known), _client(identity, state)]


def _arguments(state: Node) -> dict[str, Node]:
    """``Parameters`` (JSONPath) or ``Arguments`` (JSONata) under the names that the SDKs use."""
    given = state["Arguments"] if state["Arguments"].present else state["Parameters"]
    return {key[:1].lower() + key[1:]: value for key, value in _decided(given).members()}


def _decided(node: Node) -> Node:
    """Keys that end in ``.$`` and texts in ``{% %}`` hold expressions: their values are known at run time."""
    if isinstance(node.content, Mapping):
        members = {k.removesuffix(".$"): _expression(v) if k.endswith(".$") else _decided(v) for k, v in node.members()}
        return Node(members, node.location)
    if isinstance(node.content, tuple):
        return Node(tuple(_decided(item) for item in node.content), node.location)
    return _expression(node) if (node.text() or "").startswith("{%") else node


def _expression(node: Node) -> Node:
    return Node(_AT_RUN_TIME, node.location)


def _usage(definition: Node) -> bool | Unknown:
    """Whether some state reads the token counts of an answer."""
    reads = any("usage" in text.lower() for text in _texts(definition) if text.startswith(("$", "{%")))
    return True if reads else Unknown("the log of the state machine may hold the answer with its usage")


def _texts(definition: Node) -> Iterator[str]:
    waiting = [definition]
    while waiting:
        node = waiting.pop()
        if isinstance(node.content, Mapping):
            waiting.extend(node.content.values())
        elif isinstance(node.content, tuple):
            waiting.extend(node.content)
        elif isinstance(node.content, str):
            yield node.content


def _stop_reasons(definition: Node) -> tuple[str, ...]:
    """The values with which choices compare the stop reason."""
    text = json.dumps(definition.plain(), default=str)
    found = re.findall(r'"\$[^"]*stop_?[rR]eason", "StringEquals": "(\w+)"|stop_?[rR]eason = \'(\w+)\'', text)
    return tuple(sorted({first or second for first, second in found}))


def _handled(state: Node) -> tuple[str, ...]:
    """The errors that ``Catch`` takes, in the names of the SDK; a retry alone ends in the error."""
    caught = [e.text() or "" for entry in state["Catch"].items() for e in entry["ErrorEquals"].items()]
    return tuple(sorted({"Exception" if e in CATCHES_ALL else e.rpartition(".")[2] for e in caught}))


def _client(identity: str, state: Node) -> Draft:
    """The task as the client of its call: its time limit, and its retries with growing pauses."""
    retries = [r for r in state["Retry"].items() if _retries_throttling(r)]
    backing = [r for r in retries if r["BackoffRate"].content not in (1, 1.0)]
    tries = [_attempts(r) for r in backing]
    attributes: dict[str, Drafted] = {
        "service": "states",
        "region": None,
        "endpoint": "bedrock-runtime",
        "connect_timeout": None,
        "read_timeout": state["TimeoutSeconds"],
        "max_attempts": 1,
        "retry_mode": None,
        "outer_retries": max(tries) if tries else None,
        "host": None,
    }
    return Draft(ModelClient, state.location, attributes, identity)


def _retries_throttling(retry: Node) -> bool:
    errors = [e.text() or "" for e in retry["ErrorEquals"].items()]
    return any(e in CATCHES_ALL or "Throttling" in e for e in errors)


def _attempts(retry: Node) -> int:
    """All attempts, the first included."""
    most = retry["MaxAttempts"].content
    return 1 + (most if isinstance(most, int) else _TRIES)
