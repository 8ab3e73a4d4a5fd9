"""Reading an account over an endpoint that takes 100 ms for each call: how long 400 calls take.

``python benchmarks/account.py``: a fake endpoint on loopback (answers made by hand) with 130 guardrails and 130
inference profiles, read by the command line as a user would. The target is 8 s for 400 calls.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.aws.conftest import SERVICES, WHO
from tests.aws.endpoint import Endpoint, FakeAccount, Params
from tests.aws.scenario import HOME, MODEL, arn, get_guardrail
from tests.aws.scenario_rest import ANSWERS

COUNT = 130
STAMP = 1_790_000_000


def guardrails(params: Params, _: str) -> Any:
    wanted = params.get("guardrailIdentifier")
    return {"guardrails": [_guardrail(name) for name in ([wanted] if wanted else map(str, range(COUNT)))]}


def _guardrail(name: str) -> dict[str, Any]:
    stamp = {"createdAt": STAMP, "updatedAt": STAMP}
    where = {"id": name, "arn": arn("bedrock", f"guardrail/{name}")}
    return {**where, "name": name, "status": "READY", "version": "DRAFT", **stamp}


def guardrail(params: Params, region: str) -> Any:
    name = params["guardrailIdentifier"]
    whole = get_guardrail({**params, "guardrailIdentifier": "gr2search"}, region)
    return {**whole, "guardrailId": name, "guardrailArn": arn("bedrock", f"guardrail/{name}"), "name": name}


def _profile(name: str) -> dict[str, Any]:
    where = {"inferenceProfileArn": arn("bedrock", f"application-inference-profile/{name}"), "inferenceProfileId": name}
    kind = {"models": [{"modelArn": MODEL}], "status": "ACTIVE", "type": "APPLICATION"}
    return {"inferenceProfileName": name, **where, **kind}


def main() -> None:
    server = Endpoint()
    answers = {
        **ANSWERS,
        "bedrock:ListGuardrails": guardrails,
        "bedrock:GetGuardrail": guardrail,
        "bedrock:ListInferenceProfiles": {"inferenceProfileSummaries": [_profile(str(n)) for n in range(COUNT)]},
        "bedrock:GetInferenceProfile": lambda given, _: _profile(given["inferenceProfileIdentifier"].split("/")[-1]),
    }
    server.account = FakeAccount({**WHO, **answers}, latency=0.1)
    prodworks = Path(sys.executable).parent / "prodworks"
    with tempfile.TemporaryDirectory() as folder:
        command = [str(prodworks), "collect", folder, "--aws", "--region", HOME, "-o", str(Path(folder) / "i.json")]
        started = time.perf_counter()
        environment = {**os.environ, **server.environment(SERVICES)}
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        seconds = time.perf_counter() - started
    made = len(server.account.calls)
    print(f"{made} calls of 100 ms in {seconds:.1f} s ({usage.ru_maxrss / 1024:.0f} MB), exit {status}")
    print(f"400 calls: {seconds * 400 / made:.1f} s")


if __name__ == "__main__":
    main()
