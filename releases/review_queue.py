"""Cases in the order in which somebody should look, with what the queue says of each."""

from django.db.models import Case as Choice
from django.db.models import (
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf

from releases.models import Case, Dispute, FindingException, Revocation
from scanning.models import Finding
from scanning.rules.rule import Severity
from scanning.verdicts import GRAVEST_FIRST

MOST_URGENT_FIRST = ("due_at", "pk")


def described(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Bring, in the same query, what a queue shows of cases.

    `worst_rule`, `worst_severity` and `worst_effect` are of the gravest finding that counts, None
    where there is none; `open_disputes` is a number; `is_to_revoke` tells whether a second person
    is waited for.
    """
    worst = _counting_findings().order_by(_rank("effect"), _rank("severity"), "pk")
    disputes = Dispute.objects.open().filter(release=OuterRef("release")).order_by()
    number = disputes.values("release").annotate(number=Count("pk")).values("number")
    waiting = Revocation.objects.waiting().filter(release=OuterRef("release"))
    described: QuerySet[Case] = cases.annotate(
        worst_rule=Subquery(worst.values("rule")[:1]),
        worst_severity=Subquery(worst.values("severity")[:1]),
        worst_effect=Subquery(worst.values("effect")[:1]),
        open_disputes=Coalesce(Subquery(number), 0),
        is_to_revoke=Exists(waiting),
    )
    return described


def next_case(after: Case) -> Case | None:
    """Return the open case that comes behind one; behind the last the first of all."""
    waiting = Case.objects.open().exclude(pk=after.pk).order_by(*MOST_URGENT_FIRST)
    later = Q(due_at__gt=after.due_at) | Q(due_at=after.due_at, pk__gt=after.pk)
    return waiting.filter(later).first() or waiting.first()


def _counting_findings() -> QuerySet[Finding]:
    """Return the findings of a case's release that nobody has excepted."""
    of_case = Finding.objects.filter(report=OuterRef("release__report"))
    # What is said of the package as a whole is excepted under the digest of its archive.
    digest = Coalesce(NullIf("file_sha256", Value("")), "report__sha256")
    excepted = FindingException.objects.standing().filter(
        listing=OuterRef(OuterRef("release__listing")),
        rule=OuterRef("rule"),
        file_sha256=OuterRef("digest"),
    )
    return of_case.annotate(digest=digest).exclude(Exists(excepted))


def _rank(field: str) -> Choice:
    """Return how grave a finding is by one of its grades; 0 is the gravest."""
    order = GRAVEST_FIRST if field == "effect" else tuple(reversed(Severity))
    ranks = [When(**{field: str(grade)}, then=Value(rank)) for rank, grade in enumerate(order)]
    return Choice(*ranks, default=Value(len(order)))
