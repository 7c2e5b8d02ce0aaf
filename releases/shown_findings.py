"""What a seller is shown of what a scan found: never what was matched, never what only watches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from releases import exceptions
from releases.likeness import Likeness, likeness
from releases.models import Dispute, DisputeState, Release
from releases.states import State
from scanning.models import Finding
from scanning.public_rules import name_for_sellers
from scanning.rules.rule import Category
from scanning.verdicts import Effect, Verdict, verdict_of

_UNDECIDED = frozenset({State.UPLOADED, State.SCANNING})


class Weight(StrEnum):
    """What a finding means for its release, the gravest first."""

    BLOCKS = "blocks"
    REVIEW = "review"
    NOTE = "note"
    # A person has looked: it counts for nothing.
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """A finding, its weight, and what its seller has said about it."""

    id: str
    rule_id: str
    category: str
    severity: str
    weight: Weight
    file: str
    line: int | None
    place: str
    advice: str
    dispute: Dispute | None
    is_contestable: bool
    # Nobody can let it through: no archive came out of the upload.
    is_broken_form: bool

    @property
    def still_counts(self) -> bool:
        """Tell whether it counts though a person agreed that it is wrong.

        So it is with a broken form, which nothing excepts, and where an exception was withdrawn.
        """
        is_accepted = self.dispute is not None and self.dispute.state == DisputeState.ACCEPTED
        return is_accepted and self.weight is not Weight.CLEARED


def of(release: Release) -> list[ShownFinding]:
    """Return what is shown, the gravest first, then by file and line.

    The release brings its report with findings, its disputes, and its listing with exceptions.
    """
    if release.report is None:
        return []
    findings = [each for each in release.report.findings.all() if each.is_enforced]
    excepted = _excepted(release)
    weigh = _weights([each for each in findings if exceptions.key_of(each) not in excepted])
    disputes = {likeness(each.finding): each for each in release.disputes.all()}
    shown = [
        _shown(
            each,
            weight=Weight.CLEARED if exceptions.key_of(each) in excepted else weigh[each.effect],
            disputes=disputes,
            is_open=release.state not in _UNDECIDED | {State.REVOKED},
        )
        for each in findings
    ]
    return sorted(shown, key=_gravest_first)


def _weights(counting: Iterable[Finding]) -> Mapping[str, Weight]:
    """Return what effects amount to: suspicions of two rules together ask for a person."""
    suspicions = [each for each in counting if each.effect == Effect.SUSPICION]
    together = Weight.NOTE if verdict_of(suspicions) is Verdict.PASSED else Weight.REVIEW
    return {
        Effect.BLOCK: Weight.BLOCKS,
        Effect.REVIEW: Weight.REVIEW,
        Effect.SUSPICION: together,
        Effect.NOTE: Weight.NOTE,
    }


def _excepted(release: Release) -> set[exceptions.Key]:
    standing = [each for each in release.listing.exceptions.all() if each.withdrawn_at is None]
    return {(each.file_sha256, each.rule) for each in standing}


def _shown(
    finding: Finding, *, weight: Weight, disputes: Mapping[Likeness, Dispute], is_open: bool
) -> ShownFinding:
    dispute = disputes.get(likeness(finding))
    is_broken_form = exceptions.key_of(finding) is None
    is_undecided = dispute is None and weight is not Weight.CLEARED
    return ShownFinding(
        id=finding.public_id,
        rule_id=name_for_sellers(finding),
        category=finding.category,
        severity=finding.severity,
        weight=weight,
        file=finding.file,
        line=finding.line,
        place=finding.place,
        advice=finding.advice,
        dispute=dispute,
        is_contestable=is_open and is_undecided and not is_broken_form,
        is_broken_form=is_broken_form,
    )


def _gravest_first(shown: ShownFinding) -> tuple[int, bool, str, str, int]:
    rank = list(Weight).index(shown.weight)
    # Of what stops nothing, that which may hurt somebody comes before how well a text is written.
    is_quality = shown.category == Category.QUALITY
    return rank, is_quality, shown.file, shown.category, shown.line or 0
