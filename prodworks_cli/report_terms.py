"""The words of the report: statuses, verdicts, grades."""

from __future__ import annotations

from typing import Literal

RuleStatus = Literal["pass", "partly", "fail", "unknown", "waived", "not-applicable"]
SubjectStatus = Literal["pass", "fail", "unknown", "waived", "not-applicable"]
VerdictValue = Literal["not-ready", "pilot", "production-ready", "nothing-to-audit"]
Answer = Literal["yes", "partly", "no", "cannot-tell", "not-applicable"]
Grade = Literal["A", "B", "C", "D", "E", "F"]
DeploymentState = Literal["deployed", "not-deployed", "not-declared", "missing", "unknown"]
Baseline = Literal["new", "known", "fixed", "new-rule"]
