"""Whether a call sends what was said before, and whether that has a bound, in the words of all languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from prodworks_cli.lazy import regex
from prodworks_cli.model import Unknown
from prodworks_cli.sources.calls.drafts import FRAMEWORK
from prodworks_cli.sources.calls.flows import HISTORY, INPUT, OUTSIDE, PARAMETER, STORED, UNKNOWN, WINDOW, Leaf, Trace
from prodworks_cli.sources.parts import words

_HISTORY = regex(
    r"histor(?:y|ies)(?!(?:id|table|name|key|length|size|limit|url|path|file|bucket|index|client|store|class)s?$)"
    r"|^(?:past|previous|prior|earlier|old|recent)(?:messages|turns|conversations?)$"
    r"|^conversations?(?:messages|turns|text|log)?$|^(?:chat|message|conversation)(?:log|transcript)$|^turns$|^dialogue?$"
    r"|^(?:trim|truncate|prune|compact|limit|cap)(?:messages|conversation)"
)
_KEPT = regex(r"(?:self|this|state|session\w*|memory|thread|conversation)(?:\.|\[['\"]|\?\.)messages(?:['\"]\])?$")
_SENT = words("messages history conversation chathistory conversationhistory previousmessages messagehistory turns")
# Calls that keep the last messages, or a summary of them, by their name.
WINDOWS = regex(
    r"trim_?(?:messages|history|conversation|context)|(?:sliding|message|context)_?window|^last_?n|keep_?last|take_?(?:last|right)"
    r"|(?:truncate|prune|compact|limit|cap)_?(?:history|messages|conversation|context)|summari[sz]e|^deque$"
    r"|withMaxMessages|^subList$|(?:Top|First|Last)\d+By",
    re.IGNORECASE,
)
# Names under which a reader of messages is told how many.
LIMITS = words(
    "limit Limit k last_k max_messages maxMessages maxlen max_turns maxTurns n_messages max_results maxResults"
)
# Operations whose service keeps what was said before.
_SERVICES = ("invoke_agent", "invoke_inline_agent", "invoke_flow", "retrieve_and_generate")
SERVED = Unknown("what was said before is kept by the service, whose limit is not set here")
# Names by which frameworks keep what was said: the last of it or a summary, and all of it.
BOUNDED = words(
    """
    ConversationBufferWindowMemory ConversationSummaryMemory ConversationSummaryBufferMemory trim_messages trimMessages
    ConversationTokenBufferMemory SummarizationNode
    SummarizationMiddleware BufferWindowMemory MessageWindowChatMemory TokenWindowChatMemory ChatMemoryBuffer
    ChatSummaryMemoryBuffer summarizationMiddleware VectorStoreChatMemoryAdvisor
    """
)
WHOLE = words(
    """
    ConversationBufferMemory RunnableWithMessageHistory MemorySaver InMemorySaver BufferMemory
    InMemoryChatMemory AgentCoreMemorySaver DynamoDBSaver PostgresSaver AsyncPostgresSaver SqliteSaver RedisSaver
    """
)
NULL = "NullConversationManager"
_ONE_OR_ALL = Unknown("texts of the messages that a caller sends: the last of them, or all")
_OTHER_FILE = Unknown("a memory of the framework that keeps everything is named elsewhere than the model")
_WITH_MEMORIES = ("langchain", "llama_index", "spring")
MEMORIES = tuple(sorted(name.encode() for name in BOUNDED | WHOLE | {NULL}))


@lru_cache(maxsize=8192)
def names_history(name: str) -> bool:
    """Whether a name is that of what was said before: ``chat_history``, ``self.messages``."""
    plain = name.rpartition(".")[2].replace("_", "").lower()
    return bool(_HISTORY.search(plain) or _KEPT.search(name[-60:]))


def history_of(api: str, said: Trace[Any], measured: Iterable[str]) -> bool | Unknown | None:
    """Whether what was said before has a bound in a request; absent where the request holds nothing of it.

    ``measured`` are the names of what has its length compared before the call.
    """
    if api.startswith(_SERVICES):
        return SERVED
    kept = [leaf for leaf in said.kinds(STORED, OUTSIDE) if "role" in leaf.path]
    sent = [leaf for leaf in said.kinds(INPUT) if _is_sent(leaf)]
    if not (said.kinds(HISTORY) or kept or any("role" in leaf.path or _is_whole(leaf) for leaf in sent)):
        if unread := said.kinds(UNKNOWN):
            return Unknown(unread[0].name)
        if sent:
            return _ONE_OR_ALL
        given = next((leaf for leaf in said.kinds(PARAMETER) if _is_sent(leaf)), None)
        if given is not None:
            return Unknown(f"parameter {given.name} may hold what was said before")
        read = next((leaf.name for leaf in said.kinds(STORED, OUTSIDE)), None)
        return Unknown(f"what {read} gives may hold what was said before") if read is not None else None
    return bool(said.kinds(WINDOW)) or any(names_history(n) or n.endswith("messages") for n in measured)


def _is_sent(leaf: Leaf[Any]) -> bool:
    """A caller sends what was said before, as a list of messages."""
    return any(map(_names_list, leaf.path))


def _is_whole(leaf: Leaf[Any]) -> bool:
    """The list itself, or its elements as they are, and not a member of one of them."""
    last = next(part for part in reversed(leaf.path) if part != "*")
    return _names_list(last)


def _names_list(part: str) -> bool:
    return part.replace("_", "").lower() in _SENT


def history_in_framework(names: Iterable[str], library: str, here: Iterable[str]) -> bool | Unknown:
    """What the memories of a framework keep, by those that the repository names.

    ``here`` are the names in the function that makes the model, or in the file where no function does. A memory that
    keeps everything, and is named elsewhere, need not be that of this model: it may only answer a probe.
    """
    told = set(names)
    if library == "strands":  # keeps the last messages unless it is told otherwise
        return NULL not in told
    bounded, whole = bool(told & BOUNDED), bool(told & WHOLE)
    if library not in _WITH_MEMORIES or bounded == whole:
        return FRAMEWORK
    return True if bounded else False if not WHOLE.isdisjoint(here) else _OTHER_FILE
