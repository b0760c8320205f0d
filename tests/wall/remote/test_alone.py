"""The wheel with its own dependencies and nothing else: the client works, and the service is not there."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement

from tests.wall.remote.service import CANARY, PAGE, Service

ROOT = Path(__file__).resolve().parent.parent.parent.parent
_CLIENT = """
import json, sys
from importlib.util import find_spec
from wsgiref.validate import validator
from wsgiref.util import setup_testing_defaults
from paywall.wall import AsgiPaywall, AsyncRemoteCheck, Paywall, RemoteCheck

address, key, page = json.load(sys.stdin)

def site(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [page.encode()]

site = Paywall(site, RemoteCheck(address, key), cut="div.article-body")
found = {}
for name in ("free-0", "metered-0", "subscribers-0"):
    environ = {"PATH_INFO": f"/news/{name}", "HTTP_HOST": "www.paper.example", "wsgi.url_scheme": "https"}
    environ |= {"REMOTE_ADDR": "203.0.113.9", "QUERY_STRING": "", "SCRIPT_NAME": ""}
    setup_testing_defaults(environ)
    body = validator(site)(environ, lambda status, headers, info=None: None)
    found[name] = b"".join(body).decode()
    body.close()
AsgiPaywall(lambda *_: None, AsyncRemoteCheck(address, key))
print(json.dumps({"pages": found, "there": [n for n in sys.argv[1:] if find_spec(n)], "loaded": sorted(sys.modules)}))
"""
_OF_THE_SERVICE = ("flask", "stripe", "sqlalchemy", "redis", "granian", "pydantic", "babel", "click", "werkzeug")


def closure(names: Iterable[str]) -> set[str]:
    """Return the packages with all that they need without extras, as this environment has them."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower()
        if name in found:
            continue
        found.add(name)
        needed = map(Requirement, distribution(name).requires or ())
        waiting += [one.name for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheel and the base dependencies that pyproject.toml names."""
    folder = tmp_path_factory.mktemp("alone")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    packages = next((folder / "venv" / "lib").iterdir()) / "site-packages"
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(packages)
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for name in closure(Requirement(line).name for line in named):
        for file in distribution(name).files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                place = packages / file
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(file.locate()), place)
    return folder / "venv" / "bin" / "python"


class TestTheClientAlone:
    def test_has_nothing_of_the_service_and_stands_around_a_site(self, python: Path, service: Service) -> None:
        told = json.dumps([service.address, service.key, PAGE])
        command = [str(python), "-I", "-c", _CLIENT, *_OF_THE_SERVICE]
        ran = subprocess.run(command, input=told, capture_output=True, text=True, check=False, timeout=60)
        assert ran.returncode == 0, ran.stderr
        said = json.loads(ran.stdout.splitlines()[-1])
        assert said["there"] == []
        shown = {name: CANARY in page for name, page in said["pages"].items()}
        assert shown == {"free-0": True, "metered-0": True, "subscribers-0": False}

    def test_says_in_one_sentence_what_the_command_needs(self, python: Path) -> None:
        command = [str(python), "-I", "-c", "from paywall.command import main; main()"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ran.returncode == 1
        assert ran.stderr == (
            "The paywall command runs the service, which needs click: pip install 'paywall[server]'.\n"
        )

    def test_says_the_same_beside_a_site_that_brings_a_part_of_what_is_needed(
        self, python: Path, tmp_path: Path
    ) -> None:
        """The complaint: beside Flask, which brings click, `paywall keys list` ended in a traceback."""
        shutil.copytree(Path(click.__file__).parent, tmp_path / "click")
        program = f"import sys; sys.path.append({str(tmp_path)!r}); from paywall.command import main; main()"
        ran = subprocess.run(
            [str(python), "-I", "-c", program, "keys", "list"], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 1
        assert re.fullmatch(r"The paywall command runs the service, which needs \w+: pip install .+\n", ran.stderr)

    def test_can_make_a_leak_audit(self, python: Path) -> None:
        program = "import sys; from paywall.command import main; sys.argv = ['paywall', 'audit', sys.argv[1]]; main()"
        command = [str(python), "-I", "-c", program, "http://127.0.0.1:9/a"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (2, "")
        assert "Not judged: http://127.0.0.1:9/a could not be read" in ran.stdout

    def test_needs_few_packages(self) -> None:
        named = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
        needed = closure(Requirement(line).name for line in named)
        assert not needed & set(_OF_THE_SERVICE)
        assert len(needed) < 16
