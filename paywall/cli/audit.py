"""`paywall audit` among the other commands; what it does, and its options, are the wall's own."""

import sys

import click


@click.command("audit", add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def audit(arguments: tuple[str, ...]) -> None:
    """Look for the text of a locked article everywhere."""
    from paywall.wall.audit.command import main

    sys.exit(main(arguments))
