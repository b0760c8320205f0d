"""The routes of the check: one question by GET or POST, up to a hundred at once."""

from collections.abc import Callable, Iterable, Sequence

from paywall.api.check.asking import Asked, ask, judge
from paywall.api.check.finding import Withdrawn
from paywall.api.check.models import CheckAnswer, CheckBatch, CheckQuestion, CheckResults
from paywall.api.check.once import Once, Said
from paywall.api.check.writing import write_refused
from paywall.api.ground.routes import Answer, Call, Route
from paywall.errors import BadInput, NotFound
from paywall.publishers.keys.rules import Scope

_PROBLEMS = {
    404: "There is no such article.",
    410: "The article was withdrawn.",
    422: "The Idempotency-Key came with another question before.",
}
_TAKES = {"Idempotency-Key": "The same key gets the same answer for a day, and spends nothing twice. Of secret keys."}
_HEADERS = {
    "Paywall-Decision": "The decision in one line: `full; reason=metered; left=2`.",
    "Paywall-Degraded": "What could not be asked: `meter` or `database`.",
}


def check(call: Call) -> Answer:
    """Answer the question in the body."""
    return _one(call, call.body)


def check_by_query(call: Call) -> Answer:
    """Answer the question in the query."""
    return _one(call, call.query)


def check_batch(call: Call) -> Answer:
    """Answer up to a hundred questions; each costs as much of the key's pace as a call of its own."""
    batch: CheckBatch = call.body
    _judge_all(batch)
    call.parts.pace.spend(call.caller, len(batch.checks) - 1, call.network)

    if call.caller.is_publishable:
        return _batch_of_a_page(call, batch.checks)

    def answer() -> Said:
        return Said(_results([_one_of_many(call, question)[0] for question in batch.checks]), "")

    return Answer(_once(call, batch.model_dump_json().encode(), answer).answer.encode())


def _one(call: Call, question: CheckQuestion) -> Answer:
    judge(question)
    if "HTTP_IDEMPOTENCY_KEY" not in call.environ or call.caller.is_publishable:  # who a page's reader is, cookies say
        return _with_headers(ask(call, question))
    said = _once(call, question.model_dump_json().encode(), lambda: Said(*ask(call, question)[:2]))
    return Answer(said.answer.encode(), headers=(("Paywall-Decision", said.decision),))


def _once(call: Call, question: bytes, answer: Callable[[], Said]) -> Said:
    key = call.environ.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return answer()
    return Once(call.parts.database).answer(call.profile.id, key, question, answer)


def _with_headers(asked: Asked) -> Answer:
    answer, decision, degraded, cookies = asked
    headers: tuple[tuple[str, str], ...] = (("Paywall-Decision", decision),)
    if cookies or degraded:
        headers += tuple(("Set-Cookie", cookie) for cookie in cookies)
        headers += (("Paywall-Degraded", degraded),) if degraded else ()
    return Answer(answer.encode(), 200, headers)


def _judge_all(batch: CheckBatch) -> None:
    """Raise BadInput naming the place of a question that is none, before any of them is answered."""
    for place, question in enumerate(batch.checks):
        try:
            judge(question)
        except BadInput as error:
            raise BadInput(f"checks.{place}.{error.field}", error.sentence) from error


def _batch_of_a_page(call: Call, checks: Sequence[CheckQuestion]) -> Answer:
    """Answer a page as if it asked one by one: what one answer has the browser keep comes with the next question."""
    results, kept = list[str](), dict[str, str]()
    for question in checks:
        result, cookies = _one_of_many(call, question)
        results.append(result)
        if cookies:
            kept |= {cookie.partition("=")[0]: cookie for cookie in cookies}
            sent = [call.environ.get("HTTP_COOKIE", ""), *(cookie.partition(";")[0] for cookie in cookies)]
            call = call._replace(environ={**call.environ, "HTTP_COOKIE": "; ".join(filter(None, sent))})
    return Answer(_results(results).encode(), headers=tuple(("Set-Cookie", cookie) for cookie in kept.values()))


def _results(results: Iterable[str]) -> str:
    return f'{{"results":[{",".join(results)}]}}'


def _one_of_many(call: Call, question: CheckQuestion) -> tuple[str, tuple[str, ...]]:
    """Return one answer and the cookies that go with it."""
    try:
        answer, _, _, cookies = ask(call, question)
    except (NotFound, BadInput):  # an address that may lead to several articles: all else was judged before
        return write_refused(question.article, question.url, "not_found"), ()
    except Withdrawn:
        return write_refused(question.article, question.url, "gone"), ()
    return answer, cookies


ROUTES = (
    Route(
        method="POST",
        path="/v1/check",
        name="check",
        summary="May this person read this article now?",
        handler=check,
        scope=Scope.CHECK,
        body=CheckQuestion,
        answer=CheckAnswer,
        problems=_PROBLEMS,
        headers=_HEADERS,
        takes=_TAKES,
        is_for_pages=True,
        is_before_flask=True,
        tag="Check",
    ),
    Route(
        method="GET",
        path="/v1/check",
        name="check_by_query",
        summary="The same, asked by query.",
        handler=check_by_query,
        scope=Scope.CHECK,
        query=CheckQuestion,
        answer=CheckAnswer,
        problems=_PROBLEMS,
        headers=_HEADERS,
        takes=_TAKES,
        is_for_pages=True,
        is_before_flask=True,
        tag="Check",
    ),
    Route(
        method="POST",
        path="/v1/checks",
        name="check_batch",
        summary="Up to 100 questions at once.",
        handler=check_batch,
        scope=Scope.CHECK,
        body=CheckBatch,
        answer=CheckResults,
        problems={422: _PROBLEMS[422]},
        takes=_TAKES,
        is_for_pages=True,
        most_bytes=1024 * 1024,
        tag="Check",
    ),
)
