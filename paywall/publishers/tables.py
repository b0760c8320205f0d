"""The publisher's tables, and the queries on them."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from paywall.database import Base, UtcDateTime


class Publisher(Base):
    """A newspaper that uses this deployment."""

    __tablename__ = "publishers"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    timezone: Mapped[str] = mapped_column(default="UTC")
    language: Mapped[str] = mapped_column(default="en")
    accent: Mapped[str] = mapped_column(default="#8a1c1c")
    contact_email: Mapped[str] = mapped_column(default="")
    registration_wall: Mapped[bool] = mapped_column(default=False)
    wall_lifted_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    network_cap_factor: Mapped[int | None] = mapped_column(default=20)
    preview_words: Mapped[int] = mapped_column(default=100)
    edge_secret_number: Mapped[int] = mapped_column(default=0, server_default="0")
    crawlers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    """`full` or `preview` by a crawler's name, where it was said."""
    invitation_headline: Mapped[str] = mapped_column(default="Support independent journalism")
    invitation_text: Mapped[str] = mapped_column(default="Subscribe by the month for full digital access.")
    invitation_button: Mapped[str] = mapped_column(default="Subscribe")

    hosts: Mapped[list["PublisherHost"]] = relationship(order_by="PublisherHost.id", cascade="all, delete-orphan")
    sites: Mapped[list["PublisherSite"]] = relationship(order_by="PublisherSite.id", cascade="all, delete-orphan")
    meters: Mapped[list["Meter"]] = relationship(order_by="Meter.id", cascade="all, delete-orphan")
    sections: Mapped[list["Section"]] = relationship(order_by="Section.position", cascade="all, delete-orphan")


class PublisherHost(Base):
    """A host name by which browsers reach a publisher; `host:port` where the port is not the scheme's own."""

    __tablename__ = "publisher_hosts"

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), index=True)
    host: Mapped[str] = mapped_column(unique=True)


class PublisherSite(Base):
    """A site that a publisher has elsewhere, by its origin: `https://www.example.com`."""

    __tablename__ = "publisher_sites"
    __table_args__ = (UniqueConstraint("publisher_id", "origin"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    origin: Mapped[str]


class Meter(Base):
    """A named meter; several sections may share one."""

    __tablename__ = "meters"
    __table_args__ = (
        UniqueConstraint("publisher_id", "name"),
        CheckConstraint("visitor_allowance >= 0 AND reader_allowance >= 0", name="allowances_not_negative"),
        CheckConstraint("window_kind <> 'rolling' OR rolling_days >= 1", name="rolling_has_days"),
        Index(
            "uq_meters_default",
            "publisher_id",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), index=True)
    name: Mapped[str]
    is_default: Mapped[bool] = mapped_column(default=False)
    visitor_allowance: Mapped[int]
    reader_allowance: Mapped[int]
    window_kind: Mapped[str] = mapped_column(default="month")
    rolling_days: Mapped[int | None]


class Section(Base):
    """A section of the paper."""

    __tablename__ = "sections"
    __table_args__ = (UniqueConstraint("publisher_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), index=True)
    slug: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    meter_id: Mapped[int | None] = mapped_column(ForeignKey("meters.id"))
    wall_lifted_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


def publisher_id_by_host(session: Session, host: str) -> int | None:
    """Return the id of the publisher that answers to `host`, lower case, with its port."""
    return session.scalar(select(PublisherHost.publisher_id).where(PublisherHost.host == host))
