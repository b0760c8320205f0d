"""The table that PostgreSQL keeps the meter's rows in, for the migrations. A SQLite meter file makes its own."""

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table

from paywall.database import Base

meter_views = Table(
    "meter_views",
    Base.metadata,
    Column("holder", LargeBinary, primary_key=True, comment="16-byte digest of who is counted, publisher included"),
    Column("window_key", String(16), primary_key=True),
    Column("packed", LargeBinary, nullable=False, comment="6 or 10 bytes for each distinct article"),
    Column("expires_at", BigInteger, nullable=False, comment="epoch second after which a sweep may delete the row"),
)
