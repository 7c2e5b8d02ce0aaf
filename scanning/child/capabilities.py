"""What a package can touch, for buyers and policies to read: declared, and found in its code."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from mog_package import Package
from scanning.rules.capability import undeclared, uses
from scanning.rules.capability.uses import MOST, Sort

_LANGUAGES = {
    **dict.fromkeys((".py", ".pyi"), "Python"),
    **dict.fromkeys((".sh", ".bash", ".zsh", ".fish"), "Shell"),
    **dict.fromkeys((".ps1", ".psm1"), "PowerShell"),
    **dict.fromkeys((".bat", ".cmd"), "Batch"),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), "JavaScript"),
    **dict.fromkeys((".ts", ".mts", ".cts", ".tsx"), "TypeScript"),
    **dict.fromkeys((".pl", ".pm"), "Perl"),
    ".rb": "Ruby",
    ".php": "PHP",
    ".lua": "Lua",
    ".r": "R",
    ".jl": "Julia",
    ".awk": "AWK",
    ".applescript": "AppleScript",
}


def of(package: Package) -> dict[str, list[str] | bool]:
    """Return the capabilities of a package, each list sorted.

    What is declared is always there; what was found beside it fills each list up to `MOST`.
    `undeclared`: variables and programs that the manifest should name and does not.
    """
    server = package.manifest.server
    used = uses.of(package)
    missing = undeclared.of(package, used)
    host = urlsplit(server.url).hostname if server and server.url else None
    return {
        "hosts": _merged([host] if host else [], used.names[Sort.HOST]),
        "envNames": _merged(
            (each.name for each in server.env) if server else [], used.names[Sort.ENV]
        ),
        "binaries": _merged(
            [server.command] if server and server.command else [], used.names[Sort.BINARY]
        ),
        "tools": sorted(package.manifest.requires_tools),
        "filePaths": list(used.names[Sort.PATH]),
        "scriptLanguages": _languages(package),
        "fileExtensions": _extensions(package),
        "executable": package.runs_code,
        "undeclared": [*missing.env_names, *missing.binaries][:MOST],
    }


def _merged(declared: Iterable[str], found: Iterable[str]) -> list[str]:
    """Return both, sorted; where there are too many, found ones are left out."""
    return sorted(list(dict.fromkeys((*declared, *found)))[:MOST])


def _languages(package: Package) -> list[str]:
    return sorted({_LANGUAGES[each] for each in _extensions(package) if each in _LANGUAGES})


def _extensions(package: Package) -> list[str]:
    names = (file.path.rpartition("/")[2] for file in package.files)
    found = {f".{name.rpartition('.')[2].lower()}" for name in names if "." in name}
    return sorted(found)
