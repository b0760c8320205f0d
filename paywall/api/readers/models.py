"""Readers, and what lets them in, as shapes that OpenAPI shows."""

from datetime import datetime

from pydantic import Field

from paywall.api.articles.models import Moment
from paywall.api.ground.models import ApiModel
from paywall.entitlements.rules import Source, Standing


class ReaderQuery(ApiModel):
    """Whom you look for."""

    email: str = Field(min_length=3, max_length=320, examples=["leyla@example.com"])


class FoundReader(ApiModel):
    """A reader with an account."""

    id: str
    email: str
    is_confirmed: bool = Field(description="The address was confirmed.")
    created_at: datetime


class KeptEntitlement(ApiModel):
    """One thing that lets the reader in, or did."""

    source: Source
    grant: str | None = Field(description="The name under which you granted it; null for what has another source.")
    standing: Standing = Field(description="In what way it holds; the reason that a check answers.")
    valid_until: datetime = Field(description="It lets the reader in before this moment.")
    paid_through_at: datetime | None
    is_suspended: bool = Field(description="A payment is disputed: it lets nobody in.")
    is_open: bool = Field(description="It lets the reader in just now.")


class Entitlements(ApiModel):
    """All that lets a reader in, or did."""

    reader: str
    is_entitled: bool = Field(description="One of them does so just now.")
    entitlements: list[KeptEntitlement]


class SentGrant(ApiModel):
    """Until when a reader is let in, and why."""

    valid_until: Moment
    reason: str = Field(min_length=1, max_length=500, examples=["Print subscriber 4711"])
