"""What can go wrong, said so that the reader knows what happened and what to do.

A refusal that one module alone makes stands in that module.

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
├── LockfileInvalid        mog.lock.json cannot be used
├── LockfileDrift          --frozen, and the lockfile would change
├── JournalRefused         an interrupted change that mog cannot take back by itself
├── RecoveryPending        an interrupted change that the next command takes back
├── ProjectBusy            another mog works in the same project
├── NotInstalled           the lockfile does not know the package
├── LocallyModified        files would be lost that somebody has changed
├── Damaged                what is installed is not what was installed
├── AuditFailed            what is installed should not be used
├── PathTraversal          an entry of an archive leads out of its folder
├── WrongPackage           the archive is not the package that was asked for
├── DownloadFailed         the archive did not come, or not as promised
├── PurchaseNeeded         it costs money, and nobody said that it may
├── ConsentNeeded          it runs code, and nobody said that it may
├── Declined               the person was asked and said no
├── EnvironmentIncomplete  a server lacks variables
├── SettingsRefused        a client's settings cannot be changed safely
├── ReleaseRejected        the marketplace refuses an upload
├── ReleaseUndecided       a person, or more time, decides about an upload
├── LoginDenied            a person said no
├── LoginExpired           nobody said anything
├── ApprovalDenied         a person said no to a purchase
├── ApprovalExpired        nobody said anything about a purchase, and now it is too late
├── ApprovalUndecided      nobody has said anything about a purchase yet
├── RevocationFailed       gone here, perhaps alive at the server
├── Unconfirmed            a token the server did not confirm
├── ApiError               the server answered with a refusal
├── UnexpectedAnswer       the server's answer makes no sense
└── ConnectionFailed       no answer
"""

from collections.abc import Mapping, Sequence

from mog_cli.approval_request import ApprovalRequest

EXIT_ERROR = 1
EXIT_HUMAN_MUST_DECIDE = 2
# 128 + SIGINT, as shells report a command that was interrupted.
EXIT_INTERRUPTED = 130


class MogError(Exception):
    """Anything that ends the command: a stable code, a sentence, and what to do about it.

    findings: what people read above the message, a line each.
    approval: the purchase that waits for a person; its link is the `approval_url`.
    """

    code = "error"
    exit_code = EXIT_ERROR

    def __init__(
        self,
        message: str,
        *,
        findings: Sequence[str] = (),
        advice: str = "",
        details: Mapping[str, object] | None = None,
        approval_url: str = "",
        approval: ApprovalRequest | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.findings = findings
        self.advice = advice
        self.details = details
        self.approval_url = approval.url if approval else approval_url
        self.approval = approval


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


class AlreadyThere(MogError):
    """Something stands where we were to write, and nobody said that it may go."""

    code = "already_exists"


class CannotWrite(MogError):
    """A file cannot be written; nothing of it is left behind."""

    code = "write_failed"


class LockfileInvalid(MogError):
    """The lockfile is damaged, of another format, or names unsafe paths."""

    code = "lockfile_invalid"


class LockfileDrift(MogError):
    """The lockfile would have to change, and `--frozen` says that it must not."""

    code = "lockfile_drift"


class JournalRefused(MogError):
    """An interrupted change is noted, but not so that mog may act on it by itself."""

    code = "journal_invalid"


class RecoveryPending(MogError):
    """A change was interrupted; the next command that writes takes it back."""

    code = "recovery_pending"


class ProjectBusy(MogError):
    """Another mog works in the same project for longer than we wait."""

    code = "project_busy"


class NotInstalled(MogError):
    """The lockfile does not know the package."""

    code = "not_installed"


class LocallyModified(MogError):
    """Files that somebody has changed would be lost."""

    code = "locally_modified"


class Damaged(MogError):
    """What is installed is not what was installed; `findings` names each file."""

    code = "verify_failed"


class AuditFailed(MogError):
    """Something that is installed should not be used; `findings` is a table of everything."""

    code = "audit_failed"


class PathTraversal(MogError):
    """An entry of an archive leads out of its folder; nothing was written."""

    code = "path_traversal"

    def __init__(self, entry: str) -> None:
        super().__init__(f"Path traversal detected: {entry}")


class WrongPackage(MogError):
    """The archive holds another package than the one that was asked for."""

    code = "wrong_package"


class DownloadFailed(MogError):
    """The archive did not come, or not as promised; nothing was written.

    `is_passing` tells whether trying again soon can help.
    """

    code = "download_failed"

    def __init__(
        self, message: str, *, code: str, advice: str = "", is_passing: bool = False
    ) -> None:
        super().__init__(message, advice=advice)
        self.code = code
        self.is_passing = is_passing


class PurchaseNeeded(MogError):
    """The package costs money, and nobody said that it may be spent."""

    code = "purchase_required"
    exit_code = EXIT_HUMAN_MUST_DECIDE


class ConsentNeeded(MogError):
    """The package runs code on this computer, and nobody said that it may."""

    code = "consent_required"
    exit_code = EXIT_HUMAN_MUST_DECIDE


class Declined(MogError):
    """The person was asked and said no; nothing was changed."""

    code = "declined"


class EnvironmentIncomplete(MogError):
    """A server needs variables that nobody gave."""

    code = "env_missing"


class SettingsRefused(MogError):
    """The settings file of a client cannot be changed without breaking something."""

    code = "settings_invalid"


class ReleaseRejected(MogError):
    """The marketplace refuses an upload; `findings` says why."""

    code = "release_rejected"


class ReleaseUndecided(MogError):
    """A person, or more time, decides about an upload; `findings` says what was found so far."""

    exit_code = EXIT_HUMAN_MUST_DECIDE

    def __init__(
        self,
        message: str,
        *,
        code: str,
        findings: Sequence[str],
        advice: str,
        details: Mapping[str, object],
    ) -> None:
        super().__init__(message, findings=findings, advice=advice, details=details)
        self.code = code


class LoginDenied(MogError):
    """The person in the browser refused the request."""

    code = "access_denied"


class LoginExpired(MogError):
    """Nobody decided in the browser while the code was valid."""

    code = "expired"
    exit_code = EXIT_HUMAN_MUST_DECIDE


class ApprovalDenied(MogError):
    """A person was asked about a purchase and said no; nothing was bought."""

    code = "approval_denied"


class ApprovalExpired(MogError):
    """Nobody decided about a purchase in time; nothing was bought."""

    code = "approval_expired"
    exit_code = EXIT_HUMAN_MUST_DECIDE


class ApprovalUndecided(MogError):
    """Nobody has decided about a purchase yet; nothing was bought so far."""

    code = "approval_required"
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
        approval: ApprovalRequest | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(
            message, advice=advice, details=details, approval_url=approval_url, approval=approval
        )
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


_CODES_FOR_A_HUMAN = frozenset({"approval_required", "insufficient_funds", "step_up_required"})
