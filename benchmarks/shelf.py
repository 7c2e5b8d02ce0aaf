"""What does search cost as the shelf grows? Needs PostgreSQL.

    python -m benchmarks.shelf "postgresql://superuser@/postgres?host=/var/run/postgresql"

Fills a database of its own with listings whose words follow Zipf's law, so that there are common
and rare ones, times searches through `catalog.search.find`, and drops the database. Figures are
milliseconds of two queries and Django around them; compare sizes, not machines.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

_DATABASE = f"mog_bench_shelf_{os.getpid()}"


def main() -> None:
    """Make the database, fill and time, drop it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("url", help="a superuser and any database of the server")
    arguments.add_argument("--sizes", default="10000,100000", help="numbers of listings")
    options = arguments.parse_args()
    with _database(options.url) as url:
        environment = os.environ | {"DATABASE_URL": url}
        for command in (
            ["manage.py", "migrate", "-v0"],
            ["-m", "benchmarks.shelf_search", options.sizes],
        ):
            subprocess.run([sys.executable, *command], env=environment, check=True)  # noqa: S603 (ours)


@contextmanager
def _database(url: str) -> Iterator[str]:
    name = sql.Identifier(_DATABASE)
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{_DATABASE}"))
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


if __name__ == "__main__":
    main()
