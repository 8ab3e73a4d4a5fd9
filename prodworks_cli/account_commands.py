"""What ``iam-policy`` and ``doctor`` do."""

from __future__ import annotations

import sys

from prodworks_cli.policy import POLICY_FORMATS, policy_text
from prodworks_cli.resources.registry import reads

USAGE = 2


def iam_policy(form: str) -> int:
    """Print the least-privilege policy."""
    if form not in POLICY_FORMATS:
        print(f"error: --format {form}: expected {', '.join(POLICY_FORMATS)}", file=sys.stderr)
        return USAGE
    sys.stdout.write(policy_text(reads(), form))
    return 0
