"""`mog` on a pseudo-terminal, with a person who types."""

import os
import pty
import select
import signal
import subprocess
from collections.abc import Mapping

from tests.mog_cli.conftest import mog_command, mog_environment


def on_terminal(
    *arguments: str,
    answer: bytes = b"",
    interrupted_at: str = "",
    variables: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Run a command; returns exit code and screen.

    answer: what is typed at a question. interrupted_at: at this text the person presses Ctrl-C.
    """
    master, slave = pty.openpty()
    process = subprocess.Popen(
        mog_command(*arguments),
        env=mog_environment(**(variables or {})),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    screen = b""
    while select.select([master], [], [], 30)[0]:
        try:
            piece = os.read(master, 4096)
        except OSError:  # Linux says EIO when the last writer has gone
            break
        screen += piece
        if b"[y/N]: " in piece:
            os.write(master, answer)
        if interrupted_at and interrupted_at.encode() in screen:
            interrupted_at = ""
            process.send_signal(signal.SIGINT)
    os.close(master)
    return process.wait(timeout=30), screen.decode()
