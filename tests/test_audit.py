"""The audit: who did what to whom."""

from sqlalchemy import select

from paywall import audit
from paywall.database import Database


class TestTheAudit:
    def test_a_deed_is_kept_with_its_detail(self, database: Database) -> None:
        with database.writing() as session:
            audit.write(session, 1, "stripe", "subscription_started", "reader:7", plan="digital")
        with database.reading() as session:
            entry = session.scalars(select(audit.AuditEntry)).one()
        assert (entry.actor, entry.action, entry.detail) == ("stripe", "subscription_started", {"plan": "digital"})
