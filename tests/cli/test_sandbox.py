"""`paywall sandbox`: a server of its own, where it refuses to run, and that the guide's commands work beside it."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

GUIDE = Path(__file__).resolve().parent.parent.parent / "docs" / "publishers" / "sandbox.md"
PAYWALL = (sys.executable, "-c", "from paywall.cli import main; main()")
HOOK = "http://127.0.0.1:9/webhooks/stripe"
ENVIRON = {name: value for name, value in os.environ.items() if not name.startswith("PAYWALL_")}


@dataclass(frozen=True)
class Served:
    """A sandbox that is running: its address, and what it printed before it was ready."""

    address: str
    said: str

    @property
    def settings(self) -> dict[str, str]:
        """The printed environment, as a shell understands it."""
        found = re.findall(r"^  export (PAYWALL_\w+)=(.+)$", self.said, re.MULTILINE)
        return {name: "".join(shlex.split(value)) for name, value in found}

    def client(self) -> Any:
        return stripe.StripeClient(
            self.settings["PAYWALL_STRIPE_SECRET_KEY"],
            base_addresses={"api": self.settings["PAYWALL_STRIPE_API_BASE"]},
            max_network_retries=0,
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sandbox")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    process = subprocess.Popen(
        [*PAYWALL, "sandbox", "--port", "0", "--data", str(folder), "--webhook", HOOK],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRON,
    )
    assert process.stdout is not None
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            if line.startswith("ready "):
                break
        yield Served(said[-1].split()[1], "".join(said))
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


class TestTheServer:
    def test_says_where_it_is_and_what_a_paywall_beside_it_needs(self, served: Served, folder: Path) -> None:
        assert served.settings == {
            "PAYWALL_ENV": "test",
            "PAYWALL_STRIPE_API_BASE": served.address,
            "PAYWALL_STRIPE_SECRET_KEY": "sk_test_sandbox",
            "PAYWALL_STRIPE_WEBHOOK_SECRETS": re.findall(r"whsec_\w+", served.said)[0],
            "PAYWALL_CLOCK_FILE": str(folder / "clock"),
        }
        assert f"{served.address}/control" in served.said

    def test_prints_that_environment_to_be_pasted_into_a_shell_as_it_stands(self, served: Served, folder: Path) -> None:
        pasted = "\n".join(line for line in served.said.splitlines() if "PAYWALL_" in line)
        script = f"{pasted}\n{sys.executable} -c 'import os; print(os.environ[\"PAYWALL_CLOCK_FILE\"])'"
        ended = subprocess.run(["sh", "-c", script], env=ENVIRON, capture_output=True, text=True, check=True)
        assert ended.stdout.strip() == str(folder / "clock")

    def test_says_which_folder_to_delete_to_begin_anew(self, served: Served, folder: Path) -> None:
        assert re.search(rf"^  kept in +{re.escape(str(folder))}$", served.said, re.MULTILINE)

    def test_answers_stripes_own_library(self, served: Served) -> None:
        made = served.client().v1.customers.create({"email": "reader@example.org"})
        assert made.id.startswith("cus_")

    def test_turns_the_clock_that_others_follow(self, served: Served, folder: Path) -> None:
        before = _offset(folder)
        answer = requests.post(f"{served.address}/control/clock", data={"to": "day"}, timeout=30)
        while "<progress" in answer.text:  # on a busy machine the page tells how far it is
            answer = requests.get(f"{served.address}/control", timeout=30)
        assert answer.status_code == 200
        assert _offset(folder) - before > 86_000

    def test_breaks_off_an_answer_that_is_to_be_lost(self, served: Served) -> None:
        fault = {"route": "POST /v1/customers", "kind": "drop_after_commit", "times": "1"}
        requests.post(f"{served.address}/control/faults", data=fault, timeout=30)
        with pytest.raises(stripe.APIConnectionError):
            served.client().v1.customers.create({"name": "lost"}, {"idempotency_key": "lost"})
        again = served.client().v1.customers.create({"name": "lost"}, {"idempotency_key": "lost"})
        assert again.last_response.headers["Idempotent-Replayed"] == "true"


def _offset(folder: Path) -> float:
    file = folder / "clock"
    return float(file.read_text()) if file.exists() else 0.0


class TestRealLife:
    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("PAYWALL_ENV", "production"),
            ("PAYWALL_STRIPE_SECRET_KEY", "sk_live_51abc"),
            ("PAYWALL_STRIPE_SECRET_KEY", "sk_test_51abc"),
            ("PAYWALL_STRIPE_SECRET_KEY", "rk_live_51abc"),
        ],
    )
    def test_is_no_place_for_it(self, tmp_path: Path, variable: str, value: str) -> None:
        ended = subprocess.run(
            [*PAYWALL, "sandbox", "--port", "0", "--data", str(tmp_path)],
            env=ENVIRON | {variable: value},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ended.returncode == 78
        assert variable in ended.stderr
        assert "51abc" not in ended.stdout + ended.stderr


class TestTheGuide:
    def test_its_commands_set_up_a_newspaper_beside_the_sandbox(self, served: Served, tmp_path: Path) -> None:
        environ = ENVIRON | served.settings
        ran = []
        for line in _commands(GUIDE.read_text()):
            words = shlex.split(line)
            if words[0] == "export":
                environ |= dict([words[1].split("=", 1)])
            elif words[:2] not in (["paywall", "sandbox"], ["paywall", "serve"]):
                subprocess.run([*PAYWALL, *words[1:]], env=environ, cwd=tmp_path, check=True, timeout=120)
                ran.append(words[1])
        assert ran == ["migrate", "publisher", "plan", "stripe"]
        prices = served.client().v1.prices.list({"lookup_keys": ["news:digital:month:eur"]})
        assert [price.unit_amount for price in prices.data] == [499]


def _commands(guide: str) -> list[str]:
    return re.findall(r"^    ((?:export|paywall) .+)$", guide, re.MULTILINE)
