"""Which ids the names of fields stand for, in the records of all languages: request, session, user, tenant."""

from __future__ import annotations

import re
from collections.abc import Iterable

from prodworks_cli.lazy import regex

REQUEST_IDS = regex(
    r"^(?:aws_)?(?:x[-_]?)?(?:request|correlation|trace|invocation|message|job|transaction|execution)[-_]?id$"
    r"|^requestid$|^request$|^correlation$|^traceid$",
    re.IGNORECASE,
)
PERSON_IDS = tuple(
    (word, regex(rf"^(?:{names})(?:[-_]?(?:id|key|uuid|name|sub))?$", re.IGNORECASE))
    for word, names in (
        ("session", "chat|conversation|thread|session"),
        ("user", "user|actor|customer|account|sub|username|caller|principal"),
        ("tenant", "tenant|org|organi[sz]ation|client|workspace"),
    )
)


def ids_in(names: Iterable[str]) -> set[str]:
    """Which ids some names of fields are: request, session, user, tenant."""
    found: set[str] = set()
    for name in names:
        if REQUEST_IDS.match(name):
            found.add("request")
        found |= {word for word, pattern in PERSON_IDS if pattern.match(name)}
    return found
