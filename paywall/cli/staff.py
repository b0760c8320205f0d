"""`paywall staff`: who works at a newspaper, from the command line; how the first admin gets in."""

import click

from paywall.cli.context import Context


@click.command()
@click.argument("slug")
@click.argument("email")
@click.option("--role", type=click.Choice(["viewer", "support", "admin"]), required=True)
@click.pass_obj
def add(context: Context, slug: str, email: str, role: str) -> None:
    """Invite EMAIL to the staff of the newspaper SLUG: prints the link, and mails it."""
    from paywall import clock
    from paywall.publishers.letterhead import letterhead
    from paywall.readers.email_address import parse_email
    from paywall.staff.invitations import Place, invite
    from paywall.staff.rules import Role

    profile = context.profile(slug)
    place, head = Place(profile.id, parse_email(email), Role(role)), letterhead(profile, context.settings.base_url)
    with context.database().writing() as session:
        link = invite(session, place, head, clock.wall(), actor="command line")
    click.echo(link)
    click.echo(f"It works once, for seven days, for an account with the address {place.address.kept}.", err=True)


@click.command("list")
@click.argument("slug")
@click.pass_obj
def list_staff(context: Context, slug: str) -> None:
    """List the staff of the newspaper SLUG: role, second factor, address."""
    from paywall.staff.finding import colleagues

    profile = context.profile(slug)
    with context.database().reading() as session:
        found = colleagues(session, profile.id)
        if not found:
            click.echo("Nobody works there yet; `paywall staff add` invites somebody.", err=True)
        for one in found:
            factor = "second factor" if one.has_second_factor else "no second factor"
            click.echo(f"{one.staff.role.value:8} {factor:17} {one.email}")


@click.command()
@click.argument("slug")
@click.argument("email")
@click.pass_obj
def remove(context: Context, slug: str, email: str) -> None:
    """Make EMAIL a reader of the newspaper SLUG as others are; the last admin stays."""
    from paywall.errors import NotFound
    from paywall.readers.finding import find_reader
    from paywall.staff.finding import staff_of
    from paywall.staff.joining import remove_staff

    profile = context.profile(slug)
    with context.database().writing() as session:
        staff = staff_of(session, profile.id, find_reader(session, profile.id, email).id)
        if staff is None:
            raise NotFound("Nobody with that address works there.")
        remove_staff(session, profile.id, staff.member_id, actor="command line")
    click.echo(f"{email} is no longer on the staff of {profile.name}")
