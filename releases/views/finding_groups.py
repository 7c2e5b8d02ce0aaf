"""The findings of a release as its page shows them: by category, each with a way to contest it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from releases import category_words
from releases.category_words import CategoryWords
from releases.forms import DisputeForm
from releases.shown_findings import ShownFinding, Weight

# More at once helps nobody; the rest shows once these are mended, and the API has all.
_MOST = 100


@dataclass(frozen=True, slots=True)
class Contestable:
    """A finding and the form to contest it."""

    finding: ShownFinding
    form: DisputeForm


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one category."""

    category: str
    words: CategoryWords
    items: list[Contestable] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All findings: how many weigh how much, and by category, the gravest first."""

    blocks: int
    review: int
    note: int
    cleared: int
    # No archive came out of the upload, so there is nothing to contest.
    is_broken_form: bool
    groups: list[Group]
    left_out: int


def overview(findings: list[ShownFinding], refused: DisputeForm | None = None) -> Overview:
    """Return what the page shows; `refused` is a form that came back with errors."""
    weights = [each.weight for each in findings]
    return Overview(
        blocks=weights.count(Weight.BLOCKS),
        review=weights.count(Weight.REVIEW),
        note=weights.count(Weight.NOTE),
        cleared=weights.count(Weight.CLEARED),
        is_broken_form=any(each.is_broken_form for each in findings),
        groups=_groups(findings[:_MOST], refused),
        left_out=max(0, len(findings) - _MOST),
    )


def _groups(findings: Iterable[ShownFinding], refused: DisputeForm | None) -> list[Group]:
    """Group findings; the gravest come first, so their groups do."""
    groups: dict[str, Group] = {}
    for each in findings:
        words = category_words.of(each.category)
        group = groups.setdefault(each.category, Group(each.category, words))
        is_refused = refused is not None and refused.finding_id == each.id
        form = refused if refused and is_refused else DisputeForm(finding_id=each.id)
        group.items.append(Contestable(each, form))
    return list(groups.values())
