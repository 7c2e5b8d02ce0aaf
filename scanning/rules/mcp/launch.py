"""Which program a server's command really starts: what runs a package fetches it first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mog_package import Server

_NPM_VERSION = re.compile(r"(?:npm:|jsr:)?(?:@[^/@]+/)?[^@/]+@v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?")
_PYTHON_VERSION = re.compile(r"[\w.-]+(?:\[[\w,.-]+\])?(?:==|@)\d+(?:\.\d+){1,3}[\w.+-]*")
_COMMIT = re.compile(r"@[0-9a-f]{40}\b|#[0-9a-f]{40}\b")
_IMAGE = re.compile(r"[^\s@]+(?:@sha256:[0-9a-f]{64}|:(?!latest$)[\w.-]+)")
_OWN_FILE = re.compile(r"\{dir\}|\.{0,2}/|~")

# What runs a package, by the words with which the command begins.
_OF_NPM: Final = ("npx", "bunx", "pnpm dlx", "yarn dlx", "npm exec", "npm x", "bun x", "pnpx")
_OF_PYTHON: Final = ("uvx", "uv tool run", "pipx run", "uv run")
_OF_IMAGES: Final = ("docker run", "podman run", "docker container run", "nerdctl run")
_OF_DENO: Final = ("deno run",)
# Options that are followed by a value.
_WITH_VALUE = frozenset(
    {
        *("-e", "--env", "--env-file", "-v", "--volume", "--mount", "-w", "--workdir", "-u"),
        *("--user", "--name", "-p", "--publish", "--network", "--net", "--entrypoint", "-h"),
        *("--hostname", "--add-host", "--cpus", "-m", "--memory", "--platform", "--pull", "-l"),
        *("--label", "--cap-add", "--security-opt", "--gpus", "--ipc", "--pid", "--device"),
        *("--python", "--with", "--directory", "--project", "--index", "--index-url"),
        *("--registry", "--cache", "--pip-args"),
    }
)
_NAMING = frozenset({"-p", "--package", "--from", "--spec"})


@dataclass(frozen=True, slots=True)
class Launch:
    """A package that is fetched and run: `runner` as one writes it, and what it is asked for."""

    runner: str
    wanted: str
    options: tuple[str, ...]

    @property
    def is_image(self) -> bool:
        """Tell whether it is an image of a container."""
        return self.runner in _OF_IMAGES

    @property
    def is_pinned(self) -> bool:
        """Tell whether the same words always start the same program."""
        if self.is_image:
            return _IMAGE.fullmatch(self.wanted) is not None
        if _OWN_FILE.match(self.wanted) or _COMMIT.search(self.wanted):
            return True
        version = _PYTHON_VERSION if self.runner in _OF_PYTHON else _NPM_VERSION
        return version.fullmatch(self.wanted) is not None


def of(server: Server) -> Launch | None:
    """Return what a server's command fetches and runs; None for a program that is there."""
    words = [server.command.lower(), *server.args]
    for runner in (*_OF_NPM, *_OF_PYTHON, *_OF_IMAGES, *_OF_DENO):
        count = len(runner.split())
        if " ".join(words[:count]) == runner:
            wanted, options = _wanted(words[count:], is_image=runner in _OF_IMAGES)
            is_local = runner == "uv run" and not wanted.startswith(("git+", "http"))
            return None if is_local or not wanted else Launch(runner, wanted, options)
    return None


def _wanted(words: Sequence[str], *, is_image: bool) -> tuple[str, tuple[str, ...]]:
    """Return the first word that is no option, or the one behind `--package`, and all options."""
    options: list[str] = []
    named = ""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        name, equals, value = words[at].partition("=")
        options.append(words[at])
        takes_value = name in _WITH_VALUE or (name in _NAMING and not is_image)
        if takes_value and not equals and at + 1 < len(words):
            at += 1
            value = words[at]
            options.append(value)
        if name in _NAMING and not is_image:
            named = value
        at += 1
    return named or (words[at] if at < len(words) else ""), tuple(options)
