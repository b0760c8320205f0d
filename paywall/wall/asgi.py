"""The same wall around an ASGI application: `app = AsgiPaywall(app, check)`.

The steps are those of the WSGI wall. What a check waits for, it waits for in a thread, so that others are served.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from structlog import get_logger

from paywall.gate.decision import Verdict
from paywall.wall.answering.headers import UNDECIDED
from paywall.wall.answering.steps import Ask, Body, Head, Judge, Kind, Own, Pass, Read
from paywall.wall.inward import DECISION_KEY, OF_A_PART, OF_NOBODY
from paywall.wall.middleware import Check, Paywall, own_page
from paywall.wall.variants import Page

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
log = get_logger()


class AsgiPaywall:
    """Stands around an ASGI application; takes what `Paywall` takes. Safe to share between tasks."""

    def __init__(self, application: Application, check: Check, **options: Any) -> None:  # noqa: ANN401 - Paywall's own
        self._application, self._check = application, check
        self._site = Paywall(_no_application, check, **options).site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; websockets and lifespan go inward as they come."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        environ = environ_of(scope)
        inside, steps, said = _Inside(self._application, scope, receive), self._site.steps(environ), None
        try:
            while True:
                said = await self._take(steps.send(said), environ, inside)
        except StopIteration as last:
            await inside.send(last.value, send, has_body=environ["REQUEST_METHOD"] != "HEAD")
        finally:
            await inside.close()

    def forget_all(self) -> None:
        """Have every page looked at anew."""
        self._site.forget_all()

    async def _take(self, step: object, environ: dict[str, Any], inside: "_Inside") -> Any:  # noqa: ANN401 - its own
        if isinstance(step, Judge):
            return await asyncio.to_thread(self._judge, environ, step)
        if isinstance(step, Own):
            return await asyncio.to_thread(own_page, self._check, environ)
        if isinstance(step, Ask):
            return await inside.ask(step)
        assert isinstance(step, Read)  # noqa: S101 - there are no others
        return await inside.read(step.most_bytes)

    def _judge(self, environ: dict[str, Any], step: Judge) -> Verdict | None:
        try:
            return self._check(environ, step.name, counts=step.counts)
        except Exception:
            log.exception("the check failed, the article stays shut", article=step.name)
            return UNDECIDED


class _Inside:
    """The application, asked about one request; its messages come through a queue of one."""

    def __init__(self, application: Application, scope: Scope, receive: Receive) -> None:
        self._application, self._scope, self._receive = application, scope, receive
        self._task: asyncio.Task[None] | None = None
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue(1)
        self._head = Head("500 Internal Server Error", [])
        self._taken: list[bytes] = []

    async def ask(self, what: Ask) -> Head:
        await self.close()
        self._messages, self._taken = asyncio.Queue(1), []
        as_it_came = what.kind in (Kind.AS_IT_CAME, Kind.UNPACKED)
        receive = self._receive if as_it_came else _nothing
        self._task = asyncio.create_task(self._run(_inner_scope(self._scope, what), receive, self._messages))
        start = await self._messages.get()
        if start is None:
            await self._task  # raises what the application has raised
            raise RuntimeError("the application inside has not answered")
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start.get("headers", ())]
        self._head = Head(str(start["status"]), headers)
        return self._head

    async def read(self, most_bytes: int) -> Body:
        async for piece in self._pieces():
            self._taken.append(piece)
            if sum(map(len, self._taken)) > most_bytes:
                return Body(b"".join(self._taken), is_whole=False)
        return Body(b"".join(self._taken))

    async def send(self, answer: Page | Pass, send: Send, *, has_body: bool) -> None:
        status = answer.status if isinstance(answer, Page) else self._head.status
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": int(status[:3]), "headers": headers})
        if isinstance(answer, Pass):
            for piece in self._taken:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            async for piece in self._pieces():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        body = answer.body if isinstance(answer, Page) and has_body else b""
        await send({"type": "http.response.body", "body": body})

    async def close(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    async def _pieces(self) -> AsyncIterator[bytes]:
        while (message := await self._messages.get()) is not None:
            yield message.get("body", b"")
        await self._messages.put(None)  # whoever reads on finds the end again

    async def _run(self, scope: Scope, receive: Receive, messages: "asyncio.Queue[Message | None]") -> None:
        try:
            await self._application(scope, receive, messages.put)
        finally:
            await messages.put(None)


def environ_of(scope: Scope) -> dict[str, Any]:
    """Return the scope as a WSGI environ, as far as the steps and the check look at one."""
    client = scope.get("client") or ("", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "REMOTE_ADDR": client[0],
        "wsgi.url_scheme": scope.get("scheme", "http"),
    }
    for raw, value in scope.get("headers", ()):
        name = "HTTP_" + raw.decode("latin-1").upper().replace("-", "_")
        text = value.decode("latin-1")
        environ[name] = f"{environ[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{text}" if name in environ else text
    return environ


def _inner_scope(scope: Scope, what: Ask) -> Scope:
    """Return the scope that goes inward, as `inward.inner_environ` does for WSGI."""
    if what.kind is Kind.AS_IT_CAME:
        return scope
    if what.kind is Kind.UNPACKED:
        return {**scope, "headers": _without(scope, frozenset({"HTTP_ACCEPT_ENCODING"}))}
    kept = _without(scope, OF_A_PART) if what.kind is Kind.WHOLE else _only(scope, OF_NOBODY)
    inner = {**scope, "method": "GET", "headers": kept, DECISION_KEY: what.decision}
    return {**inner, "query_string": b""} if what.kind is Kind.NOBODY_WITHOUT_QUERY else inner


def _without(scope: Scope, names: frozenset[str]) -> list[tuple[bytes, bytes]]:
    return [pair for pair in scope["headers"] if _environ_name(pair[0]) not in names]


def _only(scope: Scope, names: frozenset[str]) -> list[tuple[bytes, bytes]]:
    return [pair for pair in scope["headers"] if _environ_name(pair[0]) in names]


def _environ_name(raw: bytes) -> str:
    return "HTTP_" + raw.decode("latin-1").upper().replace("-", "_")


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _no_application(_environ: object, _start_response: object) -> Any:  # noqa: ANN401 - never called
    raise NotImplementedError
