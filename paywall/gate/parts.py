"""The gate of one process, put together."""

from typing import TYPE_CHECKING, NamedTuple

from paywall import clock
from paywall.articles.catalogue import Catalogue
from paywall.background import Job
from paywall.changes import ChangeFollower
from paywall.database import Database
from paywall.gate.access import Gate
from paywall.gate.crawlers.lookups import DnsResolver
from paywall.gate.crawlers.ranges.holding import LOOK_SECONDS, Ranges
from paywall.gate.crawlers.verdicts import Crawlers
from paywall.gate.events import FLUSH_SECONDS, EventBuffer, sweep
from paywall.gate.identity import knocker
from paywall.gate.metering import GateMeter
from paywall.gate.named.people import People
from paywall.gate.named.tokens import Tokens
from paywall.gate.recognition import Recognition
from paywall.gate.remote_check import RemoteCheck
from paywall.gate.rights import RightsReader
from paywall.gate.signed_passes.keychain import Keychain
from paywall.gate.signed_passes.mint import PassMint
from paywall.gate.signed_passes.sealing import Seal
from paywall.gate.web_check import WebCheck, by_slug
from paywall.meter.engines import open_store
from paywall.meter.store import MeterStore
from paywall.publishers.profiles import Profiles
from paywall.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

AN_HOUR = 60 * 60


class GateParts(NamedTuple):
    """What others may need: the decider, the wall's check, and the buffers that belong to them."""

    gate: Gate
    check: WebCheck
    recognition: Recognition
    catalogue: Catalogue
    events: EventBuffer
    rights: RightsReader
    meter: MeterStore
    keychain: Keychain
    mint: PassMint
    people: People
    remote: RemoteCheck
    crawlers: Crawlers
    jobs: tuple[Job, ...]


def build_gate(
    settings: Settings,
    database: Database,
    profiles: Profiles,
    follower: ChangeFollower,
    application: "WSGIApplication",
) -> GateParts:
    """Build the gate that stands in front of `application`, and have it hear of changes."""
    meter = open_store(settings.effective_meter_url)
    catalogue, rights, events = Catalogue(database), RightsReader(database), EventBuffer(database)
    gate = Gate(GateMeter(meter), rights.right_now)
    crawlers = Crawlers(Ranges(database), DnsResolver())
    recognition = Recognition(settings, gate, rights, knocker(application), crawlers)
    seal = Seal(settings.secret_key)
    keychain = Keychain(database, seal)
    remembering = (catalogue, recognition.revocations, recognition.snapshot, keychain, crawlers.ranges)
    for one in remembering:
        follower.listen(one.hear)
    check = WebCheck(profiles, by_slug(catalogue), gate, recognition, events)
    mint = PassMint(keychain, seal, settings.base_url)
    tokens = Tokens(settings.secret_key, rights, recognition.revocations, recognition.snapshot)
    people = People(settings.secret_key, gate, tokens, mint, recognition)
    remote = RemoteCheck(gate, events, mint)
    jobs = (
        Job("gate events", FLUSH_SECONDS, events.flush),
        Job("old gate events", AN_HOUR, lambda: _sweep_events(database, settings.gate_events_days)),
        Job("old views", AN_HOUR, lambda: meter.sweep(clock.now())),
        Job("crawlers' ranges", LOOK_SECONDS, crawlers.ranges.load),
    )
    return GateParts(
        gate, check, recognition, catalogue, events, rights, meter, keychain, mint, people, remote, crawlers, jobs
    )


def _sweep_events(database: Database, days: int) -> None:
    with database.writing() as session:
        sweep(session, clock.now(), days)
