"""What a build of Maven or Gradle takes: versions that it picks anew, and what fixes those that nobody names.

Both take the version that is named, and what that needs in the versions which its own description names: ranges among
those cannot be seen in the repository. So exact versions alone do not say that each build gets the same.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

from prodworks_cli.lazy import regex
from prodworks_cli.model import Unknown
from prodworks_cli.sources.files import File

EXACT = Unknown("the versions named are exact, and no lock fixes those of the packages that they need")

_VERSION = regex(r"<version>\s*([^<]{1,200}?)\s*</version>")
_ARTIFACT = regex(r"<artifactId>\s*([^<]{1,200}?)\s*</artifactId>")
_NAME = regex(r"^\$\{([\w.-]{1,100})\}$")
_PROPERTY = regex(r"<([\w.-]{1,100})>([^<]{1,200})</")
# ``[1.2]`` is that version and no other.
_MAVEN_LOOSE = regex(r"\(|\[(?![^,\]]+\]$)|(?:LATEST|RELEASE)$")
_SNAPSHOT = "-SNAPSHOT"
# A rule of the enforcer that lets no build through whose packages, with all that they need, leave a version open.
_ENFORCED = "banDynamicVersions"
_ALLOWED = regex(r"<(?:allow(?:Snapshots|Ranges|Latest|Release)|excludeOptionals)>\s*true|<ignores>|<excludedScopes>")

_GRADLE_VERSION = r"""(?:[\[(\]][^"']{0,80},|latest\.|[\w.-]{0,40}\+|[\w.-]{0,40}-SNAPSHOT)"""
_GRADLE_LOOSE = regex(rf"""["'][\w.-]{{1,100}}:[\w.-]{{1,100}}:{_GRADLE_VERSION}""")
_CATALOG_LOOSE = regex(_GRADLE_VERSION)
_CHECKSUM = regex(rb"<sha(?:256|512)[\s>]")
_UNVERIFIED = regex(rb"^\s{0,9}org\.gradle\.dependency\.verification\s{0,9}[=:]\s{0,9}(?:lenient|off)", re.M)


def maven_loose(text: str, own: frozenset[str]) -> int | None:
    """Where the first dependency stands whose version a build picks anew; those of the repository itself may change."""
    shown = _shown(text)
    properties = {m[1]: m[2].strip() for m in _PROPERTY.finditer(shown)}
    places = sorted([*_blocks(shown, "<dependency>", "</dependency>"), *_blocks(shown, "<parent>", "</parent>")])
    for start, end in places:
        version, artifact = _VERSION.search(shown, start, end), _ARTIFACT.search(shown, start, end)
        if version is None:
            continue
        name = _NAME.match(version[1])
        named = properties.get(name[1], version[1]) if name is not None else version[1]
        changes = named.endswith(_SNAPSHOT) and (artifact is None or artifact[1] not in own)
        if changes or _MAVEN_LOOSE.match(named):
            return version.start()
    return None


def maven_artifact(text: str) -> str | None:
    """The artifact that a pom describes."""
    found = _ARTIFACT.search(_blanked(_shown(text), "<parent>", "</parent>"))
    return found[1] if found is not None else None


def is_enforced(text: str) -> bool:
    """Whether a pom, in each build, bans versions that are picked anew, in all that the packages need too."""
    active = _shown(text)
    for part in ("pluginManagement", "profiles"):
        active = _blanked(active, f"<{part}>", f"</{part}>")
    if re.search(rf"<{_ENFORCED}\s{{0,9}}/>", active):
        return True
    rules = [active[start:end] for start, end in _blocks(active, f"<{_ENFORCED}>", f"</{_ENFORCED}>")]
    return bool(rules) and not any(_ALLOWED.search(rule) for rule in rules)


def gradle_loose(text: str) -> int | None:
    """Where the first dependency stands whose version a build picks anew."""
    found = _GRADLE_LOOSE.search(text)
    return found.start() if found is not None else None


def catalog_is_loose(text: str) -> bool:
    """Whether a catalog of versions, as TOML, leaves one open; what cannot be read leaves none."""
    try:
        catalog = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return any(_CATALOG_LOOSE.match(version) for version in _versions(catalog))


def is_verified(metadata: File, properties: File | None) -> bool:
    """Whether Gradle compares each package with a checksum, and takes none that has no entry."""
    off = properties is not None and _UNVERIFIED.search(properties.data)
    return not off and _CHECKSUM.search(metadata.data) is not None


def _shown(text: str) -> str:
    """A pom without what is commented out, each character in its place."""
    return _blanked(text, "<!--", "-->")


def _blanked(text: str, first: str, last: str) -> str:
    """A text in which what stands between two marks is blank, line by line."""
    pieces, at = [], 0
    for start, end in _blocks(text, first, last):
        pieces += [text[at:start], re.sub(r"[^\n]", " ", text[start:end])]
        at = end
    return "".join([*pieces, text[at:]])


def _blocks(text: str, first: str, last: str) -> Iterator[tuple[int, int]]:
    """What stands between two marks, from the start of the first to that of the second."""
    start = text.find(first)
    while start >= 0:
        end = text.find(last, start)
        if end < 0:
            return
        yield start, end
        start = text.find(first, end)


def _versions(catalog: Mapping[str, object]) -> Iterator[str]:
    versions, libraries = catalog.get("versions"), catalog.get("libraries")
    for version in versions.values() if isinstance(versions, Mapping) else ():
        yield from _texts(version)
    for library in libraries.values() if isinstance(libraries, Mapping) else ():
        if isinstance(library, Mapping):
            yield from _texts(library.get("version"))
        elif isinstance(library, str):
            yield library.rpartition(":")[2]


def _texts(version: object) -> Iterator[str]:
    """A version, or the parts of a rich one; what it only prefers is no limit."""
    if isinstance(version, str):
        yield version
    elif isinstance(version, Mapping):
        yield from (v for key in ("strictly", "require") if isinstance(v := version.get(key), str))
