"""Every check and the whole test suite: `make test`.

The suite runs in legs, one for each kind of place it can stand on. A leg whose place this machine
lacks is named at the end; with CI=true it is a failure.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from tests import places
from tests.places import Places

_ROOT = Path(__file__).resolve().parent.parent
_LONG_SECONDS = 4 * 3600
_PYTHON = (sys.executable, "-m")
_PACKAGES = (
    *("accounts", "audit", "catalog", "mog_cli", "mog_package", "mog_site", "payments"),
    *("releases", "scanning"),
    *("tests", "manage.py"),
)
# These touch neither database nor Redis of the suite, or stand on its embedded files; one leg is
# enough.
_PURE = (
    "tests/flows/test_hostile_wire.py",
    *("tests/architecture", "tests/mog_cli", "tests/mog_package"),
    *(
        f"tests/mog_site/test_{room}.py"
        for room in ("dev_command", "file_broker", "migrate", "parent_death", "storage")
    ),
    *("tests/payments/test_decide.py", "tests/payments/test_decide_never_widens.py"),
    "tests/releases/test_storage.py",
    *(
        f"tests/payments/test_sandbox_{room}.py"
        for room in ("faults", "in_a_browser", "pages", "process", "webhooks")
    ),
    # Rules read texts; what is found in them is stored by other tests.
    *(
        f"tests/scanning/test_{room}.py"
        for room in (
            *("adversarial", "answers", "capabilities", "checks", "defence", "excerpts"),
            *("fork_servers", "isolation", "line_diff", "line_index", "normal_text", "outputs"),
            *("patience", "pictures", "programs_in_texts", "python_programs", "quality"),
            *("quotations", "quoting", "rules", "samples", "sandbox", "secret_rules", "verdicts"),
            *("viewing", "views", "vocabulary"),
        )
    ),
)

CHECKS: dict[str, tuple[str, ...]] = {
    "types": (*_PYTHON, "mypy", *_PACKAGES),
    "format": (*_PYTHON, "ruff", "format", "--check", "--quiet", "."),
    "lint": (*_PYTHON, "ruff", "check", "--quiet", "."),
    "imports": (str(Path(sys.executable).with_name("lint-imports")),),
    "templates": (*_PYTHON, "djlint", "--lint", "--check", "--quiet", "templates"),
    "migrations": (sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"),
    "requirements": (*_PYTHON, "pip", "check"),
}


@dataclass(frozen=True, slots=True)
class Leg:
    """One run of the suite; `markers` is pytest's expression of what it takes."""

    name: str
    markers: str
    environment: dict[str, str]
    without: tuple[str, ...] = ()
    patience: int = 900
    """Seconds after which a test hangs: it fails, and where it hung is shown."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many passed, failed (errors included) and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def main() -> int:
    """Run what was asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only-checks", action="store_true", help="leave the test suite out")
    parser.add_argument("--long", action="store_true", help="run only what takes minutes")
    given = parser.parse_args()
    # Shells start what they leave in the background with Ctrl-C ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    total = Tally() if given.long else run_checks()
    if not given.only_checks:
        here = places.find()
        total += run_legs(long_legs(here) if given.long else legs(here))
        places.leave(here)
        total += report_missing(here)
    _say(f"\n{total}")
    return 1 if total.failed else 0


def legs(here: Places) -> list[Leg]:
    """Return the runs of the suite that this machine can make."""
    absent = [name for name in ("corpus", "node") if name in here.missing]
    embedded = _none_of("browser", "long", "postgres", "redis", *absent)
    found = [Leg("SQLite, cache and broker in files", embedded, {})]
    services = {"postgres": here.postgres_url, "redis": here.redis_url}
    if any(services.values()):
        lacking = [name for name, url in services.items() if not url]
        names = {"postgres": "PostgreSQL as the restricted role", "redis": "Redis"}
        name = ", ".join(names[name] for name, url in services.items() if url)
        markers = _none_of("browser", "corpus", "long", *lacking, *absent)
        environment = {"TEST_DATABASE_URL": here.postgres_url, "TEST_REDIS_URL": here.redis_url}
        found.append(Leg(name, markers, environment, without=_PURE))
    if "browser" not in here.missing:
        found.append(Leg("Chromium", "browser", {}))
        if all(services.values()):
            environment = {"TEST_DATABASE_URL": here.postgres_url, "TEST_REDIS_URL": here.redis_url}
            name = "Chromium, PostgreSQL, Redis, S3"
            found.append(Leg(name, "browser and stacks", environment))
    return found


def long_legs(here: Places) -> list[Leg]:
    """Return the runs of what takes minutes, on each database that this machine has."""
    found = [Leg("SQLite, for long", "long", {}, patience=_LONG_SECONDS)]
    if here.postgres_url:
        environment = {"TEST_DATABASE_URL": here.postgres_url}
        found.append(Leg("PostgreSQL, for long", "long", environment, patience=_LONG_SECONDS))
    return found


def run_checks() -> Tally:
    """Run every check, two at a time, and show the output of those that fail."""
    total = Tally()
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, result in zip(CHECKS, pool.map(_check, CHECKS.values()), strict=True):
            _say(f"{name:<13} {'failed' if result.returncode else 'ok'}")
            if result.returncode:
                _say(result.stdout.rstrip())
            total += Tally(failed=1) if result.returncode else Tally(passed=1)
    return total


def run_legs(planned: Iterable[Leg]) -> Tally:
    """Run the legs one after the other: each uses every core."""
    total = Tally()
    with TemporaryDirectory(prefix="mog-") as compiled:
        for leg in planned:
            _say(f"\n== {leg.name}")
            begun = time.monotonic()
            tally = _run(leg, compiled)
            _say(f"== {leg.name}: {tally} in {time.monotonic() - begun:.0f} s")
            total += tally
    return total


def report_missing(here: Places) -> Tally:
    """Say which legs did not run; each counts as failed where CI=true."""
    for name, advice in here.missing.items():
        _say(f"Did not run: {places.NAMES[name]}. {advice}")
    must_all_run = os.environ.get("CI") == "true"
    return Tally(failed=len(here.missing) if must_all_run else 0)


def _none_of(*markers: str) -> str:
    return " and ".join(f"not {marker}" for marker in markers)


def _check(command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _run(leg: Leg, compiled: str) -> Tally:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"TEST_DATABASE_URL", "TEST_REDIS_URL"}
    }
    environment |= {name: value for name, value in leg.environment.items() if value}
    # Who wants no compiled code beside sources has it elsewhere: each process would compile anew.
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment["PYTHONPYCACHEPREFIX"] = compiled
    with TemporaryDirectory(prefix="mog-") as folder:
        report = Path(folder, "report.xml")
        # What tests leave behind, such as the folders of their processes, goes with the folder.
        environment["TMPDIR"] = folder
        command = [*_PYTHON, "pytest", "--quiet", "-m", leg.markers]
        # Halves rather than every other test: what a module makes for its tests is made once.
        command += ["--numprocesses", "2", "--dist", "worksteal"]
        command += ["-o", f"faulthandler_timeout={leg.patience}"]
        command += ["-o", "faulthandler_exit_on_timeout=true"]
        command += [f"--junit-xml={report}", *(f"--ignore={path}" for path in leg.without)]
        status = subprocess.run(command, cwd=_ROOT, env=environment, check=False).returncode
        tally = _read(report) if report.exists() else Tally()
    # Five is "no test ran"; one is told by the counts; anything else broke the run itself.
    return tally if status == 0 or tally.failed else tally + Tally(failed=1)


def _read(report: Path) -> Tally:
    tally = Tally()
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        count = {
            name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")
        }
        failed = count["failures"] + count["errors"]
        for told in suite.iterfind(".//property[@name='said']"):
            _say(f"   {told.get('value')}")
        tally += Tally(count["tests"] - failed - count["skipped"], failed, count["skipped"])
    return tally


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
