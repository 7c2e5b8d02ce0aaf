"""What `make dev` asks of the machine before it starts anything, and of the site after."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

_HIGHEST_PORT = 65_535


class CannotStart(Exception):
    """Something in the way; the message says what, and what to do about it."""


def require_free_port(port: int, *, moved_by: int | None = None) -> None:
    """Raise CannotStart when the site could not listen on `port` of the loopback interface.

    `moved_by` is the value of PORT to propose instead, the next one if it is not given.
    """
    if not 1 <= port <= _HIGHEST_PORT:
        raise CannotStart(f"PORT={port} is no port; choose one from 1024 to {_HIGHEST_PORT}.")
    # A listener on ::1 alone would answer browsers that ask for localhost in our place.
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        _require_free(port, family, address, proposed=moved_by or port + 1)


@contextmanager
def only_one(folder: Path, *, site_url: str) -> Iterator[None]:
    """Hold the checkout for one running site; raises CannotStart when another holds it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "dev.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise CannotStart(f"cannot write to {folder}: {error.strerror}.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise CannotStart(f"this checkout runs already: {file.read()}") from error
        file.truncate(0)
        file.write(f"process {os.getpid()} at {site_url}.")
        file.flush()
        yield


def is_ready(port: int) -> bool:
    """Answer whether the site says that it can serve."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _require_free(port: int, family: socket.AddressFamily, address: str, *, proposed: int) -> None:
    try:
        listener = socket.socket(family)
    except OSError:  # this machine does not speak that family
        return
    with listener:
        # Otherwise connections of a site that has just stopped would count as a listener.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
        except PermissionError as error:
            raise CannotStart(
                f"port {port} needs root; choose one from 1024 on: make dev PORT=8000"
            ) from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:  # no such interface here
                return
            raise CannotStart(
                f"port {port} is taken; choose another: make dev PORT={proposed}"
            ) from error
