"""The data folders ``rules`` and ``templates``: inside the installed package, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


class DataMissingError(Exception):
    """A data folder is neither in the installed package nor in a checkout."""


def data_dir(name: str) -> Path:
    """The folder of packaged data called ``name``, such as ``rules`` or ``templates``.

    An installed wheel holds it under ``prodworks_cli/_data``; a checkout has it beside the package.
    Raises :class:`DataMissingError` when there is neither.
    """
    candidates = (_PACKAGE / "_data" / name, _PACKAGE.parent / name)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    looked = " or ".join(str(candidate) for candidate in candidates)
    raise DataMissingError(f"the data folder {name!r} is missing (looked for {looked}); reinstall prodworks")
