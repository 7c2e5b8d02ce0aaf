"""Which folders a package may have in a project, told by path alone."""

import itertools
from collections.abc import Iterable, Mapping

from mog_cli.errors import AlreadyThere
from mog_package import UPLOAD, PackageType, Target
from mog_package.archive import names
from mog_package.targets import PLACES


def is_allowed(path: str, *, package_type: PackageType, target: Target, slug: str) -> bool:
    """Tell whether a folder, with a slash at its end, is one that such a package may have.

    It is below a root of its target, bears the slug, and no part below the root is hidden. Where
    a path comes from, a manifest or a lockfile from somebody's repository, makes no difference.
    """
    trimmed = path.removesuffix("/")
    if trimmed == path or names.broken_rule(trimmed, UPLOAD):
        return False
    for root in PLACES[package_type, target].roots:
        below = trimmed.removeprefix(f"{root}/")
        if below != trimmed and slug in below:
            return not any(part.startswith(".") for part in below.split("/"))
    return False


def refuse_overlap(folders: Iterable[str], owners: Mapping[str, str]) -> None:
    """Refuse folders that are, hold or are within one of another package.

    `owners` says which package has which folder. Raises AlreadyThere.
    """
    chosen = sorted({*folders}, key=_key)
    for first, second in itertools.pairwise(chosen):
        if _key(second).startswith(_key(first)):
            raise AlreadyThere(f"The package wants both {first} and {second}, one in the other.")
    for folder in chosen:
        for other, owner in owners.items():
            if _key(folder).startswith(_key(other)) or _key(other).startswith(_key(folder)):
                raise AlreadyThere(
                    f"{folder} belongs to {owner}.",
                    advice=f"Remove it first: mog uninstall {owner}",
                )


def _key(folder: str) -> str:
    return names.same_name_key(folder)
