"""What is to be known of a valid package, as plain values that JSON can carry."""

from typing import Any

from mog_package import EnvVariable, Manifest, Package, Problem, Server

# A README longer than this is shown cut.
README_BYTES = 256 * 1024
# Names and details of problems; longer ones are cut.
TEXT_CHARACTERS = 240
# So many problems are told; whoever mends them sees the rest next time.
PROBLEMS = 200


def of(package: Package) -> dict[str, Any]:
    """Return manifest, files and README of a package; equal for every archive of its tree."""
    return {
        "manifest": _manifest(package.manifest, runs_code=package.runs_code),
        "files": [[file.path, file.size_bytes, file.sha256] for file in package.files],
        "readme": _readme(package),
    }


def of_problem(problem: Problem) -> dict[str, Any]:
    """Return one broken rule."""
    return {
        "rule": str(problem.rule),
        "detail": _plain(problem.detail),
        "path": _plain(problem.path),
        "line": problem.line,
        "key": _plain(problem.key),
    }


def _plain(text: str) -> str:
    """Return a stranger's text on one line, short, with what cannot be seen spelled out."""
    shown = text[:TEXT_CHARACTERS]
    visible = (c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown)
    return "".join(visible)[:TEXT_CHARACTERS]


def _readme(package: Package) -> str:
    data = package.tree.read(package.manifest.readme)
    # A character may be cut in two at the end, and only there: the file is valid UTF-8.
    return data[:README_BYTES].decode("utf-8", errors="ignore")


def _manifest(manifest: Manifest, *, runs_code: bool) -> dict[str, Any]:
    return {
        "name": manifest.name,
        "version": str(manifest.version),
        "type": str(manifest.type),
        "description": manifest.description,
        "targets": [str(target) for target in manifest.targets],
        "installMap": {str(target): path for target, path in manifest.install_map.items()},
        "entrypoint": manifest.entrypoint,
        "requiresTools": list(manifest.requires_tools),
        "license": manifest.license,
        "keywords": list(manifest.keywords),
        "readme": manifest.readme,
        "executable": manifest.executable,
        "runsCode": runs_code,
        "server": _server(manifest.server) if manifest.server else None,
    }


def _server(server: Server) -> dict[str, Any]:
    return {
        "transport": str(server.transport),
        "command": server.command,
        "args": list(server.args),
        "url": server.url,
        "env": [_variable(each) for each in server.env],
    }


def _variable(variable: EnvVariable) -> dict[str, Any]:
    return {
        "name": variable.name,
        "description": variable.description,
        "required": variable.required,
        "secret": variable.secret,
        "default": variable.default,
    }
