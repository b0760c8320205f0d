"""What a process does when it follows the table of changes: here it hears all of it, whatever it has heard before.

Tests empty the table under a follower that goes by its numbers, so none is asked.
"""

from paywall.app import Product
from paywall.changes import Change, ChangeKind, ChangeRow


def hear_all(product: Product) -> None:
    """Have the product's memory hear every change that is recorded."""
    with product.database.reading() as session:
        rows = session.query(ChangeRow).order_by(ChangeRow.id).all()
    for row in rows:
        change = Change(row.id, row.publisher_id, ChangeKind(row.kind), row.subject)
        product.profiles.hear(change)
        product.gate.catalogue.hear(change)
