"""Fingerprints of findings: the same for the same problem in the same place, whatever moves around it."""

from __future__ import annotations

import hashlib
import re

_ACCOUNT_ID = re.compile(r"(?<![0-9A-Za-z])[0-9]{12}(?![0-9A-Za-z])")


def fingerprint(rule: str, identity: str, path: str, ordinal: int) -> str:
    """Sixteen hex digits for a subject of a rule.

    ``identity`` and ``path`` (the declaring file, or "") count without account ids, so that staging and production
    agree. ``ordinal`` tells apart subjects that share all of it, from 0. Line numbers and messages do not count.
    """
    parts = (rule, _ACCOUNT_ID.sub("", identity), _ACCOUNT_ID.sub("", path), str(ordinal))
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:16]
