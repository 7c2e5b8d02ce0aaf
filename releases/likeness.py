"""When two findings of two scans are the same to a person: what was said of one holds for both."""

from scanning.models import Finding

Likeness = tuple[str, str, str, int | None]


def likeness(finding: Finding) -> Likeness:
    """Return what a finding shares with the one of another scan that says the same."""
    return finding.rule, finding.file, finding.file_sha256, finding.line
