"""The last sentences of locked articles, looked for on every surface, as everybody who may not read them.

`python -m tests.proof.canary` prints a table: who asked, how many surfaces, how many of them showed a piece of such a
sentence, raw or encoded (must be 0), and how many HEAD answers had the length of the preview page. The control comes
from the same run: the page of an entitled reader, which the same detector must find the sentence in.
"""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from werkzeug.test import TestResponse

from tests.browser.demo import DemoArticle
from tests.proof.courier import Courier, Person, courier
from tests.proof.detector import Detector
from tests.proof.surfaces import Ask, of_article, of_site


@dataclass
class Row:
    """What one person was shown."""

    name: str
    surfaces: int = 0
    pages: int = 0
    """Answers with status 200 and a body: what could have shown something."""
    leaks: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """Answers 500, and HEADs that told another length than the preview's."""
    heads: int = 0


@dataclass(frozen=True)
class Report:
    """The figures of a run."""

    rows: list[Row]
    opened: int
    articles: int

    @property
    def is_good(self) -> bool:
        leaks = any(row.leaks or row.failures for row in self.rows)
        return not leaks and self.opened == self.articles > 0

    def __str__(self) -> str:
        head = f"{'who asked':38}{'surfaces':>9}{'pages':>7}{'leaks':>7}{'HEAD as preview':>17}"
        lines = [
            f"{row.name:38}{row.surfaces:>9,}{row.pages:>7,}{len(row.leaks):>7}{row.heads:>17}" for row in self.rows
        ]
        total = f"canary on {sum(len(r.leaks) for r in self.rows)} of {sum(r.surfaces for r in self.rows):,} surfaces"
        control = f"control: an entitled reader's page shows it in {self.opened} of {self.articles} articles"
        return "\n".join(
            [head, *lines, *(told for row in self.rows for told in row.leaks + row.failures), total, control]
        )


def search(paper: Courier, on_step: Callable[[str], object] = lambda _: None) -> Report:
    """Ask for everything as everybody, and for the articles as somebody entitled."""
    detector = Detector({article.slug: article.canary for article in paper.articles})
    rows = []
    for person in paper.people:
        on_step(person.name)
        rows.append(_row(paper, person, detector))
    return Report(rows, sum(_opens(paper, article, detector) for article in paper.articles), len(paper.articles))


def _row(paper: Courier, person: Person, detector: Detector) -> Row:
    row, locked = Row(person.name), [article for article in paper.articles if article.access in person.shut]
    asks = list(of_site(paper.shop.product.flask, paper.sections, paper.authors))
    asks += [ask for article in locked for ask in of_article(article.slug)]
    for ask in asks:
        _look(row, ask, _send(person, ask), detector)
    for article in locked:
        _compare_lengths(row, person, article)
    return row


def _look(row: Row, ask: Ask, answer: TestResponse, detector: Detector) -> None:
    row.surfaces += 1
    row.pages += answer.status_code == 200 and bool(answer.data)
    found = detector.found_in(answer.data) | detector.found_in(str(answer.headers).encode())
    if found:
        row.leaks.append(f"LEAK to {row.name}: {ask}: {', '.join(sorted(found))}")
    if answer.status_code == 500:
        row.failures.append(f"FAILED for {row.name}: {ask}: 500")


def _compare_lengths(row: Row, person: Person, article: DemoArticle) -> None:
    head, page = _send(person, Ask(article.path, "HEAD")), _send(person, Ask(article.path))
    if head.data == b"" and head.headers["Content-Length"] == str(len(page.data)):
        row.heads += 1
    else:
        row.failures.append(f"FAILED for {row.name}: HEAD {article.path} tells another length than the preview's")


def _send(person: Person, ask: Ask) -> TestResponse:
    return person.browser.client.open(
        ask.path,
        method=ask.method,
        headers={**person.headers, **ask.headers},
        base_url=person.browser.base_url,
        environ_overrides={"REMOTE_ADDR": person.browser.address},
    )


def _opens(paper: Courier, article: DemoArticle, detector: Detector) -> bool:
    return article.slug in detector.found_in(paper.entitled.get(article.path).data)


def main() -> int:
    """Run in full and print the table."""
    with tempfile.TemporaryDirectory(prefix="paywall-canary-") as folder, courier(Path(folder)) as paper:
        report = search(paper, lambda name: sys.stderr.write(f"as {name}\n"))
    print(report)  # noqa: T201 - this is what the command is for
    return int(not report.is_good)


if __name__ == "__main__":
    sys.exit(main())
