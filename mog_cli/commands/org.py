"""`mog org`: organizations, and for whom commands act."""

import click

from mog_cli import (
    groups,
    identity,
    options,
    organization_names,
    organization_standing,
    surroundings,
    tables,
)
from mog_cli.client import Client
from mog_cli.errors import UsageError
from mog_cli.organization_answers import Organization
from mog_cli.output import Console, Result, one_line

_ROLES = ("member", "admin")
_HEAD = ("Slug", "Name", "You are", "Members", "Note")

command = groups.group(
    "org",
    short_help="Act for an organization; list, create, invite.",
    help_text="""Act for an organization: buy from its wallet, install what it has.

    --org SLUG names one for a single command, MOG_ORG for a shell, `mog org switch` until further
    notice. A token needs the scope `org` for that, or acts for one organization alone.
    """,
)


@command.command(
    "list", cls=options.Command, params=options.shared(), short_help="List your organizations."
)
@click.pass_obj
def list_organizations(console: Console) -> Result:
    """List the organizations that you belong to, and as what."""
    here = surroundings.of_process(console)
    token = identity.current(here).token
    chosen = here.acting(token).organization
    with here.connect(token=token, organization="") as connection:
        found = Client(connection).organizations()
    items = [{**_data_of(each), "isCurrent": each.slug == chosen} for each in found]
    rows = [_row(each, is_current=each.slug == chosen) for each in found]
    table = tables.lines(_HEAD, rows, right=("Members",))
    return Result({"organizations": items}, table or "You belong to no organization.")


@command.command(
    "create", cls=options.Command, params=options.shared(), short_help="Make an organization."
)
@click.argument("slug")
@click.option("--name", metavar="NAME", help="What people call it. Without it: the slug.")
@click.pass_obj
def create(console: Console, *, slug: str, name: str | None) -> Result:
    """Make an organization that you own. Its slug stands in addresses and never changes."""
    if not organization_names.is_slug(slug):
        raise _no_slug(slug)
    here = surroundings.of_process(console)
    with here.connect(token=identity.current(here).token, organization="") as connection:
        made = Client(connection).create_organization(slug, name=name or slug)
    said = f"{made.name} ({made.slug}) is made, and you are its {made.role}."
    return Result(_data_of(made), f"{one_line(said)}\nTo act for it: mog org switch {made.slug}")


@command.command(
    "switch", cls=options.Command, params=options.shared(), short_help="Act for an organization."
)
@click.argument("slug", metavar="SLUG|-", required=False)
@click.option("--personal", is_flag=True, help="Act for yourself again; the same as a hyphen.")
@click.pass_obj
def switch(console: Console, *, slug: str | None, personal: bool) -> Result:
    """Let commands act for an organization from now on, at this server and with this token.

    Signing in and out goes back to yourself.
    """
    if (slug is None) != personal:
        raise UsageError(
            "Say either an organization or --personal.", advice="Yours are listed by: mog org list"
        )
    here = surroundings.of_process(console)
    if personal or slug == organization_names.PERSONAL:
        return organization_standing.switch_back(here)
    assert slug is not None
    if not organization_names.is_slug(slug):
        raise _no_slug(slug)
    return organization_standing.switch(slug, here)


@command.command(
    "whoami", cls=options.Command, params=options.acting(), short_help="Say for whom commands act."
)
@click.pass_obj
def whoami(console: Console) -> Result:
    """Say for whom commands act, and what says so: --org, MOG_ORG, the switch or the token."""
    return organization_standing.whoami(surroundings.of_process(console))


@command.command(
    "invite", cls=options.Command, params=options.acting(), short_help="Invite somebody."
)
@click.argument("email")
@click.option("--role", type=click.Choice(_ROLES), default=_ROLES[0], show_default=True)
@click.pass_obj
def invite(console: Console, *, email: str, role: str) -> Result:
    """Invite somebody by mail to the organization that you act for, as an admin of it.

    The link in the mail is good for seven days, once, and for that address.
    """
    here = surroundings.of_process(console)
    token = identity.current(here).token
    with here.connect(token=token, organization="") as connection:
        client = Client(connection)
        slug = organization_standing.acted_for(client, here.acting(token))
        made = client.invite(slug, email=email, role=role)
    ends = f" The link is good until {made.expires_at:%Y-%m-%d}." if made.expires_at else ""
    data = {
        "organization": slug,
        "id": made.id,
        "email": made.email,
        "role": made.role,
        "expiresAt": made.expires_at.isoformat() if made.expires_at else None,
    }
    return Result(data, one_line(f"{made.email} is invited to {slug} as {made.role}.{ends}"))


def _no_slug(text: str) -> UsageError:
    return UsageError(
        f"{text!r} is no name of an organization.",
        advice="It has 2 to 39 lowercase letters, digits and single hyphens.",
    )


def _row(organization: Organization, *, is_current: bool) -> tuple[str, ...]:
    return (
        organization.slug,
        organization.name,
        organization.role,
        str(organization.member_count),
        "commands act for it" if is_current else "",
    )


def _data_of(organization: Organization) -> dict[str, object]:
    return {
        "id": organization.id,
        "slug": organization.slug,
        "name": organization.name,
        "role": organization.role,
        "memberCount": organization.member_count,
    }
