"""The least that any audit must do: list a repository, read its files, and parse those that have a grammar.

``python benchmarks/parse.py REPOSITORY``: what ``run.py`` compares an audit with. Nothing is done with the trees.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import tree_sitter_hcl
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_python
import tree_sitter_typescript
import yaml
from tree_sitter import Language, Parser

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from prodworks_cli.sources.listings import read_tree
from prodworks_cli.sources.parts import suffix_of


def grammar(language: Any) -> Callable[[bytes], object]:
    return Parser(Language(language)).parse


def load_yaml(data: bytes) -> object:
    with suppress(yaml.YAMLError):
        return list(yaml.compose_all(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    return None


def load_json(data: bytes) -> object:
    with suppress(ValueError, RecursionError):
        return json.loads(data)
    return None


def parsers() -> dict[str, Callable[[bytes], object]]:
    javascript, tsx = grammar(tree_sitter_javascript.language()), grammar(tree_sitter_typescript.language_tsx())
    typescript, hcl = grammar(tree_sitter_typescript.language_typescript()), grammar(tree_sitter_hcl.language())
    return {
        ".py": grammar(tree_sitter_python.language()),
        ".java": grammar(tree_sitter_java.language()),
        **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), javascript),
        **dict.fromkeys((".ts", ".mts", ".cts"), typescript),
        ".tsx": tsx,
        **dict.fromkeys((".tf", ".hcl", ".tfvars"), hcl),
        **dict.fromkeys((".yaml", ".yml"), load_yaml),
        **dict.fromkeys((".json", ".ipynb"), load_json),
    }


def main() -> None:
    known = parsers()
    parsed = 0
    for file in read_tree(Path(sys.argv[1])).files:
        parse = known.get(suffix_of(file.path))
        if parse:
            parse(file.data)
            parsed += 1
    print(f"{parsed} files parsed")


if __name__ == "__main__":
    main()
