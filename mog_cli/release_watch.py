"""Wait until the marketplace has decided about an upload, and say what it found."""

from dataclasses import dataclass

from mog_cli import retries
from mog_cli.client import Client
from mog_cli.errors import MogError, ReleaseRejected, ReleaseUndecided
from mog_cli.output import Console, one_line
from mog_cli.patience import Patience
from mog_cli.release_answers import Release, ScanFinding

_PAUSE_SECONDS = 2.0
_REJECTED = "rejected"
_HELD = "held"
_FINE = frozenset({"accepted", "published"})


@dataclass(frozen=True, slots=True)
class Watch:
    """Whom to ask, whom to tell, and how long to wait."""

    client: Client
    console: Console
    patience: Patience

    def wait(self, release: Release, retry_after_seconds: float | None) -> Release:
        """Return the release once nothing more happens by itself.

        Raises ReleaseUndecided when that takes too long, and what Connection.exchange raises.
        """
        wait = self.patience.begin()
        while not release.is_final:
            pause = retries.pause(retry_after_seconds, usual_seconds=_PAUSE_SECONDS)
            if not wait.has_time_for(pause):
                raise _too_slow(release, wait.passed_seconds, pause)
            self.console.progress(f"{release.name} {release.version} is {release.state}")
            wait.pause(pause)
            release, retry_after_seconds = self.client.release(release.id)
        return release


def judge(release: Release) -> None:
    """Return when a release is fine; raises ReleaseRejected and ReleaseUndecided."""
    if release.state in _FINE:
        return
    about = f"{release.name} {release.version}"
    lines = [finding_text(finding) for finding in release.findings]
    if release.state == _HELD:
        raise ReleaseUndecided(
            f"{about} is held: a person will look at it.",
            code="release_held",
            findings=lines,
            advice=f"You will be told. See: {release.url}" if release.url else "You will be told.",
            details=data_of(release),
        )
    raise ReleaseRejected(
        f"{about} is {release.state}.",
        findings=lines,
        advice="Change what is named, then publish it again; the version is free again."
        if release.state == _REJECTED
        else "",
        details=data_of(release),
    )


def finding_text(finding: ScanFinding) -> str:
    """Return a finding as one line: `content/a.md:3: high: what to do [rule]`."""
    where = f"{finding.file}:{finding.line}" if finding.line else finding.file
    parts = [part for part in (where, finding.severity, finding.advice) if part]
    return one_line(f"{': '.join(parts)} [{finding.rule_id}]")


def data_of(release: Release) -> dict[str, object]:
    """Return a release for `--json`."""
    return {
        "id": release.id,
        "name": release.name,
        "version": release.version,
        "state": release.state,
        "isFinal": release.is_final,
        "sha256": release.sha256,
        "url": release.url,
        "findings": [
            {
                "ruleId": finding.rule_id,
                "severity": finding.severity,
                "file": finding.file,
                "line": finding.line,
                "advice": finding.advice,
            }
            for finding in release.findings
        ],
    }


def _too_slow(release: Release, waited_seconds: float, pause_seconds: float) -> MogError:
    return ReleaseUndecided(
        f"{release.name} {release.version} is still {release.state} after"
        f" {waited_seconds:.0f} s, and the next answer is due in {pause_seconds:.0f} s, which is"
        " longer than --timeout allows.",
        code="timeout",
        findings=(),
        advice=f"It goes on without you. See: {release.url}" if release.url else "",
        details=data_of(release),
    )
