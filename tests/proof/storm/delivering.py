"""Every event brought to the door three times in no order, while readers go on cancelling and being refunded."""

import itertools
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from sqlalchemy.exc import SQLAlchemyError

from paywall.app import create_product
from paywall.billing import parts
from paywall.settings import Environment, Settings
from tests.billing.stripe_world import Json, World
from tests.billing.webhook_inputs import signed
from tests.proof.storm.reckoning import open_events
from tests.proof.storm.stories import STORIES, Fate, Life
from tests.proof.storm.tape import Tape

COPIES = 3
PATIENCE_SECONDS = 600
_AGAIN_SECONDS = 0.05
Hear = Callable[[int], None]


@dataclass
class Courier:
    """Brings the mail and keeps count; what was answered 503 is brought again later, as Stripe does."""

    world: World
    chance: random.Random
    lives: list[Life]
    """Those whose stories are still to come."""
    fates: list[Fate]
    on_sent: Hear
    """Hears how many have been taken, after each."""
    events: list[Json] = field(default_factory=list)
    sent: int = 0
    refused: int = 0

    def deliver_all(self) -> None:
        """Return when nothing happens any more: all stories are told, all their events taken and worked off."""
        self.chance.shuffle(self.lives)
        tape = Tape(self.world.sandbox.store)
        with _door(self.world) as door:
            while fresh := tape.fresh() or self._go_on_without_mail(tape):
                self.events += fresh
                self._bring(door, fresh)

    def _bring(self, door: FlaskClient, fresh: Sequence[Json]) -> None:
        mail = list(fresh) * COPIES
        self.chance.shuffle(mail)
        share = len(self.lives) / len(mail)
        while mail:
            if not self._post(door, mail[-1]):
                time.sleep(_AGAIN_SECONDS)
                mail.insert(self.chance.randrange(len(mail)), mail.pop())
                continue
            mail.pop()
            self.on_sent(self.sent)
            if self.lives and self.chance.random() < share:
                self._tell_a_story()

    def _post(self, door: FlaskClient, event: Json) -> bool:
        body, headers = signed(json.dumps(event).encode())
        answer = door.post("/webhooks/stripe", data=body, headers=headers, base_url="http://news.test")
        assert answer.status_code in (200, 503), (answer.status_code, answer.text)
        is_taken = answer.status_code == 200
        self.sent += is_taken
        self.refused += not is_taken
        return is_taken

    def _go_on_without_mail(self, tape: Tape) -> list[Json]:
        """Tell the stories that are left, or wait for the workers: what they do at Stripe causes events as well."""
        if not self.lives:
            _wait_until_worked_off(self.world)
        while self.lives:
            self._tell_a_story()
        return tape.fresh()

    def _tell_a_story(self) -> None:
        life, name = self.lives.pop(), next(_NAMES)
        self.fates.append(Fate(name, life.reader_id, STORIES[name](self.world, life)))


_NAMES = itertools.cycle(STORIES)


@contextmanager
def _door(world: World) -> Iterator[FlaskClient]:
    """Open the product's door; it answers in this process, over the same database as the workers."""
    settings = Settings(
        secret_key="0123456789abcdef" * 2,
        base_url="http://news.test",
        env=Environment.TEST,
        database_url=world.database.engine.url.render_as_string(hide_password=False),
    )
    product = create_product(settings)
    parts.install(product.flask, world.billing)
    yield product.flask.test_client()
    product.database.close()


def _wait_until_worked_off(world: World) -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends_at:
        try:
            if not open_events(world):
                return
        except SQLAlchemyError:  # the database is being restarted
            pass
        time.sleep(_AGAIN_SECONDS)
