"""What is asked and answered at `/v1/check`, as shapes that OpenAPI shows."""

from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from paywall.api.ground.models import ApiModel
from paywall.errors import BadInput
from paywall.gate.decision import Extent, Prompt, Reason

MOST_CHECKS = 100
_LONGEST_TOKEN = 4096
_LONGEST_ID = 255
_LONGEST_USER_AGENT = 1000
_ARTICLE_ID = r"^[A-Za-z0-9](?:[A-Za-z0-9._~:@!,+/?=&;#-]|%[2-9A-Fa-f][0-9A-Fa-f])*$"
_VISITOR_ID = r"^[A-Za-z0-9_.~-]{8,128}$"
_SENTENCES = {
    "article": "Give your id of the article: up to 255 ASCII characters, without spaces; or ask by `url`.",
    "visitor": "Give 8 to 128 characters of A-Z a-z 0-9 _ . ~ -",
}


class Network(ApiModel):
    """Where a visitor calls from. It tells search engines and browsers without cookies; only a keyed hash is kept."""

    address: str = Field(description="The visitor's IP address.", examples=["203.0.113.9"])
    user_agent: str = Field("", max_length=_LONGEST_USER_AGENT, description="The visitor's User-Agent header.")

    @field_validator("address")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        try:
            ip_address(value)
        except ValueError as error:
            raise BadInput("network.address", "Give an IPv4 or IPv6 address.") from error
        return value


class CheckQuestion(ApiModel):
    """Which article, and who wants to read it: the article by `article` or by `url`, people as you know them."""

    sentences: ClassVar[Mapping[str, str]] = _SENTENCES
    flags: ClassVar[tuple[str, ...]] = ("count", "words")

    article: str | None = Field(
        None,
        pattern=_ARTICLE_ID,
        max_length=_LONGEST_ID,
        description="Your own id of the article.",
        examples=["harbour-2026-11-27"],
    )
    url: str | None = Field(None, description="The article's address on one of your sites, in any of its spellings.")
    reader: str | None = Field(None, max_length=_LONGEST_TOKEN, description="A reader token, from `/v1/readers/token`.")
    signed_pass: str | None = Field(
        None,
        validation_alias="pass",
        serialization_alias="pass",
        max_length=_LONGEST_TOKEN,
        description="A pass from an earlier answer.",
    )
    visitor: str | None = Field(
        None,
        pattern=_VISITOR_ID,
        description="An id that you keep for a browser: 8 to 128 of A-Z a-z 0-9 _ . ~ -",
        examples=["v-5f0c2ab1e9"],
    )
    network: Network | None = None
    referrer: str = Field("", description="Where the reader came from; only its host is kept.")
    count: bool = Field(True, description="false asks without spending a view; no pass is given then.")
    words: bool = Field(False, description="true answers with the invitation's sentences, too.")


class CheckBatch(ApiModel):
    """Up to 100 questions at once."""

    sentences: ClassVar[Mapping[str, str]] = _SENTENCES

    checks: list[CheckQuestion] = Field(min_length=1, max_length=MOST_CHECKS)


class WordsLink(ApiModel):
    """A link of the invitation."""

    label: str
    url: str


class Words(ApiModel):
    """The invitation where a preview ends, in sentences."""

    headline: str
    why: str
    offer: str
    price: str | None
    button: WordsLink
    beside: str
    beside_link: WordsLink | None
    also: str
    also_link: WordsLink | None


class CheckAnswer(ApiModel):
    """Whether the article may be read, and why. A "no" is an answer, too."""

    article: str = Field(description="Your id of the article.")
    extent: Extent = Field(description="`full`: show all of it. `preview`: show the preview and the invitation.")
    reason: Reason
    prompt: Prompt = Field(description="What to ask of the reader.")
    views_left: int | None = Field(description="Articles left on the meter, where a meter had a say.")
    resets_at: datetime | None = Field(description="When they return.")
    subscribe_url: str = Field(description="Where the reader subscribes; it leads back to the article.")
    is_registered: bool = Field(description="Whether this is a reader with an account.")
    signed_pass: str | None = Field(
        validation_alias="pass",
        serialization_alias="pass",
        description="Opens the article for five minutes, without a call.",
    )
    pass_expires_at: datetime | None
    degraded: str = Field(description="What could not be asked: `meter` or `database`; empty as a rule.")
    token_error: Literal["invalid_token"] | None = Field(description="The token or pass was good for nothing.")
    words: Words | None = Field(description="Where `words` was asked for, and the article is shut.")
    notice: str | None = Field(description="The quiet line above an open article, where `words` was asked for.")


class CheckRefused(ApiModel):
    """One question of a batch that could not be answered."""

    article: str | None
    url: str | None
    error: Literal["not_found", "gone"]


class CheckResults(ApiModel):
    """One answer for each question, in their order."""

    results: list[CheckAnswer | CheckRefused]
