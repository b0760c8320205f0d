"""Which AI crawlers robots.txt asks to stay away: two groups of them, by what they fetch pages for.

It asks; who keeps to it is up to them. Nobody is let in by it: behind a wall there is the preview for all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Choice(StrEnum):
    """What a publisher says of a group."""

    WELCOME = "welcome"
    """Robots.txt says nothing of them: what holds for everybody holds for them."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Group:
    """Crawlers that a publisher decides on together; `agents` as robots.txt names them."""

    name: str
    """Beside the names of crawlers in a publisher's settings, and none of them."""
    label: str
    words: str
    agents: tuple[str, ...]

    def choice(self, settings: Mapping[str, str]) -> Choice:
        """Return what a publisher with these settings says of the group."""
        return Choice.REFUSED if settings.get(self.name) == Choice.REFUSED else Choice.WELCOME


GROUPS = (
    Group(
        "ai-training",
        "Training",
        "They gather texts from which models are made.",
        (
            "GPTBot",
            "ClaudeBot",
            "Google-Extended",
            "Applebot-Extended",
            "CCBot",
            "meta-externalagent",
            "Amazonbot",
            "Bytespider",
        ),
    ),
    Group(
        "ai-answers",
        "Answers",
        "They look a page up to answer somebody who asked, often with a link to it.",
        (
            "OAI-SearchBot",
            "ChatGPT-User",
            "Claude-SearchBot",
            "Claude-User",
            "PerplexityBot",
            "Perplexity-User",
            "DuckAssistBot",
        ),
    ),
)


def refused_agents(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the agents that a publisher with these settings asks to stay away."""
    refused = (group for group in GROUPS if group.choice(settings) is Choice.REFUSED)
    return tuple(agent for group in refused for agent in group.agents)
