"""`mog audit`: ask how what is installed stands by now."""

from pathlib import Path

import click

from mog_cli import audit_facts, auditing, options, sizes, surroundings, workplace
from mog_cli.audit_facts import Audited
from mog_cli.output import Console, Result


@click.command(
    "audit",
    cls=options.Command,
    params=options.acting(),
    short_help="Ask whether installed packages were recalled.",
)
@click.pass_obj
def command(console: Console) -> Result:
    """Ask the servers that packages came from about withdrawn, suspended, revoked versions.

    Exits with 1 when a package was revoked or suspended, or is not the archive that was
    published; what is withdrawn, flagged, outdated or unknown is said and is no error. It looks
    at mog.lock.json alone, changes nothing, and needs no account for public packages.
    """
    here = surroundings.of_process(console)
    place = workplace.around(Path(), here.config, console)
    audited = auditing.audit(place, here)
    data = {"packages": [audit_facts.data_of(each) for each in audited]}
    return Result(data, _text_of(audited))


def _text_of(audited: list[Audited]) -> str:
    if not audited:
        return "Nothing is installed here."
    said = f"Nothing to take out: {sizes.count_of(len(audited), 'package')} asked about."
    return "\n".join([*audit_facts.table(audited), said])
