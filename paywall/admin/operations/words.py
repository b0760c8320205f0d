"""Operations in words: notices, parts of the service, jobs and how late they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from paywall.admin.ground.days import Days
from paywall.admin.subscribers.showing.words import State, Tone
from paywall.jobs import JobRun
from paywall.notices import AdminNotice

_NOTICES = {
    "webhook_silent": "Stripe has events that never came by the webhook. Look at its endpoint in Stripe's dashboard.",
    "subscriptions_unknown": "Many subscriptions here are unknown to Stripe. Is the key of another account set?",
    "webhook_disabled": "An endpoint of yours is told nothing any more.",
}
_NO_PAYMENTS = "No payment has come for {hours} hours, although many are usual. Try a checkout yourself."
_ACTS = {
    "refund": "Giving money back",
    "subscription_resumed": "Resuming a subscription",
    "plan_change": "Changing a plan",
}
_LOOK = "Look in the dossier whether it was done; if not, do it again."
_PARTS = {
    "database": ("Database", "Nothing works without it."),
    "meter": ("Meter of views", "While it is away, articles open without being counted."),
    "webhook": ("Stripe's webhook", "While it is silent, events are fetched every five minutes."),
}
_HOURS = timedelta(hours=1)
_USUAL_PAUSE = {
    "changes": timedelta(minutes=5),
    "old events": 6 * _HOURS,
    "replays": timedelta(minutes=1),
    "unanswered acts": timedelta(minutes=1),
}
_PAUSE = timedelta(seconds=30)
_PATIENCE = timedelta(minutes=2)
"""Jobs are noted every half minute, and may take a while."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something the service needs."""

    name: str
    meaning: str
    state: State


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job, how it does, when it last ended well, and why it last failed."""

    name: str
    state: State
    ended_at: datetime | None
    failed_at: datetime | None
    error: str


def notice_words(notice: AdminNotice, days: Days) -> str:
    """Return what a notice says and what can be done."""
    if notice.kind == "no_payments":
        return _NO_PAYMENTS.format(hours=notice.detail.get("hours", "many"))
    if notice.kind == "act_unanswered":
        asked_at = days.minute(datetime.fromisoformat(notice.detail["asked_at"]))
        return f"{_ACTS[notice.detail['action']]} was asked for at {asked_at}, and never answered. {_LOOK}"
    return _NOTICES.get(notice.kind, notice.kind.replace("_", " ").capitalize())


def notice_path(notice: AdminNotice) -> str:
    """Return the page of the reader whom a notice is about; empty where it is about nobody."""
    return f"/admin/subscribers/{notice.detail['reader']}" if "reader" in notice.detail else ""


def part_of(name: str, *, is_well: bool) -> Part:
    """Return a part that is looked after."""
    words, meaning = _PARTS.get(name, (name, ""))
    return Part(words, meaning, State("works", Tone.GOOD) if is_well else State("out of reach", Tone.BAD))


def job_line(run: JobRun, now: datetime) -> JobLine:
    """Return a job as it stands at `now`, wall time: it failed last, or has not ended for too long, or is well."""
    return JobLine(run.name, _state(run, now), run.ended_at, run.failed_at, run.error or "")


def _state(run: JobRun, now: datetime) -> State:
    if run.failed_at and (run.ended_at is None or run.failed_at > run.ended_at):
        return State("fails", Tone.BAD)
    if run.ended_at is None or now - run.ended_at > _USUAL_PAUSE.get(run.name, _PAUSE) + _PATIENCE:
        return State("has not run lately", Tone.WATCH)
    return State("runs", Tone.GOOD)


EVENT_TONES: Mapping[str, Tone] = {
    "waiting": Tone.WATCH,
    "parked": Tone.WATCH,
    "handled": Tone.GOOD,
    "ignored": Tone.QUIET,
}
