"""What can go wrong, said so that the reader knows what happened and what to do.

MogError
├── UsageError             the command line itself is wrong
├── ConfigError            an environment variable or setting is wrong
├── Interrupted            Ctrl-C
├── CredentialStoreError   the file with the tokens cannot be used
├── NotSignedIn            no token for this server
├── MalformedToken         this was never a token
├── PackageNotFound        there is no package to read at that path
├── PackageRefused         a package breaks rules; carries all of them
├── AlreadyThere           something stands where we were to write
├── CannotWrite            this computer does not let us
├── LoginDenied            a person said no
├── LoginExpired           nobody said anything
├── RevocationFailed       gone here, perhaps alive at the server
├── Unconfirmed            a token the server did not confirm
├── ApiError               the server answered with a refusal
├── UnexpectedAnswer       the server's answer makes no sense
└── ConnectionFailed       no answer
"""

from collections.abc import Mapping, Sequence

EXIT_OK = 0
EXIT_ERROR = 1
EXIT_HUMAN_MUST_DECIDE = 2
# 128 + SIGINT, as shells report a command that was interrupted.
EXIT_INTERRUPTED = 130


class MogError(Exception):
    """Anything that ends the command: a stable code, a sentence, and what to do about it."""

    code = "error"
    exit_code = EXIT_ERROR
    # What people read above the message, a line each.
    findings: Sequence[str] = ()

    def __init__(
        self,
        message: str,
        *,
        advice: str = "",
        details: Mapping[str, object] | None = None,
        approval_url: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.details = details
        self.approval_url = approval_url


class UsageError(MogError):
    """The command line itself is wrong."""

    code = "usage"


class ConfigError(MogError):
    """An environment variable or a setting of this computer is wrong."""

    code = "config_invalid"


class Interrupted(MogError):
    """The person pressed Ctrl-C."""

    code = "interrupted"
    exit_code = EXIT_INTERRUPTED


class CredentialStoreError(MogError):
    """The file with the tokens cannot be read or written."""

    code = "credential_store"


class NotSignedIn(MogError):
    """There is no token for this server on this computer."""

    code = "not_signed_in"


class MalformedToken(MogError):
    """The text is no token: its shape or its checksum is wrong."""

    code = "token_malformed"


class PackageNotFound(MogError):
    """There is no package to read at that path."""

    code = "package_not_found"


class PackageRefused(MogError):
    """A package breaks rules.

    `findings` says each for people, `details["problems"]` for programs.
    """

    code = "package_invalid"

    def __init__(
        self,
        message: str,
        *,
        findings: Sequence[str],
        advice: str = "",
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, advice=advice, details=details)
        self.findings = findings


class AlreadyThere(MogError):
    """Something stands where we were to write, and nobody said that it may go."""

    code = "already_exists"


class CannotWrite(MogError):
    """A file cannot be written; nothing of it is left behind."""

    code = "write_failed"


class LoginDenied(MogError):
    """The person in the browser refused the request."""

    code = "access_denied"


class LoginExpired(MogError):
    """Nobody decided in the browser while the code was valid."""

    code = "expired"
    exit_code = EXIT_HUMAN_MUST_DECIDE


class RevocationFailed(MogError):
    """The token is gone from this computer, but the server may still honour it."""

    code = "revoke_failed"


class Unconfirmed(MogError):
    """There is a token, but the server did not confirm it; the code says why."""

    def __init__(
        self, message: str, *, code: str, advice: str, details: Mapping[str, object]
    ) -> None:
        super().__init__(message, advice=advice, details=details)
        self.code = code


class ApiError(MogError):
    """The server refused; the code is the server's own."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str,
        advice: str = "",
        details: Mapping[str, object] | None = None,
        approval_url: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message, advice=advice, details=details, approval_url=approval_url)
        self.status = status
        self.code = code
        self.retry_after_seconds = retry_after_seconds
        if approval_url or code in _CODES_FOR_A_HUMAN:
            self.exit_code = EXIT_HUMAN_MUST_DECIDE


class UnexpectedAnswer(MogError):
    """The answer is not what the API promises: no JSON, a redirect, a missing field."""

    code = "unexpected_answer"


class ConnectionFailed(MogError):
    """No complete answer came.

    `is_passing` tells whether trying again soon can help.
    """

    code = "server_unreachable"

    def __init__(
        self, message: str, *, code: str = "server_unreachable", advice: str = "", is_passing: bool
    ) -> None:
        super().__init__(message, advice=advice)
        self.code = code
        self.is_passing = is_passing


_CODES_FOR_A_HUMAN = frozenset({"approval_required", "step_up_required"})
