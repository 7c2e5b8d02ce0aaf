"""What a package says that it needs, for buyers and policies to read."""

from urllib.parse import urlsplit

from mog_package import Package

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


def of(package: Package) -> dict[str, list[str]]:
    """Return the capabilities of a package, each list sorted."""
    server = package.manifest.server
    host = urlsplit(server.url).hostname if server and server.url else None
    return {
        "hosts": [host] if host else [],
        "envNames": sorted(each.name for each in server.env) if server else [],
        "binaries": [server.command] if server and server.command else [],
        "tools": sorted(package.manifest.requires_tools),
        # The code rules derive it; the shape stands already.
        "filePaths": [],
        "scriptLanguages": _languages(package),
        "fileExtensions": _extensions(package),
    }


def _languages(package: Package) -> list[str]:
    return sorted({_LANGUAGES[each] for each in _extensions(package) if each in _LANGUAGES})


def _extensions(package: Package) -> list[str]:
    names = (file.path.rpartition("/")[2] for file in package.files)
    found = {f".{name.rpartition('.')[2].lower()}" for name in names if "." in name}
    return sorted(found)
