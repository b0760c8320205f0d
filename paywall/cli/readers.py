"""`paywall comp`: the right to read, given away with a reason and an end."""

import click

from paywall.cli.context import Context


@click.command()
@click.argument("email")
@click.option("--days", type=int, required=True, help="For how long, from now.")
@click.option("--reason", required=True, help="Why; kept in the audit.")
@click.option("--publisher", metavar="SLUG", help="Needed where there are several.")
@click.pass_obj
def comp(context: Context, email: str, days: int, reason: str, publisher: str | None) -> None:
    """Let the reader with address EMAIL in, free of charge."""
    from paywall.entitlements.comps import give_comp
    from paywall.readers.finding import find_reader

    profile = context.profile(publisher)
    with context.database().writing() as session:
        reader = find_reader(session, profile.id, email)
        given = give_comp(session, profile.id, reader.id, days=days, reason=reason, actor="command line")
    click.echo(f"{email} reads {profile.name} until {given.valid_until:%-d %B %Y %H:%M} UTC")


@click.command()
@click.argument("reader")
@click.argument("article")
@click.option("--publisher", metavar="SLUG", help="Needed where there are several.")
@click.pass_obj
def explain(context: Context, reader: str, article: str, publisher: str | None) -> None:
    """Say step by step what READER may read of ARTICLE (its slug), and why.

    READER is an address, `visitor`, or `crawler:google` and the like for a verified crawler.
    """
    from paywall import clock
    from paywall.errors import NotFound
    from paywall.gate.access import Who
    from paywall.gate.crawlers.catalogue import crawler_called
    from paywall.gate.explain import as_table
    from paywall.gate.explain import explain as walk
    from paywall.gate.recognition import as_crawler
    from paywall.readers.finding import find_reader

    profile, gate = context.profile(publisher), context.product.gate
    card = gate.catalogue.card(profile.id, article)
    if card is None:
        raise NotFound("No article has that slug.")
    if reader == "visitor":
        who = Who("v")
    elif reader.startswith("crawler:"):
        who = as_crawler(crawler_called(reader.removeprefix("crawler:")))
    else:
        with context.database().reading() as session:
            found = find_reader(session, profile.id, reader).id
        who = Who(f"r{found}", reader_id=found)
    click.echo(as_table(walk(gate.gate, profile, card, who, clock.now())))
