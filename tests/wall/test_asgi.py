"""The wall around ASGI applications: the same steps, and what only ASGI has."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from paywall.gate.decision import ArticleName, Verdict
from paywall.wall.asgi import AsgiPaywall
from tests.wall.foreign import CANARY, FULL, MARKED, PREVIEW, SHUT, Asked, run_async

Ran = list[str]


def ask(app: Any, path: str = "/news/tides", method: str = "GET", **more: Any) -> httpx.Response:
    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://www.paper.example") as client:
            return await client.request(method, path, **more)

    return run_async(go())


def ask_within_seconds(app: Any, method: str) -> httpx.Response:
    """Ask; an application that never comes to its end raises TimeoutError."""

    async def soon(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.wait_for(app(scope, receive, send), 10)

    return ask(soon, method=method)


def site(view: Callable[[Request], Any], ran: Ran | None = None) -> Starlette:
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        (ran if ran is not None else []).append("started")
        yield

    routes = [Route("/{path:path}", view, methods=["GET", "POST"]), WebSocketRoute("/echo", echo)]
    return Starlette(routes=routes, lifespan=lifespan)


async def whole(_request: Request) -> Response:
    return HTMLResponse(MARKED)


async def in_pieces(_request: Request) -> Response:
    async def pieces() -> AsyncIterator[str]:
        for at in range(0, len(MARKED), 9):
            await asyncio.sleep(0)
            yield MARKED[at : at + 9]

    return StreamingResponse(pieces(), media_type="text/html")


class TestAnArticle:
    @pytest.mark.parametrize("view", [whole, in_pieces])
    def test_is_cut_or_whole_as_the_decision_says(self, view: Callable[[Request], Any]) -> None:
        shut, full = (ask(AsgiPaywall(site(view), Asked(verdict))) for verdict in (SHUT, FULL))
        assert CANARY not in shut.text
        assert PREVIEW in shut.text
        assert shut.headers["Paywall-Decision"].startswith("preview")
        assert shut.headers["Content-Length"] == str(len(shut.content))
        assert full.text == MARKED
        assert full.headers["Cache-Control"] == "private, no-store"

    def test_is_asked_about_by_a_check_that_waits(self) -> None:
        class Waiting:
            async def __call__(self, _environ: dict[str, Any], name: ArticleName, *, counts: bool) -> Verdict | None:
                await asyncio.sleep(0)
                return FULL if name.url == "http://www.paper.example/news/tides" and counts else None

        assert ask(AsgiPaywall(site(whole), Waiting())).text == MARKED

    @pytest.mark.parametrize("verdict", [None, RuntimeError("the check broke")])
    def test_stays_shut_where_nothing_can_be_decided(self, verdict: Any) -> None:
        assert CANARY not in ask(AsgiPaywall(site(whole), Asked(verdict))).text

    def test_tells_the_length_of_the_cut_page_to_a_head(self) -> None:
        app = AsgiPaywall(site(whole), Asked(SHUT))
        head, get = ask(app, method="HEAD"), ask(app)
        assert (head.content, head.headers["Content-Length"]) == (b"", get.headers["Content-Length"])

    def test_is_not_shown_in_parts_nor_by_a_file_that_the_server_would_send(self, tmp_path: Any) -> None:
        path = tmp_path / "tides.html"
        path.write_text(MARKED)

        async def file(_request: Request) -> Response:
            return FileResponse(path)

        app = AsgiPaywall(site(file), Asked(SHUT))
        for headers in ({}, {"Range": "bytes=120-"}, {"If-None-Match": "*"}):
            assert CANARY not in ask(app, headers=headers).text
        scopes: list[Any] = []

        async def inside(scope: Any, receive: Any, send: Any) -> None:
            scopes.append(scope)
            await site(file)(scope, receive, send)

        with TestClient(AsgiPaywall(inside, Asked(SHUT))) as client:
            client.get("/news/tides")
        assert "http.response.pathsend" not in scopes[-1]["extensions"]

    def test_is_asked_for_as_nobody_where_it_says_its_version(self) -> None:
        seen: list[str | None] = []

        async def versioned(request: Request) -> Response:
            seen.append(request.headers.get("cookie"))
            return HTMLResponse(MARKED, headers={"Paywall-Version": "1"})

        app = AsgiPaywall(site(versioned), Asked(SHUT))
        for _ in range(4):
            assert CANARY not in ask(app, headers={"Cookie": "a=1"}).text
        assert seen == ["a=1", None]

    def test_is_asked_for_as_nobody_whoever_is_signed_in_around_the_wall(self) -> None:
        async def view(request: Request) -> Response:
            hello = f"Hello {request.scope.get('user', 'nobody')}"
            return HTMLResponse(MARKED.replace("Imprint", hello), headers={"Paywall-Version": "v1"})

        wall = AsgiPaywall(site(view), Asked(FULL))

        async def signed_in(scope: Any, receive: Any, send: Any) -> None:
            await wall({**scope, "user": "anna", "auth": "yes", "session": {"reader": 7}}, receive, send)

        ask(signed_in)
        assert "Hello nobody" in ask(signed_in).text

    def test_is_not_asked_about_by_an_address_that_the_visitor_has_made_up(self) -> None:
        check = Asked(SHUT)
        proxied = [("X-Forwarded-For", "192.0.2.7"), ("X_Forwarded_For", "66.249.66.1"), ("X_Real-IP", "66.249.66.1")]
        ask(AsgiPaywall(site(whole), check), headers=proxied)
        assert check.environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.7"
        assert "HTTP_X_REAL_IP" not in check.environ


class TestAllElse:
    def test_passes_as_it_comes_piece_by_piece(self) -> None:
        sent: list[Any] = []

        async def ticks(_request: Request) -> Response:
            async def pieces() -> AsyncIterator[bytes]:
                for number in range(20):
                    yield f"{number};{len(sent)}\n".encode()

            return StreamingResponse(pieces(), media_type="text/event-stream")

        async def collect() -> None:
            async def send(message: Any) -> None:
                sent.append(message)

            async def receive() -> Any:
                await asyncio.sleep(60)

            scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": [], "asgi": {}}
            await AsgiPaywall(site(ticks), Asked(SHUT))(scope, receive, send)

        run_async(asyncio.wait_for(collect(), 20))
        lines = b"".join(message.get("body", b"") for message in sent).split()
        had_left_before_the_last_was_made = int(lines[-1].split(b";")[1])
        assert len(lines) == 20
        assert had_left_before_the_last_was_made > 10

    def test_forms_go_inward_with_their_body(self) -> None:
        async def read_back(request: Request) -> Response:
            return PlainTextResponse((await request.body()).decode()[::-1])

        assert (
            ask(AsgiPaywall(site(read_back), Asked(SHUT)), method="POST", content=b"x" * 70_000 + b"y").text[0] == "y"
        )

    def test_sockets_and_the_lifespan_go_inward(self) -> None:
        ran: Ran = []
        app = AsgiPaywall(site(whole, ran), Asked(SHUT))
        with TestClient(app) as client, client.websocket_connect("/echo") as socket:
            socket.send_text("hello")
            assert socket.receive_text() == "hello"
        assert ran == ["started"]

    def test_work_after_the_answer_is_done(self) -> None:
        ran: Ran = []

        async def later() -> None:
            await asyncio.sleep(0.01)
            ran.append("done")

        async def view(request: Request) -> Response:
            task = BackgroundTask(later)
            return (
                JSONResponse({}, background=task)
                if "json" in request.url.path
                else HTMLResponse(MARKED, background=task)
            )

        for path in ("/json", "/page"):
            ask(AsgiPaywall(site(view), Asked(SHUT)), path)
        assert ran == ["done", "done"]

    @pytest.mark.parametrize("media_type", ["text/html", "image/png"])
    def test_an_error_in_the_middle_is_no_whole_answer(self, media_type: str) -> None:
        async def broken(_request: Request) -> Response:
            async def pieces() -> AsyncIterator[bytes]:
                yield MARKED[:40].encode()
                raise RuntimeError("in the middle")

            return StreamingResponse(pieces(), media_type=media_type)

        with pytest.raises(Exception, match="in the middle"):
            ask(AsgiPaywall(site(broken), Asked(SHUT)))

    def test_an_application_that_says_too_much_before_it_is_let_go_holds_nobody_up(self) -> None:
        async def many(request: Request) -> Response:
            async def pieces() -> AsyncIterator[bytes]:
                for _ in range(50):
                    yield b"x" * 1_000

            is_part = "range" in request.headers
            return StreamingResponse(pieces(), 206 if is_part else 200, media_type="text/html")

        answer = ask(AsgiPaywall(site(many), Asked(SHUT)), headers={"Range": "bytes=1-"})
        assert (answer.status_code, len(answer.content)) == (200, 50_000)

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_an_application_that_waits_until_the_reader_has_gone_comes_to_its_end(self, method: str) -> None:
        ended: list[str] = []

        async def waits(_scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
            await send({"type": "http.response.body", "body": MARKED.encode()})
            while (await receive())["type"] != "http.disconnect":
                pass
            ended.append(method)

        answer = ask_within_seconds(AsgiPaywall(waits, Asked(SHUT)), method)
        assert answer.headers["Paywall-Decision"].startswith("preview")
        assert ended == [method]

    def test_an_application_that_goes_on_after_its_end_holds_nobody_up(self) -> None:
        async def goes_on(_scope: Any, _receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
            for _ in range(5):
                await send({"type": "http.response.body", "body": MARKED.encode()})

        assert PREVIEW in ask_within_seconds(AsgiPaywall(goes_on, Asked(SHUT)), "GET").text
