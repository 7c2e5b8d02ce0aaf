"""Does the audit chain make writers wait for one another? Needs PostgreSQL.

    python -m benchmarks.audit_writers "postgresql://superuser@/postgres?host=/var/run/postgresql"

Processes write for ten seconds, one transaction and one row each time: plain rows; audit events of
the same size and indexes, first without a sealer, then with one beside them; and plain rows behind
one global lock, which is what a chain in the write path would cost. What each writer's backend
waits for is sampled meanwhile. Makes a database of its own and drops it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from statistics import median
from urllib.parse import parse_qsl, urlencode, urlsplit

import psycopg
from psycopg import sql

_DATABASE = f"mog_bench_audit_{os.getpid()}"
_SAMPLE_SECONDS = 0.02
_KINDS = ("plain", "unsealed", "event", "locked")
_ROWS = [sys.executable, "-m", "benchmarks.audit_rows"]
_PLAIN_TABLE = "CREATE TABLE bench_plain (LIKE audit_event INCLUDING ALL)"
_WAITS = """
    SELECT coalesce(wait_event_type, 'Running') FROM pg_stat_activity
    WHERE datname = %s AND application_name = 'writer'
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement. `waits` counts samples of the writers by what they waited for."""

    kind: str
    writers: int
    per_second: float
    waits: Counter[str]


def main() -> None:
    """Measure, alternating, and print a table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("url", help="a superuser and any database of the server")
    arguments.add_argument("--seconds", type=float, default=10.0)
    arguments.add_argument("--writers", type=int, default=16)
    arguments.add_argument("--rounds", type=int, default=2)
    options = arguments.parse_args()
    with (
        psycopg.connect(options.url, autocommit=True) as server,
        _database(server) as name,
        tempfile.TemporaryDirectory() as anchors,
    ):
        environment = _environment(options.url, name) | {"AUDIT_ANCHOR_DIR": anchors}
        _prepare(environment)
        runs = [
            _run(server, environment, kind=kind, writers=writers, seconds=options.seconds)
            for _ in range(options.rounds)
            for writers in (1, options.writers)
            for kind in _KINDS
        ]
        verdict = _output([*_ROWS, "check"], environment)
    _print(runs, most=options.writers, verdict=verdict)


@contextmanager
def _database(server: psycopg.Connection) -> Iterator[str]:
    name = sql.Identifier(_DATABASE)
    server.execute(sql.SQL("CREATE DATABASE {}").format(name))
    try:
        yield _DATABASE
    finally:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _environment(url: str, name: str) -> dict[str, str]:
    parts = urlsplit(url)
    query = urlencode({**dict(parse_qsl(parts.query)), "application_name": "writer"})
    return {
        **os.environ,
        "DATABASE_URL": parts._replace(path=f"/{name}", query=query).geturl(),
        "DJANGO_SETTINGS_MODULE": "mog_site.settings",
    }


def _prepare(environment: dict[str, str]) -> None:
    _output([sys.executable, "manage.py", "migrate", "--verbosity", "0"], environment)
    with psycopg.connect(environment["DATABASE_URL"]) as own:
        own.execute(_PLAIN_TABLE)


@contextmanager
def _sealer(environment: dict[str, str]) -> Iterator[None]:
    url = environment["DATABASE_URL"].replace("application_name=writer", "application_name=sealer")
    environment = {**environment, "DATABASE_URL": url}
    process = subprocess.Popen([*_ROWS, "seal"], env=environment)  # noqa: S603 (our own module)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _run(
    server: psycopg.Connection,
    environment: dict[str, str],
    *,
    kind: str,
    writers: int,
    seconds: float,
) -> Run:
    command = [*_ROWS, kind, "--writers", str(writers), "--seconds", str(seconds)]
    waits: Counter[str] = Counter()
    with (
        _sealer(environment) if kind == "event" else nullcontext(),
        subprocess.Popen(  # noqa: S603 (our own module)
            command, env=environment, stdout=subprocess.PIPE
        ) as process,
    ):
        while process.poll() is None:
            waits.update(wait for (wait,) in server.execute(_WAITS, [_DATABASE]))
            time.sleep(_SAMPLE_SECONDS)
        assert process.stdout is not None
        run = Run(kind, writers, float(process.stdout.read()), waits)
    _output([*_ROWS, "drain"], environment)
    return run


def _output(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(  # noqa: S603 (our own module)
        command, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def _print(runs: list[Run], *, most: int, verdict: str) -> None:
    rates = {
        (kind, writers): median(
            run.per_second for run in runs if (run.kind, run.writers) == (kind, writers)
        )
        for kind in _KINDS
        for writers in (1, most)
    }
    lines = [f"kind      1 writer/s  {most} writers/s  gain  waiting for a lock  other waits"]
    for kind in _KINDS:
        waits: Counter[str] = Counter()
        for run in runs:
            if (run.kind, run.writers) == (kind, most):
                waits += run.waits
        one, many = rates[kind, 1], rates[kind, most]
        shares = {wait: count / waits.total() for wait, count in waits.most_common()}
        others = ", ".join(f"{wait} {part:.1%}" for wait, part in shares.items() if wait != "Lock")
        lines.append(
            f"{kind:<8}  {one:>10.0f}  {many:>12.0f}  {many / one:>4.2f}"
            f"  {shares.get('Lock', 0.0):>18.2%}  {others}"
        )
    for kind in ("unsealed", "event"):
        ratio = rates[kind, most] / rates["plain", most]
        lines.append(f"{kind} / plain with {most} writers: {ratio:.2f}")
    lines.append(f"afterwards: {verdict}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
