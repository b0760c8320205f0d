"""What is shipped: the wheel, the lock, the compose file, the container's recipe."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        return set(archive.namelist())


class TestTheWheel:
    def test_it_carries_templates_migrations_and_the_demo(self, wheel: set[str]) -> None:
        for wanted in (
            "paywall/templates/layout.html",
            "paywall/migrations/env.py",
            "paywall/newsroom/static/paper.css",
        ):
            assert wanted in wheel
        assert any(name.startswith("paywall/newsroom/demo_articles/") and name.endswith(".md") for name in wheel)

    def test_it_carries_every_template_of_the_checkout(self, wheel: set[str]) -> None:
        ours = {f"paywall/{path.relative_to(ROOT)}" for path in (ROOT / "templates").rglob("*.*")}
        assert ours <= wheel


class TestTheLock:
    lock = (ROOT / "requirements.lock").read_text()

    def test_every_package_is_pinned_with_hashes(self) -> None:
        pins = re.findall(r"^[a-z0-9][^\n]*?==[^\n]*\\\n    --hash=sha256:", self.lock, re.MULTILINE)
        packages = re.findall(r"^[a-z0-9]\S*==", self.lock, re.MULTILINE)
        assert len(pins) == len(packages) > 50

    def test_it_names_no_package_index(self) -> None:
        assert not re.search(r"https?://|--index|--extra-index|--find-links", self.lock)

    def test_it_holds_every_dependency_of_the_project(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        wanted = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["server"]
        wanted += project["dependency-groups"]["test"]
        names = {re.split(r"[\[<>=!~ ]", line)[0].lower() for line in wanted}
        locked = {line.split("==")[0].split("[")[0] for line in re.findall(r"^[a-z0-9]\S*==", self.lock, re.MULTILINE)}
        assert names <= locked


class TestTheComposeFile:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())

    def test_it_follows_the_compose_specification(self) -> None:
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
        checked = subprocess.run(
            [*command, str(ROOT / "docker-compose.yml")], capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout

    def test_a_broken_compose_file_would_be_noticed(self, tmp_path: Path) -> None:
        broken = tmp_path / "docker-compose.yml"
        broken.write_text("services: {web: {image: x, portz: ['80:80']}}")
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(broken)]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 1

    def test_all_parts_are_there(self) -> None:
        assert {"postgres", "valkey", "web", "worker", "nginx", "migrate"} == set(self.compose["services"])

    @pytest.mark.parametrize("name", ["web", "worker", "migrate"])
    def test_our_services_run_read_only_and_without_privileges(self, name: str) -> None:
        service = self.compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]

    def test_every_variable_it_sets_is_one_that_settings_know(self) -> None:
        from paywall.settings import _PARSERS  # noqa: PLC0415

        known = {f"PAYWALL_{name.upper()}{suffix}" for name in _PARSERS for suffix in ("", "_FILE")}
        assert set(self.compose["x-paywall"]["environment"]) <= known
        example = re.findall(r"^(PAYWALL_\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
        assert set(example) <= known

    def test_a_shell_can_read_the_example_as_the_guide_says(self) -> None:
        script = 'set -a; . "$0"; set +a; printenv PAYWALL_MAIL_SENDER'
        read = subprocess.run(["sh", "-c", script, ROOT / ".env.example"], capture_output=True, text=True, check=True)
        assert read.stdout == "News <news@example.com>\n"


class TestTheContainer:
    recipe = (ROOT / "Dockerfile").read_text()

    def test_it_does_not_run_as_root(self) -> None:
        assert re.search(r"^USER 10001$", self.recipe, re.MULTILINE)

    def test_it_copies_only_what_is_there(self) -> None:
        for line in re.findall(r"^COPY (?!--from)(.+)$", self.recipe, re.MULTILINE):
            assert all((ROOT / name).exists() for name in line.split()[:-1])
