"""Endpoints and deliveries, as shapes that OpenAPI shows."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from paywall.api.articles.models import Moment
from paywall.api.ground.models import ApiModel
from paywall.entitlements.rules import Turn
from paywall.telling.rules import State

MOST_LISTED = 100
Event = Annotated[Turn, Field(strict=False)]
_LONGEST_OVERLAP_HOURS = 720


class SentWebhook(ApiModel):
    """An address that is to be told."""

    url: str = Field(max_length=2048, examples=["https://www.paper.example/paywall-hooks"])
    events: list[Event] = Field(default=[], max_length=20, description="Left out: every event.")
    with_email: bool = Field(False, description="Send the reader's address along.")
    description: str = Field("", max_length=200)


class KeptWebhook(ApiModel):
    """An address that is told, and how it does."""

    id: str
    url: str
    events: list[str] = Field(description="What it is told of; empty for everything.")
    with_email: bool
    description: str
    created_at: datetime
    failing_since: datetime | None = Field(description="Since when it has taken nothing; null if all is well.")
    disabled_because: str | None = Field(description="Why it is told nothing; null while it is told.")
    waiting: int = Field(description="How many events wait to be taken.")


class NewWebhook(KeptWebhook):
    """An address that is told from now on, with its secret."""

    secret: str = Field(description="What messages are signed with. It is shown once.")


class WebhookList(ApiModel):
    """All addresses that are told."""

    webhooks: list[KeptWebhook]


class SentOverlap(ApiModel):
    """For how long the old secret signs, too."""

    overlap_hours: int = Field(24, ge=0, le=_LONGEST_OVERLAP_HOURS)


class NewSecret(ApiModel):
    """The secret from now on."""

    secret: str = Field(description="It is shown once.")


class DeliveriesQuery(ApiModel):
    """Which part of the list."""

    before: str | None = Field(None, pattern=r"^[1-9][0-9]{0,17}$", description="`next` of the part before.")
    limit: int = Field(50, ge=1, le=MOST_LISTED, strict=False)


class KeptAttempt(ApiModel):
    """One try, and what came back."""

    at: datetime
    status: int | None = Field(description="Null if there was no answer.")
    milliseconds: int
    error: str = Field(description="Why there was no answer; empty if there was one.")
    answer: str = Field(description="The first 500 bytes of it.")


class KeptDelivery(ApiModel):
    """One message for one address."""

    id: str
    message_id: str = Field(description="The `webhook-id` under which it is sent, each time.")
    event: str
    reader_id: str | None = Field(description="Null for a message that only tries the address.")
    state: State
    began_at: datetime
    next_try_at: datetime | None
    attempts: list[KeptAttempt]


class DeliveryList(ApiModel):
    """A part of all deliveries, newest first."""

    deliveries: list[KeptDelivery]
    next: str | None = Field(description="Send it as `before` for the part that follows; null at the end.")


class SentReplay(ApiModel):
    """What is to be sent again."""

    since: Moment


class Replayed(ApiModel):
    """What is sent again."""

    events: int
