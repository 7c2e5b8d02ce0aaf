"""What accounts refuses, as exceptions with data and without HTTP.

AccountsError
├── SignInRequired          nobody is signed in
├── InvalidCredential       a token that is malformed, unknown, expired or revoked
├── MissingScope            the credential may not do this
├── StepUpRequired          the act needs a browser and a recent proof of identity
├── InvalidTokenRequest     a token was asked for that must not exist
├── StaleForm               a form that creates a secret was sent twice, or too late
├── UnknownClient           no OAuth client goes by that id
├── InvalidScope            a device asked for no scope, or for one nobody knows
├── InvalidDeviceCode       a device code that is unknown, used, or another client's
├── WrongUserCode           a person typed a code that no device shows
├── CodeEntryLocked         too many wrong codes were typed
├── DeviceGrantClosed       a device request that was decided, used, or has lapsed
├── SignInRefused           a provider did not, or may not, let somebody in
│   ├── StateRefused        the round trip was not this browser's own
│   └── StepUpRefused       the round trip proved somebody else, or nothing recent
├── SecondFactorAwaited     a provider vouched for somebody who has still to give a second factor
├── SecondFactorRequired    the act needs an account with a second factor
├── WrongCode               no code of the account, or one that was used
├── PasskeyRefused          the browser's answer proves no passkey
├── SecretUnreadable        no key opens what is stored of a second factor
├── UnknownProvider         nobody can sign in with that here
├── InvalidPolicy           a spend policy that must not be; `field` names what to change
├── RoleRequired            a member of an organization may not do this
├── BoundToOrganization     a token that acts for one organization would act beyond it
├── LastOwner               an organization would be left without an owner
├── OrganizationInUse       something has to be put in order before an organization is deleted
├── InvalidOrganization     an organization that must not be; `field` names what to change
├── InvalidInvitation       an invitation that must not be; `field` names what to change
├── AlreadyMember           the invited person belongs to the organization
├── AlreadyInvited          an invitation to the address is open
├── InvitationLimitReached  too many invitations were mailed
├── InvitationEnded         an invitation that was answered, taken back, or has lapsed
├── InvitedElsewhere        an invitation that went to another address
├── PolicyInUse             the default policy cannot be deleted
└── InvalidNamespace        a name that cannot be taken
"""

from datetime import timedelta

from accounts.scopes import Scope


class AccountsError(Exception):
    """Any refusal of this room."""


class SignInRequired(AccountsError):
    """The act needs a signed-in actor."""


class InvalidCredential(AccountsError):
    """The presented token does not let anybody in; never says why, so that nothing is learned."""


class MissingScope(AccountsError):
    """The credential lacks a scope."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"this needs a token with the scope {scope.value!r}")
        self.scope = scope


class StepUpRequired(AccountsError):
    """The act needs a browser session that proved its identity in the last ten minutes.

    `page` is the path where a person does it; empty where any page that asks for step-up will do.
    """

    def __init__(self, page: str = "") -> None:
        super().__init__("this needs a person who has just proven who they are")
        self.page = page


class InvalidTokenRequest(AccountsError):
    """A token with these properties must not exist; `field` names what to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class InvalidPolicy(AccountsError):
    """A spend policy must not be like this; `field` names what to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class RoleRequired(AccountsError):
    """The act needs a higher role in the organization; `role` names the lowest that will do."""

    def __init__(self, role: str) -> None:
        super().__init__(f"this needs the role {role!s}")
        self.role = role


class BoundToOrganization(AccountsError):
    """The token acts for one organization, and this is beyond it."""


class LastOwner(AccountsError):
    """An organization always has an owner: another one comes before the last one goes."""


class OrganizationInUse(AccountsError):
    """The organization cannot be deleted yet; `obstacles` names why, as words of a closed list."""

    def __init__(self, obstacles: tuple[str, ...]) -> None:
        super().__init__(", ".join(obstacles))
        self.obstacles = obstacles


class InvalidOrganization(AccountsError):
    """An organization must not be like this; `field` names what to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class InvalidInvitation(AccountsError):
    """An invitation must not be like this; `field` names what to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class AlreadyMember(AccountsError):
    """The address is that of somebody who belongs to the organization."""


class AlreadyInvited(AccountsError):
    """An invitation to the address is open; it can be sent again, or revoked."""


class InvitationLimitReached(AccountsError):
    """No more invitations are mailed for now; `retry_after` is when they are at the latest."""

    def __init__(self, *, retry_after: timedelta) -> None:
        super().__init__("too many invitations")
        self.retry_after = retry_after


class InvitationEnded(AccountsError):
    """The invitation is no longer open: answered, revoked, or too old."""


class InvitedElsewhere(AccountsError):
    """The invitation went to another address than the person's; `masked` hints at which."""

    def __init__(self, masked: str) -> None:
        super().__init__("the invitation went to another address")
        self.masked = masked


class PolicyInUse(AccountsError):
    """New tokens get the default policy, so it can be changed and not deleted."""


class StaleForm(AccountsError):
    """The form has already created what it creates, or was open for too long."""


class UnknownClient(AccountsError):
    """No OAuth client is registered under the id."""


class InvalidScope(AccountsError):
    """The requested scopes are none that a token can have."""


class InvalidDeviceCode(AccountsError):
    """The device code opens nothing; never says why, so that nothing is learned."""


class WrongUserCode(AccountsError):
    """No device shows the code that was typed; `attempts_left` says how many more are allowed."""

    def __init__(self, *, attempts_left: int) -> None:
        super().__init__("no device shows this code")
        self.attempts_left = attempts_left


class CodeEntryLocked(AccountsError):
    """Codes cannot be entered now; `retry_after` is when the lock ends at the latest."""

    def __init__(self, *, retry_after: timedelta) -> None:
        super().__init__("too many wrong codes")
        self.retry_after = retry_after


class DeviceGrantClosed(AccountsError):
    """The request is no longer open: somebody decided, its token was fetched, or time is up."""


class SignInRefused(AccountsError):
    """Nobody is let in; `reason` is a word of a closed list, for the audit trail and the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StateRefused(SignInRefused):
    """The `state` of a callback is not one that this browser may use now."""


class StepUpRefused(SignInRefused):
    """The provider did not prove anew that this is the person who is signed in."""


class SecondFactorAwaited(AccountsError):
    """A provider has vouched for somebody whose second factor is still to come."""


class SecondFactorRequired(AccountsError):
    """The account has no second factor, and the act needs one."""


class WrongCode(AccountsError):
    """The account has no such code now; `attempts_left` says how many more are taken."""

    def __init__(self, *, attempts_left: int) -> None:
        super().__init__("no code of this account")
        self.attempts_left = attempts_left


class PasskeyRefused(AccountsError):
    """The answer of a browser proves no passkey; `reason` is a word for the audit trail."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SecretUnreadable(AccountsError):
    """What is stored of a second factor was written with a key that is not configured."""


class UnknownProvider(AccountsError):
    """No such provider is configured."""


class InvalidNamespace(AccountsError):
    """The name is malformed, reserved, taken or looks like one that is."""
