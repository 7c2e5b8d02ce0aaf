"""Whether this system can keep a scan in: asked once, when a server starts."""

from functools import cache

from scanning import fork_servers, sandbox
from scanning.child.layers import Layer, missing
from scanning.errors import ScanInconclusive


@cache
def held_layers() -> frozenset[Layer]:
    """Return the layers that hold here; none when a child cannot even start."""
    job = sandbox.Job("scanning.child.probe")
    try:
        return frozenset(sandbox.run(job, limits=sandbox.Limits(), is_strict=False).layers)
    except (ScanInconclusive, OSError):
        return frozenset()
    finally:
        # Asked by processes that never scan.
        fork_servers.end_waiting()


def missing_layers() -> tuple[str, ...]:
    """Return the required layers that this system lacks; empty when scans are isolated."""
    return missing(held_layers())
