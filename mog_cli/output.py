"""All that a command says: its result on standard output, everything else on standard error.

With `--json` standard output carries exactly one JSON document and nothing else.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from mog_cli import streams, tokens
from mog_cli.errors import MogError


@dataclass(frozen=True, slots=True)
class Result:
    """What a command found out: for programs (`data`) and for people (`text`)."""

    data: Mapping[str, object]
    text: str


@dataclass(frozen=True, slots=True)
class Console:
    """How this run talks."""

    is_json: bool
    is_verbose: bool = False

    def succeed(self, *, command: str, result: Result) -> int:
        """Say the result; returns the exit code of having said it."""
        if self.is_json:
            return _write_json({"ok": True, "command": command, "data": result.data})
        return streams.write_out(_for_people(result.text) + "\n" if result.text else "")

    def fail(self, *, command: str, error: MogError) -> None:
        """Say what went wrong and what to do."""
        if self.is_json:
            _write_json(_failure(command=command, error=error))
            return
        lines = [*error.findings, f"mog: {error.message}", error.advice]
        if error.approval_url and error.approval_url not in error.advice:
            lines.append(f"Decide here: {error.approval_url}")
        self._say("\n".join(line for line in lines if line))

    def progress(self, text: str) -> None:
        """Say what is going on, to a person who is watching."""
        if streams.shows_progress() and not self.is_json:
            self._say(text)

    def announce(self, text: str, *, event: Mapping[str, object]) -> None:
        """Say what a person must know while the command runs, watching or not.

        With `--json` it is one line of JSON on standard error.
        """
        self._say(json.dumps(event) if self.is_json else text)

    def ask(self, text: str) -> None:
        """Say what a question that follows is about."""
        self._say(text)

    def warn(self, text: str) -> None:
        """Say what is wrong but does not stop the command."""
        self._say(f"mog: warning: {text}")

    def trace(self, text: str) -> None:
        """Say what happens below, with `--verbose`."""
        if self.is_verbose:
            self._say(f"mog: {text}")

    def _say(self, text: str) -> None:
        streams.write_err(_for_people(text) + "\n")


def one_line(text: str) -> str:
    """Return a stranger's text so that it cannot begin a line of its own."""
    return _for_people(text).replace("\n", "\\n").replace("\t", "\\t")


def _failure(*, command: str, error: MogError) -> dict[str, object]:
    document: dict[str, object] = {
        "ok": False,
        "command": command,
        "error": f"{error.message} {error.advice}".strip(),
        "code": error.code,
    }
    if error.approval_url:
        document["approvalUrl"] = error.approval_url
    if error.approval:
        document.update(error.approval.data)
    if error.details:
        document["details"] = error.details
    return document


def _write_json(document: Mapping[str, object]) -> int:
    # ASCII only: control characters stay escaped, and no terminal's encoding can refuse it.
    return streams.write_out(tokens.redact(json.dumps(document)) + "\n")


def _for_people(text: str) -> str:
    return tokens.redact("".join(_visible(character) for character in text))


def _visible(character: str) -> str:
    """Return a character as a terminal may show it.

    Names of files and messages of servers come from strangers; an escape sequence or a change of
    direction in them would let them rewrite what the reader sees.
    """
    if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return character
    return ascii(character)[1:-1]
