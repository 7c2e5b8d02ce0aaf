"""The web server in one place: `python -m mog_site.server`, in development and production alike.

Environment: WEB_HOST (127.0.0.1), PORT (8000), WEB_WORKERS (2 processes), WEB_THREADS (4 in each),
LOG_LEVEL (info). TLS ends at the proxy in front. Where granian has no build for the machine,
gunicorn serves the same `mog_site.wsgi`.
"""

from collections.abc import Callable
from datetime import timedelta

from django.utils.module_loading import import_string
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from mog_site import env, parent_death

# A stopping worker finishes the requests it has within this time.
_GRACE = timedelta(seconds=30)


def serve() -> None:
    """Serve until SIGINT or SIGTERM, then finish open requests and return."""
    server = Granian(
        "mog_site.wsgi.application",
        address=env.text("WEB_HOST", "127.0.0.1"),
        port=env.integer("PORT", 8000),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=env.integer("WEB_WORKERS", 2),
        blocking_threads=env.integer("WEB_THREADS", 4),
        respawn_failed_workers=True,
        log_level=LogLevels(env.text("LOG_LEVEL", "info").lower()),
        workers_kill_timeout=int(_GRACE.total_seconds()),
    )
    server.serve(target_loader=load_application)


def load_application(path: str) -> Callable[..., object]:
    """Return the application inside a fresh worker, which must not outlive the server."""
    parent_death.die_with_parent()
    application: Callable[..., object] = import_string(path)
    return application


if __name__ == "__main__":
    serve()
