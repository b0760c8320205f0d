"""The figures a second time, written by somebody who knows only their definitions: slowly, moment by moment.

Works on the rows that were written, as dictionaries. Nothing of `paywall.business` is used.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

Row = dict[str, Any]
DAY = timedelta(days=1)


class Counted(NamedTuple):
    """One paid bill: from when until when it counts, whether it is lost then, for how much a month, when it is late."""

    begins: datetime
    until: datetime
    is_lost: bool
    monthly: int
    late_from: datetime | None


class Naive:
    def __init__(self, subscriptions: list[Row], invoices: list[Row], refunds: list[Row], disputes: list[Row]) -> None:
        self.subscriptions = subscriptions
        self.bills: dict[str, list[Row]] = defaultdict(list)
        for one in sorted(invoices, key=lambda row: row["created_at"]):
            self.bills[one["subscription_id"]].append(one)
        self.refunds, self.disputes = refunds, disputes
        self.known: dict[str, list[Counted]] = {}

    # -- one bill ------------------------------------------------------------------------------------------------------

    def begins(self, bill: Row) -> datetime:
        latest: datetime = max(bill["period_start_at"], bill["paid_at"])
        return latest

    def void(self, bill: Row) -> tuple[datetime | None, bool]:
        if bill["dispute"] == "lost":
            return min(one["at"] for one in self.disputes if one["invoice_id"] == bill["stripe_id"]), True
        if bill["paid_minor"] and bill["refunded_minor"] >= bill["paid_minor"]:
            gone = [
                one["at"]
                for one in self.refunds
                if one["invoice_id"] == bill["stripe_id"] and one["status"] != "failed"
            ]
            return bill["keeps_until"] or max(gone), False
        return None, False

    def counts_until(self, sub: Row, bill: Row) -> tuple[datetime, bool]:
        """Until when, and whether it is lost then."""
        end, lost = bill["period_end_at"], False
        if self.is_asked(sub, end):
            end, lost = end + 14 * DAY, True
        elif (
            sub["status"] in ("active", "trialing", "past_due")
            and not sub["cancels_at"]
            and not sub["collection_is_paused"]
        ):
            end += DAY
        if sub["ended_at"] and sub["ended_at"] <= end:
            end, lost = sub["ended_at"], sub["ended_because"] in ("payment_failed", "payment_disputed")
        void, by_bank = self.void(bill)
        return (void, by_bank) if void and void <= end else (end, lost)

    def is_asked(self, sub: Row, end: datetime) -> bool:
        renewals = [one for one in self.bills[sub["stripe_id"]] if one["reason"] != "subscription_update"]
        return any(
            -DAY <= one["period_start_at"] - end <= DAY
            for one in renewals
            if one["status"] in ("paid", "open", "uncollectible")
        )

    # -- prices --------------------------------------------------------------------------------------------------------

    def priced(self, sub: Row) -> list[tuple[Row, datetime, datetime, Fraction]]:
        """Paid bills in the order in which they began to count: of which whole period, and what that costs."""
        found: list[tuple[Row, datetime, datetime, Fraction]] = []
        paid = [
            one
            for one in self.bills[sub["stripe_id"]]
            if one["status"] == "paid" and self.begins(one) < one["period_end_at"]
        ]
        for bill in sorted(paid, key=self.begins):
            start, end = bill["period_start_at"], bill["period_end_at"]
            net, before = Fraction(bill["total_minor"] - bill["tax_minor"]), None
            if bill["reason"] == "subscription_update":
                for one in found:
                    void = self.void(one[0])[0]
                    if one[1] <= start < one[2] and (void is None or start < void):
                        before = one
            if before is None:
                if net > 0:
                    found.append((bill, start, end, net))
            else:
                left = Fraction(int((before[2] - start).total_seconds()), int((before[2] - before[1]).total_seconds()))
                if end == before[2]:
                    found.append((bill, before[1], before[2], before[3] + net / left))
                else:
                    found.append((bill, start, end, net + before[3] * left))
        return found

    # -- moments -------------------------------------------------------------------------------------------------------

    def counted(self, sub: Row) -> list[Counted]:
        """Every paid bill that ever counts, in the order in which they began to."""
        name = sub["stripe_id"]
        if name not in self.known:
            found = []
            for bill, start, end, price in self.priced(sub):
                until, is_lost = self.counts_until(sub, {**bill, "period_end_at": end})
                monthly = max(floor(price / months(start, end) + Fraction(1, 2)), 0)
                late_from = end + DAY if self.is_asked(sub, end) else None
                found.append(Counted(self.begins(bill), until, is_lost, monthly, late_from))
            self.known[name] = [one for one in found if one.begins < one.until]
        return self.known[name]

    def level(self, sub: Row, at: datetime) -> tuple[int, datetime | None]:
        """What it counts for at a moment, and from when its renewal is late."""
        holding = [one for one in self.counted(sub) if one.begins <= at < one.until]
        return (holding[-1].monthly, holding[-1].late_from) if holding else (0, None)

    def moments(self, subs: list[Row]) -> list[datetime]:
        return sorted({at for sub in subs for one in self.counted(sub) for at in (one.begins, one.until)})

    def customers(self, currency: str) -> list[list[Row]]:
        theirs = defaultdict(list)
        for sub in self.subscriptions:
            if sub["currency"] == currency:
                theirs[sub["customer_id"]].append(sub)
        return list(theirs.values())

    def movements(self, currency: str) -> list[tuple[str, datetime, int, datetime]]:
        """Kind, moment, change, and the moment of that customer's first payment."""
        found = []
        for subs in self.customers(currency):
            before, first = 0, None
            for at in self.moments(subs):
                now = sum(self.level(sub, at)[0] for sub in subs)
                if now == before:
                    continue
                if before == 0:
                    kind, first = ("new", at) if first is None else ("reactivated", first)
                elif now == 0:
                    kind = "churned_involuntary" if any(self.is_lost(sub, at) for sub in subs) else "churned_voluntary"
                else:
                    kind = "expansion" if now > before else "contraction"
                assert first is not None
                found.append((kind, at, now - before, first))
                before = now
        return found

    def is_lost(self, sub: Row, at: datetime) -> bool:
        """Whether what it counted for until this moment ended by no wish of the reader."""
        holding = [one for one in self.counted(sub) if one.begins < at <= one.until]
        return bool(holding) and holding[-1].until == at and holding[-1].is_lost

    # -- figures -------------------------------------------------------------------------------------------------------

    def standing(self, currency: str, at: datetime) -> tuple[int, int, int, int]:
        """MRR, subscribers, MRR at risk and how many subscriptions that is, just after a moment."""
        mrr = people = late_minor = late = 0
        for subs in self.customers(currency):
            levels = [self.level(sub, at) for sub in subs]
            mrr += sum(level for level, _ in levels)
            people += sum(level for level, _ in levels) > 0
            at_risk = [level for level, since in levels if level and since is not None and since <= at]
            late_minor, late = late_minor + sum(at_risk), late + len(at_risk)
        return mrr, people, late_minor, late

    def trials(self, currency: str) -> list[tuple[datetime, bool]]:
        """When each ended, and whether it was paid after."""
        return [
            (
                max(min(sub["trial_end_at"], sub["ended_at"] or sub["trial_end_at"]), sub["created_at"]),
                bool(self.counted(sub)),
            )
            for sub in self.subscriptions
            if sub["currency"] == currency and sub["trial_end_at"]
        ]

    def failures(self, currency: str) -> list[tuple[datetime, int, bool]]:
        found = []
        for sub in self.subscriptions:
            for bill in self.bills[sub["stripe_id"]]:
                if (
                    sub["currency"] != currency
                    or bill["reason"] == "subscription_create"
                    or not bill["total_minor"] > 0
                ):
                    continue
                if bill["status"] == "paid" and bill["paid_at"] > bill["opened_at"] + DAY:
                    found.append((bill["opened_at"], bill["total_minor"], True))
                if bill["status"] in ("open", "uncollectible") and bill["was_attempted"]:
                    found.append((bill["opened_at"], bill["total_minor"], False))
        return found

    def due(self, currency: str, after: datetime, until: datetime) -> tuple[int, int]:
        theirs = [
            sub for sub in self.subscriptions if sub["currency"] == currency and sub["status"] in ("active", "trialing")
        ]
        going = [
            one for one in theirs if not one["cancels_at"] and not one["collection_is_paused"] and one["period_end_at"]
        ]
        amounts = [one["amount_minor"] for one in going if after < one["period_end_at"] < until]
        return len(amounts), sum(amounts)

    def cohort(self, currency: str, month: date, until: datetime, zone: ZoneInfo) -> tuple[int, int]:
        """How many first paid in a month, and how many of them are counted at a moment."""
        joined = still = 0
        for subs in self.customers(currency):
            counted = [at for at in self.moments(subs) if any(self.level(sub, at)[0] for sub in subs)]
            if counted and counted[0].astimezone(zone).date().replace(day=1) == month:
                joined += 1
                still += any(self.level(sub, until - timedelta(microseconds=1))[0] for sub in subs)
        return joined, still


def months(start: datetime, end: datetime) -> Fraction:
    """How many months a period has: count on from its first day until its last is met."""
    for number in range(1, 40):
        year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
        last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - DAY).day
        ends_month = (start + DAY).month != start.month
        on = date(year, month + 1, min(start.day, last))
        if end.date() == on or (ends_month and (end.year, end.month) == (year, month + 1) and end.day > start.day):
            return Fraction(number)
    return Fraction(int((end - start).total_seconds()), 365 * 86_400 // 12)
