"""ASGI on both sides of the wall: a scope as the steps look at it, and the application inside, asked in a task."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, MutableMapping
from typing import Any

from paywall.wall.answering.steps import Ask, Body, Head, Kind, Pass
from paywall.wall.inward import DECISION_KEY, OF_A_PART, OF_NOBODY
from paywall.wall.variants import Page

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]
_PAST_US = ("http.response.pathsend", "http.response.zerocopysend")
"""Ways to send a file that we would not see."""
_OF_WHO_ASKS = frozenset({"user", "auth", "session"})
"""Whom a layer around us has let in."""


class Inside:
    """The application, asked about one request; what it sends waits until it is read."""

    def __init__(self, application: Application, scope: Scope, receive: Receive) -> None:
        self._application, self._scope, self._receive = application, scope, receive
        self._task: asyncio.Task[None] | None = None
        self._messages: asyncio.Queue[Message] = asyncio.Queue(1)
        self._head = Head("500", [])
        self._taken: list[bytes] = []
        self._is_said = self._is_over = False
        self._over = asyncio.Event()

    async def ask(self, what: Ask) -> Head:
        """Ask, and return what the answer says before its body; raises what the application raises."""
        await self.close()
        self._messages, self._taken, self._over = asyncio.Queue(1), [], asyncio.Event()
        self._is_said = self._is_over = False
        is_first = what.kind in (Kind.AS_IT_CAME, Kind.UNPACKED)
        receive = self._receive if is_first else _nothing_to_receive(self._over)
        self._task = asyncio.create_task(self._application(inner_scope(self._scope, what), receive, self._put))
        start = await self._next()
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start.get("headers", ())]
        self._head = Head(str(start["status"]), headers)
        return self._head

    async def read(self, most_bytes: int) -> Body:
        """Read the body, as far as that."""
        size = 0
        async for piece in self._pieces():
            self._taken.append(piece)
            size += len(piece)
            if size > most_bytes:
                return Body(b"".join(self._taken), is_whole=False)
        return Body(b"".join(self._taken))

    async def send(self, answer: Page | Pass, send: Send, *, has_body: bool) -> None:
        """Send the answer: a page of ours, or what the application has said."""
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

    async def finish(self) -> None:
        """Let the application do what it does after its answer, if all of that was read."""
        if self._task is not None and self._is_over:
            await self._task

    async def close(self) -> None:
        """Let go of an answer, and of an application that has not come to its end."""
        task, self._task = self._task, None
        if task is None:
            return
        if not (self._is_over or task.done()):
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _put(self, message: Message) -> None:
        is_of_answer = message["type"] in ("http.response.start", "http.response.body")
        if is_of_answer and not self._is_said:  # what comes after its end nobody waits for
            self._is_said = message["type"] == "http.response.body" and not message.get("more_body", False)
            await self._messages.put(message)

    async def _next(self) -> Message:
        """Return the next message; raises what the application raises before it has sent one."""
        assert self._task is not None  # noqa: S101 - something was asked
        getting = asyncio.ensure_future(self._messages.get())
        await asyncio.wait({getting, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not getting.done() and self._messages.empty():
            getting.cancel()
            await self._task  # raises what the application has raised
            raise RuntimeError("the application inside has not said all of its answer")
        return await getting

    async def _pieces(self) -> AsyncIterator[bytes]:
        while not self._is_over:
            message = await self._next()
            self._is_over = not message.get("more_body", False)
            if self._is_over:
                self._over.set()
            yield message.get("body", b"")


def _nothing_to_receive(over: asyncio.Event) -> Receive:
    """Return what an application receives that is asked once more: an empty body, and after its answer the end."""
    messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await over.wait()
        return {"type": "http.disconnect"}

    return receive


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
        if b"_" in raw:  # it would be taken for the header that has hyphens there, which proxies write
            continue
        name, text = _environ_name(raw), value.decode("latin-1")
        environ[name] = f"{environ[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{text}" if name in environ else text
    return environ


def inner_scope(scope: Scope, what: Ask) -> Scope:
    """Return the scope that goes inward, as `inward.inner_environ` does for WSGI."""
    extensions = {name: value for name, value in (scope.get("extensions") or {}).items() if name not in _PAST_US}
    inner = {**scope, "extensions": extensions}
    if what.kind is Kind.AS_IT_CAME:
        return inner
    if what.kind is Kind.UNPACKED:
        return {**inner, "headers": _without(scope, frozenset({"HTTP_ACCEPT_ENCODING"}))}
    kept = _without(scope, OF_A_PART) if what.kind is Kind.WHOLE else _only(scope, OF_NOBODY)
    inner |= {"method": "GET", "headers": kept, DECISION_KEY: what.decision}
    if what.kind is Kind.WHOLE:
        return inner
    inner = {name: value for name, value in inner.items() if name not in _OF_WHO_ASKS}
    return {**inner, "query_string": b""} if what.kind is Kind.NOBODY_WITHOUT_QUERY else inner


def _without(scope: Scope, names: frozenset[str]) -> list[tuple[bytes, bytes]]:
    return [pair for pair in scope["headers"] if _environ_name(pair[0]) not in names]


def _only(scope: Scope, names: frozenset[str]) -> list[tuple[bytes, bytes]]:
    return [pair for pair in scope["headers"] if _environ_name(pair[0]) in names]


def _environ_name(raw: bytes) -> str:
    return "HTTP_" + raw.decode("latin-1").upper().replace("-", "_")
