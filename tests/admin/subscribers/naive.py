"""The list as a loop over all rows would make it, by the rules in Python: what every page is compared with."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select

from paywall import clock
from paywall.admin.subscribers.asking.question import Question, Sign
from paywall.admin.subscribers.asking.sorts import Sort
from paywall.billing.subscriptions.status import is_second
from paywall.billing.subscriptions.tables import Subscription
from paywall.entitlements.rules import Entitlement, Standing, last
from paywall.entitlements.tables import EntitlementRow
from paywall.readers.crowding import WITHIN
from paywall.readers.sign_ins import MOST
from paywall.readers.tables import Reader, SignIn
from tests.admin.subscribers.world import KEYS, NOW, World


@dataclass
class Person:
    reader: Reader
    subscriptions: list[Subscription] = field(default_factory=list)
    rights: list[Entitlement] = field(default_factory=list)
    young_sign_ins: int = 0


def people_of(world: World) -> list[Person]:
    people: dict[int, Person] = {}
    with world.database.reading() as session:
        for reader in session.scalars(select(Reader).where(Reader.publisher_id == world.publisher_id)):
            people[reader.id] = Person(reader)
        strangers: defaultdict[int, Person] = defaultdict(lambda: Person(Reader()))
        for subscription in session.scalars(select(Subscription)):
            people.get(subscription.reader_id, strangers[0]).subscriptions.append(subscription)
        for right in session.scalars(select(EntitlementRow)):
            people.get(right.reader_id, strangers[0]).rights.append(right.value)
        for sign_in in session.scalars(select(SignIn)):
            is_young = sign_in.created_at > clock.wall() - WITHIN
            people.get(sign_in.reader_id, strangers[0]).young_sign_ins += is_young
    return [one for one in people.values() if one.reader.active]


def is_meant(person: Person, question: Question) -> bool:
    current = next((one for one in person.subscriptions if one.is_current), None)
    open_ones = [one for one in person.rights if one.grants_access(NOW)]
    end = last(person.rights)
    signs = {
        Sign.IN_GRACE: any(one.standing is Standing.IN_GRACE and _from(one, question) for one in open_ones),
        Sign.PAYS_TWICE: any(is_second(one.status, is_current=one.is_current) for one in person.subscriptions),
        Sign.SHARES: person.young_sign_ins >= MOST,
    }
    asks = (
        person.reader.email_normalized.startswith(question.text.lower()),
        question.status is None or (current is not None and current.status == question.status),
        question.plan is None or (current is not None and current.lookup_key in KEYS[question.plan]),
        question.currency is None or (current is not None and current.currency == question.currency),
        question.joined.holds(person.reader.created_at),
        question.ends.is_open or (end is not None and question.ends.holds(end.valid_until)),
        question.source is None or any(_from(one, question) for one in open_ones),
        not question.is_shut_out or not open_ones,
        question.sign is None or signs[question.sign],
        question.sort.key != "ends" or end is not None,
        question.sort is not Sort.ENDS_FIRST
        or not question.ends.is_open
        or (end is not None and end.valid_until > NOW),
    )
    return all(asks)


def _from(right: Entitlement, question: Question) -> bool:
    return question.source is None or right.source is question.source


def ids_in_order(people: list[Person], question: Question) -> list[int]:
    """Return the ids of those who are meant, sorted; by end only those who have one."""
    meant = [one for one in people if is_meant(one, question)]
    meant.sort(key=lambda one: (_key(one, question), one.reader.id), reverse=question.sort.is_descending)
    return [one.reader.id for one in meant]


def _key(person: Person, question: Question) -> object:
    end = last(person.rights)
    keys = {
        "joined": person.reader.created_at,
        "address": person.reader.email_normalized.encode(),
        "ends": end.valid_until if end else None,
    }
    return keys[question.sort.key]
