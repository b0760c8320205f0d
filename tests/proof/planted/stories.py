"""What The Lighthouse Post has printed: ten stories, newest first, six of them for its subscribers."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Story:
    """One story. `text` is its paragraphs; of a locked one everybody may read the first, the preview."""

    slug: str
    title: str
    section: str
    author: str
    day: date
    locked: bool
    text: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"/{self.day:%Y/%m}/{self.slug}"

    @property
    def preview(self) -> tuple[str, ...]:
        return self.text[:1] if self.locked else self.text


def _story(head: str, day: int, locked: bool, text: str) -> Story:
    title, section, author = head.split(" | ")
    slug = "-".join("".join(c for c in title.lower() if c.isalnum() or c == " ").split())
    return Story(slug, title, section, author, date(2026, 11, day), locked, tuple(text.strip().split("\n")))


STORIES = (
    _story(
        "Harbour council votes for a longer breakwater | Politics | Ines Halvorsen",
        26,
        True,
        """
Eleven of nineteen councillors voted on Wednesday to lengthen the breakwater, after a debate that ran past midnight.
The works are to begin in spring and to cost eight million, a third of it from the harbour’s own reserve.
What the gallery was not told is that the lowest bid came from a firm that had left two other harbours half finished.
The minutes of the closed session, which this newspaper has read, record one question about it and no answer.""",
    ),
    _story(
        "Ferry to the outer islands runs again | News | Tom Abara",
        25,
        False,
        """
The morning ferry left on time on Tuesday, for the first time since the storm of the ninth.
Forty passengers, two vans and a horse were on board. The company says the timetable holds until Christmas.""",
    ),
    _story(
        "Who owns the fish market | Business | Ruth Okafor",
        24,
        True,
        """
For a hundred years the fish market belonged to the people who sold there. Now it belongs to a letterbox.
The company that bought it was founded in August, and its director is also director of forty others.
Stallholders were given new leases to sign within a week, and eleven of them did not read English well enough to object.
The rent, they learned from the second invoice, follows the price of cod.""",
    ),
    _story(
        "Handball: the girls of Nordvik go through | Sport | Pia Lund",
        23,
        False,
        """
Nordvik won by three goals in a hall so full that the fire brigade counted heads twice.
The quarter-final is on Saturday week, away, against a team that has not lost at home since March.""",
    ),
    _story(
        "The school that teaches in the afternoon | News | Tom Abara",
        21,
        True,
        """
At ten in the morning the corridors of Fyrgate School are empty, and its head teacher is pleased about it.
Lessons begin at half past twelve. Since the change absences have halved, and all marks but music’s have risen.
The ministry has sent three delegations and no money.
Next door, at a school that still rings its bell at eight, the nurse keeps a list of those who fall asleep.""",
    ),
    _story(
        "Bread with seaweed, and how to like it | Food | Marta Quist",
        19,
        False,
        """
Dry the dulse in a low oven until it snaps, and crumble it into the flour before the water goes in.
Bake it hot, eat it the next day, with butter that has salt in it. It is better than it sounds.""",
    ),
    _story(
        "A judge, a yacht and a very quiet trial | Politics | Ines Halvorsen",
        17,
        True,
        """
The trial of the shipping broker Anders Vik lasted four mornings and was attended, on the last of them, by one reporter.
Nobody asked where the presiding judge had spent the first two weeks of July.
According to the harbour master’s log, a yacht of Mr Vik’s firm lay in the bay for thirteen of those days.
Asked about it at his garden gate, the judge said that he had always been fond of sailing.""",
    ),
    _story(
        "The last keeper of Skarholm | Reportage | Jonas Brevik",
        14,
        True,
        """
Every evening at dusk Elin Strand climbs the hundred and forty steps to a lamp that has not needed her since 1987.
The light on Skarholm is automatic. A computer switches it on, and a mechanic comes by boat in May to wipe the glass.
Strand, who is eighty-one, was taken on as assistant at nineteen and was never told in writing that the post had ended.
In the winter of 2003, when the cable to the mainland parted, she lit the old oil burner and kept it lit for six nights.
Two trawlers came home by it. The authority sent her a letter about the use of paraffin, and she has framed it.
This year the tower is to be sold. The bidder wants to put nine hotel rooms into it, and a sauna where the oil was kept.
She has told nobody on the mainland that the old burner’s wick is trimmed and its tank is full.""",
    ),
    _story(
        "Why the tide tables were wrong in October | Science | Ruth Okafor",
        12,
        True,
        """
On three mornings in October the water stood forty centimetres higher than the printed tables said it would.
The pressure over the bay was low, but not so low. The gauge had been moved in summer, and nobody had told the tables.
The hydrographic office has known since the fourth of October.
It will print the correction, it says, in next year’s edition.""",
    ),
    _story(
        "Letters: the benches on the promenade | Opinion | Our readers",
        10,
        False,
        """
Sir, whoever turned the benches on the promenade to face the car park should be made to sit on one.
Madam, my late husband proposed to me on the third bench from the kiosk. It faced the sea, and so did we.""",
    ),
)

AUDITED = STORIES[7]
ARTICLE_PATH = AUDITED.path
CANARY = AUDITED.text[-1]
"""The last sentence of the story that is audited, as its readers see it."""
