"""The demo's application: the product as it is, a stand-in Stripe beside it, and a mailbox to look into."""

import os
import shlex
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from paywall import clock, logs, schema
from paywall.app import create_product
from paywall.background import leave_ctrl_c_to_the_parent
from paywall.billing.setting_up.account import set_up_stripe
from paywall.billing.stripe_gateway import InProcess, StripeGateway
from paywall.database import Database
from paywall.demo import company, content, mailbox, staff_door
from paywall.demo.announcing import announce
from paywall.demo.catching_up import catch_up
from paywall.demo.gazette.opening import open_gazette
from paywall.demo.gazette.serving import Door
from paywall.demo.gazette.site import make_site
from paywall.demo.place import ADDRESS_VARIABLE, COMPANY_VARIABLE, FOLDER_VARIABLE, GAZETTE_PORT_VARIABLE, Place
from paywall.publishers.rules import Profile
from paywall.sandbox import Sandbox

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BANNER = "This is a demo. Payments are simulated: use card 4242 4242 4242 4242, any date to come, any three digits."
SANDBOX_PATH = "/sandbox"
CONTROL_PATH = f"{SANDBOX_PATH}/control"


def create_demo_app() -> "WSGIApplication":
    """Return what the demo's process answers with; its place comes from the command through the environment."""
    leave_ctrl_c_to_the_parent()
    place = Place(Path(os.environ[FOLDER_VARIABLE]), os.environ[ADDRESS_VARIABLE])
    settings = place.settings()
    logs.configure(settings.log_level, pretty=True)
    clock.follow(place.clock_file)
    database = Database(settings.database_url)
    schema.migrate(database)
    publisher = content.fill(database, place)
    door = Door(int(os.environ.get(GAZETTE_PORT_VARIABLE, "0")))
    paper = open_gazette(database, publisher, place, door.address)
    sandbox = Sandbox(place.stripe_file, place.address + SANDBOX_PATH)
    gateway = StripeGateway(sandbox.secret_key, transport=InProcess(sandbox.wsgi))
    secret = _open_for_business(database, gateway, publisher, place)
    database.close()
    product = create_product(replace(settings, stripe_webhook_secrets=(secret,)), gateway)
    product.flask.register_blueprint(mailbox.blueprint)
    product.flask.register_blueprint(staff_door.make_blueprint(place))
    shown = {
        "site_banner": BANNER, "mailbox_path": mailbox.PATH, "staff_path": staff_door.PATH,
        "control_path": CONTROL_PATH, "gazette": door.address,
    }  # fmt: skip
    product.flask.context_processor(lambda: shown)
    sandbox.open_control(clock.advance, partial(catch_up, product.work))
    sandbox.deliverer.start()
    product.start()
    door.open(lambda: make_site(paper).wsgi_app)
    environment = place.write_environment(place.address + SANDBOX_PATH, sandbox.secret_key)
    announce(place.address, also=_also(door.address, environment))
    if os.environ.get(COMPANY_VARIABLE) == "on" and place.is_first_time("company"):
        company.invite(product.flask, sandbox, place.address)
    return DispatcherMiddleware(product.flask.wsgi_app, {SANDBOX_PATH: sandbox.wsgi})


def _also(gazette: str, environment: Path) -> str:
    return (
        f"beside {gazette} The Harbour Gazette, another site that asks this one\n"
        f"commands such as `paywall keys list` work in a shell that has read it:  . {shlex.quote(str(environment))}"
    )


def _open_for_business(database: Database, gateway: StripeGateway, publisher: Profile, place: Place) -> str:
    """Make plans and webhook known to the stand-in, as `paywall stripe setup` does; return the signing secret."""
    address = f"{place.address}/webhooks/stripe"
    _forget_other_addresses(gateway, address)
    return place.webhook_secret(set_up_stripe(database, gateway, publisher, address).webhook_secret)


def _forget_other_addresses(gateway: StripeGateway, address: str) -> None:
    """Delete endpoints of earlier starts on another port."""
    for endpoint in list(gateway.ask_all(lambda v1: v1.webhook_endpoints.list())):
        if endpoint["url"] != address:
            gateway.ask(partial(_delete, endpoint["id"]))


def _delete(endpoint: str, v1: Any) -> object:  # noqa: ANN401 - the SDK's services are not imported here
    return v1.webhook_endpoints.delete(endpoint)
