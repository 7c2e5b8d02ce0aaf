"""What a person has said of findings: this rule is wrong about these bytes of this listing.

An excepted finding is found again by every scan, shown, and counts for nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from catalog.models import Listing
from releases import cases
from releases.errors import ExceptionWithdrawn, ReasonMissing
from releases.models import Cause, Dispute, FindingException, Release
from releases.states import INSTALLABLE, State
from scanning.models import Finding
from scanning.verdicts import Effect, Verdict, verdict_of

# A digest and a rule.
Key = tuple[str, str]
_LIVE = INSTALLABLE | {State.ACCEPTED}


def key_of(finding: Finding) -> Key | None:
    """Return what an exception to a finding is known by; None where there can be none.

    What is said of the package as a whole is about its archive. An upload of which no archive
    could be made has nothing that a later scan would meet again.
    """
    report = finding.report
    sha256 = finding.file_sha256 or (report.sha256 if report.facts_sha256 else "")
    return (sha256, finding.rule) if sha256 else None


def known(listing: Listing, findings: Iterable[Finding]) -> set[Key]:
    """Return those of some findings' keys that are excepted."""
    keys = {key for key in map(key_of, findings) if key}
    if not keys:
        return set()
    digests = {sha256 for sha256, _ in keys}
    rows = FindingException.objects.standing().filter(listing=listing, file_sha256__in=digests)
    return keys & set(rows.values_list("file_sha256", "rule"))


def counting(listing: Listing, findings: Sequence[Finding]) -> list[Finding]:
    """Keep the findings that nobody has excepted."""
    excepted = known(listing, findings)
    return [each for each in findings if key_of(each) not in excepted]


def verdict(release: Release) -> Verdict:
    """Return what the report of a release comes to without what is excepted."""
    return verdict_of(counting(release.listing, _of_report(release)))


def grave(release: Release) -> list[Finding]:
    """Return the findings of a release that do more than note something."""
    return [each for each in _of_report(release) if each.effect != Effect.NOTE]


def add(
    findings: Iterable[Finding],
    *,
    release: Release,
    dispute: Dispute | None = None,
    reason: str,
    by: Actor,
    now: datetime,
) -> int:
    """Except findings of a release, inside the caller's transaction; return how many keys.

    The caller records the decision that this is a part of.
    """
    keys = sorted({key for key in map(key_of, findings) if key})
    rows = [
        FindingException(
            listing_id=release.listing_id,
            file_sha256=sha256,
            rule=rule,
            dispute=dispute,
            by=by.require_user(),
            reason=reason,
            at=now,
        )
        for sha256, rule in keys
    ]
    FindingException.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def withdraw(exception: FindingException, *, reason: str, by: Actor, now: datetime) -> None:
    """Let a finding count again, from now on; live releases that have it wait for a person.

    Raises ReasonMissing, and ExceptionWithdrawn when somebody was faster.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        listing = Listing.objects.select_for_update().get(pk=exception.listing_id)
        standing = FindingException.objects.standing().filter(pk=exception.pk)
        changes = {"withdrawn_at": now, "withdrawn_by": by.require_user()}
        if standing.update(withdrawal_reason=reason, **changes) != 1:
            raise ExceptionWithdrawn
        record(
            Action.EXCEPTION_WITHDRAWN,
            by=by.who,
            now=now,
            subject=f"listing:{listing.public_id}",
            data={"rule": exception.rule, "fileSha256": exception.file_sha256},
        )
        for release in _with_finding(exception):
            if verdict(release) is not Verdict.PASSED:
                cases.open_case(release, Cause.RESCAN, now=now)


def _with_finding(exception: FindingException) -> Collection[Release]:
    live = Release.objects.filter(listing=exception.listing_id, state__in=list(_LIVE))
    same = live.filter(report__findings__rule=exception.rule).with_listing()
    same = same.select_related("report").distinct()
    key = (exception.file_sha256, exception.rule)
    return [each for each in same if key in map(key_of, _of_report(each))]


def _of_report(release: Release) -> list[Finding]:
    return list(release.report.findings.all()) if release.report else []
