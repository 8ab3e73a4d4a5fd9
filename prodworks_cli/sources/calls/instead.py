"""The words in which the code of all languages says what happens instead when a model call fails."""

from __future__ import annotations

import re

from prodworks_cli.lazy import regex

# A name of what is done instead.
INSTEAD = regex(
    r"fall_?back|backup|secondary|alternat|degrad|cached|from_?cache|search_?only|hand_?over|hand_?off|escalat|to_?human"
    r"|default_?(?:answer|response|reply)|canned|other_?model|next_?model|queue_?for|enqueue",
    re.IGNORECASE,
)
# An answer that hands the question to a person, rather than telling of an error.
HANDED_OVER = regex(
    r"colleague|human|support team|contact us|call us|get back to you|follow up|transfer|an agent will|we will reply",
    re.IGNORECASE,
)
# What a loop goes through when it tries the next of several models.
CANDIDATES = regex(r"model|region|provider|profile|endpoint|client|candidate", re.IGNORECASE)
