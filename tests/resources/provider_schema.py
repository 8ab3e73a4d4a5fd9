"""The names of Terraform arguments and blocks, as the published providers have them.

``provider_schema.json`` holds them for the types that prodworks reads. It is made from bindings that are generated from
the providers' own schemas and are too large to be a dependency (170 MB); to make it anew, with newer versions:

    pip download --no-deps cdktn-provider-aws cdktn-provider-awscc
    python -m tests.resources.provider_schema cdktn_provider_aws-*.whl cdktn_provider_awscc-*.whl

A type is a mapping from names to ``text``, ``number``, ``flag``, ``any``, the mapping of a block, or a list of one of
these.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from email.parser import Parser
from functools import cache
from pathlib import Path
from typing import Any

import prodworks_cli
from prodworks_cli.sources.terraform.known_modules import described

FILE = Path(__file__).with_suffix(".json")
_TYPE = re.compile(r'"((?:data\.)?aws(?:cc)?_[a-z0-9_]+)"')
_FUNCTION = re.compile(r"^function (\w+)ToTerraform\(struct\).*?\n    return \{\n(.*?)\n    \};", re.M | re.S)
_TOP = re.compile(r"synthesizeAttributes\(\) \{\n        return \{\n(.*?)\n        \};", re.S)
_MEMBER = re.compile(r"^\s+(\w+): (.*),$", re.M)
_BLOCK = re.compile(r"(?<![\w.])(\w+)ToTerraform\b")
_PROVIDER = re.compile(r"bindings for (\S+) provider version (\S+)")
# Readers of programs, which name modules and packages.
_OF_CODE = {"python", "typescript", "java", "calls", "cdk"}
_SCALARS = {"string": "text", "number": "number", "boolean": "flag"}


def types_read() -> set[str]:
    """Every Terraform type that the package names: ``aws_x``, ``awscc_x`` and ``data.aws_x``."""
    package = Path(prodworks_cli.__file__).parent
    files = (path for path in package.rglob("*.py") if not _OF_CODE.intersection(path.relative_to(package).parts))
    in_code = {name for path in files for name in _TYPE.findall(path.read_text(encoding="utf-8"))}
    modules = [address for entries in described().values() for entry in entries for address in entry["resources"]]
    return in_code | {address.rpartition(".")[0] for address in modules if "aws" in address.partition("_")[0]}


# Types that adapters reach only by following a reference, and do not name.
REFERRED = frozenset({"aws_apigatewayv2_integration", "aws_appsync_graphql_api", "aws_lb", "aws_alb"})


@cache
def schemas() -> Mapping[str, Any]:
    """Arguments and blocks by type."""
    types: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))["types"]
    return types


def _sources(wheel: Path, wanted: set[str]) -> Iterator[tuple[str, str]]:
    """The generated JavaScript of the wanted types, which the wheel has in an archive of its own."""
    folders = {re.sub("[._]", "-", re.sub(r"^(aws|awscc)_", "", name)): name for name in wanted}
    with zipfile.ZipFile(wheel) as outer:
        inner = next(name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(outer.read(inner))) as archive:
            for member in archive:
                folder = re.fullmatch(r"package/lib/([^/]+)/index\.js", member.name)
                content = archive.extractfile(member) if folder and folder[1] in folders else None
                if folder and content:
                    yield folders[folder[1]], content.read().decode()


def _body(members: str, functions: Mapping[str, str]) -> dict[str, Any]:
    return {name: _value(value, functions) for name, value in _MEMBER.findall(members)}


def _value(written: str, functions: Mapping[str, str]) -> Any:
    many = "istMapper(" in written
    block = next((name for name in _BLOCK.findall(written) if name in functions), None)
    scalar = next((kind for word, kind in _SCALARS.items() if f"{word}ToTerraform" in written), "any")
    value = _body(functions[block], functions) if block else {"*": scalar} if "hashMapper(" in written else scalar
    return [value] if many else value


def _origin(wheel: Path) -> tuple[str, str, str]:
    """Provider, its version with the package's name, version and license, and the day on which the package was made."""
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(n for n in archive.namelist() if n.endswith("METADATA"))
        package = Parser().parsestr(archive.read(metadata).decode())
        day = max(info.date_time for info in archive.infolist())[:3]
    provider = _PROVIDER.search(str(package.get_payload()))
    if provider is None:
        raise SystemExit(f"{wheel} does not say which provider it has")
    version = f"{provider[2]} (package {package['Name']} {package['Version']}, {package['License']})"
    return provider[1], version, "-".join(f"{part:02}" for part in day)


def main(wheels: list[Path]) -> None:
    """Write the file from the wheels of the bindings."""
    types: dict[str, Any] = {}
    source: dict[str, str] = {}
    made = []
    for wheel in wheels:
        provider, version, day = _origin(wheel)
        source[provider] = version
        made.append(day)
        prefix = f"{provider.rpartition('/')[2]}_"
        wanted = {name for name in types_read() | REFERRED if name.removeprefix("data.").startswith(prefix)}
        for name, script in _sources(wheel, wanted):
            top = _TOP.search(script)
            types[name] = _body(top[1] if top else "", dict(_FUNCTION.findall(script)))
    # A line for each type, so that two changes of the file rarely touch the same line.
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(body)}" for name, body in sorted(types.items()))
    head = f'{{"source": {json.dumps(source)}, "as_of": "{max(made)}",\n'
    FILE.write_text(f'{head}"types": {{\n{lines}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
