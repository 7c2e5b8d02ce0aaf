"""What a person has said of findings: this rule is wrong about these bytes of this listing.

An excepted finding is found again by every scan, shown, and counts for nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.actor import Actor
from catalog.models import Listing
from releases.models import Dispute, FindingException, Release
from scanning.models import Finding
from scanning.verdicts import Effect, Verdict, verdict_of

# A digest and a rule.
Key = tuple[str, str]


def key_of(finding: Finding) -> Key | None:
    """Return what an exception to a finding is known by; None where there can be none.

    What is said of the package as a whole is about its archive. An upload of which no archive
    could be made has nothing that a later scan would meet again.
    """
    report = finding.report
    sha256 = finding.file_sha256 or (report.sha256 if report.facts_sha256 else "")
    return (sha256, finding.rule) if sha256 else None


def keys_of(release: Release) -> set[Key]:
    """Return what exceptions to the findings of a release are known by."""
    return {key for key in map(key_of, _of_report(release)) if key}


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


def _of_report(release: Release) -> list[Finding]:
    return list(release.report.findings.all()) if release.report else []
