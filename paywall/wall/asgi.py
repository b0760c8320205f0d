"""The same wall around an ASGI application: `app = AsgiPaywall(app, check)`.

The steps are those of the WSGI wall. A check that waits may be a coroutine function; any other is asked in a thread, so
that others are served meanwhile. Needs asyncio.
"""

import asyncio
from inspect import iscoroutinefunction
from typing import Any

from structlog import get_logger

from paywall.gate.decision import Verdict
from paywall.wall.answering.headers import UNDECIDED
from paywall.wall.answering.steps import Ask, Judge, Own, Pass, Read, Step
from paywall.wall.middleware import Paywall, own_page
from paywall.wall.outside import Application, Inside, Receive, Scope, Send, environ_of
from paywall.wall.variants import Page

log = get_logger()


class AsgiPaywall:
    """Stands around an ASGI application; takes what `Paywall` takes. Safe to share between tasks."""

    def __init__(self, application: Application, check: Any, **options: Any) -> None:  # noqa: ANN401 - Paywall's own
        self._application, self._check = application, check
        self._waits = iscoroutinefunction(type(check).__call__) or iscoroutinefunction(check)
        self._wall = Paywall(_no_application, check, **options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; websockets and lifespan go inward as they come."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        environ = self._wall.as_seen(environ_of(scope))
        inside = Inside(self._application, scope, receive)
        try:
            answer = await self._answer(environ, inside)
            await inside.send(answer, send, has_body=environ["REQUEST_METHOD"] != "HEAD")
            await inside.finish()
        finally:
            await inside.close()

    def forget_all(self) -> None:
        """Have every page looked at anew."""
        self._wall.forget_all()

    async def _answer(self, environ: dict[str, Any], inside: Inside) -> Page | Pass:
        steps, said = self._wall.site.steps(environ), None
        while True:
            try:
                step = steps.send(said)
            except StopIteration as last:
                answer: Page | Pass = last.value
                return answer
            said = await self._take(step, environ, inside)

    async def _take(self, step: Step, environ: dict[str, Any], inside: Inside) -> Any:  # noqa: ANN401 - each its own
        if isinstance(step, Judge):
            return await self._judge(environ, step)
        if isinstance(step, Ask):
            return await inside.ask(step)
        if isinstance(step, Read):
            return await inside.read(step.most_bytes)
        assert isinstance(step, Own)  # noqa: S101 - there are no others
        return await self._own_page(environ)

    async def _judge(self, environ: dict[str, Any], step: Judge) -> Verdict | None:
        try:
            if self._waits:
                verdict: Verdict | None = await self._check(environ, step.name, counts=step.counts)
                return verdict
            return await asyncio.to_thread(self._check, environ, step.name, counts=step.counts)
        except Exception:
            log.exception("the check failed, the article stays shut", article=step.name)
            return UNDECIDED

    async def _own_page(self, environ: dict[str, Any]) -> Page:
        if self._waits and hasattr(self._check, "own_page"):
            page: Page | None = await self._check.own_page(environ)
            return page or own_page(None, environ)
        return await asyncio.to_thread(own_page, self._check, environ)


def _no_application(_environ: object, _start_response: object) -> Any:  # noqa: ANN401 - never called
    raise NotImplementedError
