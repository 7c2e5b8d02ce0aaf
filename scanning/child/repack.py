"""The first program: read an upload, judge its form, write the canonical archive."""

from pathlib import Path
from typing import Any

from mog_package import Package, PackageError, open_archive, validate, write_canonical
from scanning.child import facts

UPLOAD = "upload.zip"
CANONICAL = "canonical.zip"


def run(_request: object) -> dict[str, Any]:
    """Return the facts of the package, or its problems."""
    try:
        with Path(UPLOAD).open("rb") as stream:
            package = validate(open_archive(stream))
            _write(package)
            return {"problems": [], "facts": facts.of(package)}
    except PackageError as error:
        told = error.problems[: facts.PROBLEMS]
        return {"problems": [facts.of_problem(problem) for problem in told], "facts": None}


def _write(package: Package) -> None:
    with Path(CANONICAL).open("wb") as output:
        write_canonical(package, output)
