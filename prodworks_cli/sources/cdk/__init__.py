"""CDK applications in TypeScript, Python and Java, read statically into blocks of CloudFormation types."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Sequence

from prodworks_cli.model import Gap
from prodworks_cli.node import Block
from prodworks_cli.sources.files import File

WORDS = (b"aws-cdk-lib", b"aws_cdk", b"@aws-cdk/", b"software.amazon.awscdk")
LANGUAGES = {
    ".ts": "typescript",
    ".mts": "typescript",
    ".js": "typescript",
    ".mjs": "typescript",
    ".py": "python",
    ".java": "java",
}


def read(
    files: Sequence[File],
    assembly: Sequence[File] = (),
    given: Collection[str] = (),
    snapshots: Sequence[File] = (),
) -> tuple[tuple[Block, ...], tuple[Gap, ...]]:
    """The resources that CDK code declares, as blocks of CloudFormation types, and what could not be read.

    No code runs. An address is ``<file>#<path of the construct>``. A stack that no app makes is read with unknown
    properties. Where ``assembly`` holds what ``cdk synth`` made of an app as it is now, that is read instead; one in a
    folder of ``given`` is taken for that, whatever language the app is written in. Where no assembly is there,
    ``snapshots`` of tests show what constructs of unknown libraries may declare. The reader is imported where a file
    imports the CDK.
    """
    cdk = [file for file in files if language_of(file.path) and any(word in file.data for word in WORDS)]
    if not cdk and not given:
        return (), ()
    from prodworks_cli.sources.cdk.reader import read_apps

    return read_apps(files, cdk, assembly, given, snapshots)


def language_of(path: str) -> str | None:
    """The language of a file that may be CDK code, by its name."""
    return None if path.endswith(".d.ts") else LANGUAGES.get(posixpath.splitext(path)[1])
