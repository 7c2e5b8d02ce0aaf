"""Make names out of what people call their folders and themselves."""

import getpass
import re
import unicodedata
from pathlib import Path

_LONGEST = 32
_SHORTEST = 2


def of_folder(folder: Path) -> str:
    """Return a slug after a folder; `my-package` when its name gives none."""
    return of(folder.resolve().name) or "my-package"


def of_user() -> str:
    """Return a slug after whoever is logged in to this computer; `my-name` when nobody is."""
    try:
        return of(getpass.getuser()) or "my-name"
    except (KeyError, OSError):
        return "my-name"


def of(text: str) -> str:
    """Return lowercase letters, digits and single hyphens of a text; "" when too few are left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST].strip("-")
    return slug if len(slug) >= _SHORTEST else ""
