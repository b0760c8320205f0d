"""What the demo does once in its life."""

import subprocess
from pathlib import Path

from paywall.database import Database
from paywall.demo import content
from paywall.demo.place import Place
from paywall.schema import migrate


class TestAPlace:
    def test_lets_the_company_come_only_once(self, tmp_path: Path) -> None:
        place = Place(tmp_path, "http://127.0.0.1:8000")
        assert [place.is_first_time("company") for _ in range(3)] == [True, False, False]

    def test_tells_a_shell_what_commands_need_to_work_on_it(self, tmp_path: Path) -> None:
        folder = tmp_path / "my demo's"
        folder.mkdir()
        place = Place(folder, "http://127.0.0.1:8000")
        database = Database(place.settings().database_url)
        migrate(database)
        content.fill(database, place)
        database.close()
        environment = place.write_environment("http://127.0.0.1:8000/sandbox", "sk_test_x")
        said = subprocess.run(
            ["sh", "-c", '. "$0" && paywall keys create website', environment],
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout.startswith("pw_sk_")
