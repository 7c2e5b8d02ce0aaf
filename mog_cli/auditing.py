"""Ask the servers that packages came from how they stand now; nothing is changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from mog_cli import audit_facts, config, identity, project, sizes, verifying
from mog_cli.audit_answers import Status
from mog_cli.audit_facts import Audited
from mog_cli.client import Client
from mog_cli.errors import (
    AuditFailed,
    ConfigError,
    LockfileInvalid,
    MogError,
    NotSignedIn,
    UnexpectedAnswer,
)
from mog_cli.lockfile import LockedPackage
from mog_cli.surroundings import Surroundings
from mog_cli.tokens import Token
from mog_cli.workplace import Workplace

# What the API takes in one question.
_MOST_AT_ONCE = 500


def audit(place: Workplace, here: Surroundings) -> list[Audited]:
    """Ask each server about the packages that came from it.

    Raises AuditFailed when one of them should not be used, whatever becomes of the other servers;
    else what Connection.exchange raises for the first that gave no answer; and RecoveryPending,
    LockfileInvalid, CredentialStoreError.
    """
    with verifying.settled(place) as found:
        packages = found.packages
    audited: list[Audited] = []
    failures: list[MogError] = []
    for registry, locked in _by_registry(packages).items():
        try:
            audited += _ask(registry, locked, here.at(registry))
        except MogError as error:
            failures.append(error)
    audited.sort(key=lambda each: each.standing.name)
    if any(each.standing.status.is_recall for each in audited):
        for failure in failures:
            here.console.warn(failure.message)
        raise _failed(audited)
    if failures:
        raise failures[0]
    return audited


def _by_registry(packages: Mapping[str, LockedPackage]) -> dict[str, dict[str, LockedPackage]]:
    """Return the packages of each server; raises LockfileInvalid before anybody is asked."""
    found: dict[str, dict[str, LockedPackage]] = defaultdict(dict)
    for name, package in packages.items():
        try:
            found[config.origin_of(package.registry)][name] = package
        except ConfigError:
            raise LockfileInvalid(
                f"{project.LOCKFILE} has {name} from {package.registry}, which mog does not ask.",
                advice="A server is https://HOST, or http on this computer. Install it again.",
            ) from None
    return found


def _ask(registry: str, packages: Mapping[str, LockedPackage], here: Surroundings) -> list[Audited]:
    """Ask one server, as often as it takes."""
    about = [
        {"name": name, "version": package.version, "sha256": package.sha256}
        for name, package in packages.items()
    ]
    here.console.progress(f"Asking {registry} about {sizes.count_of(len(about), 'package')}")
    with here.connect(token=_token(here)) as connection:
        client = Client(connection)
        return [
            each
            for start in range(0, len(about), _MOST_AT_ONCE)
            for each in _answered(client, registry, about[start : start + _MOST_AT_ONCE])
        ]


def _answered(client: Client, registry: str, about: Sequence[Mapping[str, str]]) -> list[Audited]:
    """Return one answer for each question; whoever leaves one out must not pass for silence."""
    standings = client.audit(about)
    if [(each.name, each.version) for each in standings] != [
        (each["name"], each["version"]) for each in about
    ]:
        raise UnexpectedAnswer(
            f"{registry} answers about other packages than it was asked about.",
            advice="Report it to whoever runs that server.",
        )
    return [Audited(standing, registry) for standing in standings]


def _token(here: Surroundings) -> Token | None:
    """Return the token for a server; what everybody may know is told to everybody."""
    try:
        return identity.current(here).token
    except NotSignedIn:
        return None


def _failed(audited: Sequence[Audited]) -> AuditFailed:
    recalled = [each for each in audited if each.standing.status.is_recall]
    names = " ".join(each.standing.name for each in recalled)
    advice = f"Take out what you can: mog uninstall {names}"
    if any(each.standing.status is Status.MISMATCH for each in recalled):
        advice += (
            f"\nA published version never changes: find out who has changed {project.LOCKFILE}."
        )
    return AuditFailed(
        f"Do not use {', '.join(each.text for each in recalled)}.",
        findings=audit_facts.table(audited),
        advice=advice,
        details={"packages": [audit_facts.data_of(each) for each in audited]},
    )
