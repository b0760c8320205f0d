"""The API over HTTP: who asks, which operation, with which parameters, answered once for each idempotency key."""

import base64
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from werkzeug.wrappers import Request, Response

from paywall.sandbox.faults import Fault, Faults
from paywall.sandbox.operations import route
from paywall.sandbox.state.errors import ApiError, ConnectionDropped
from paywall.sandbox.state.events import Cause
from paywall.sandbox.state.ids import token
from paywall.sandbox.state.shapes import API_VERSION, Json
from paywall.sandbox.state.store import Store
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire import expand, idempotency
from paywall.sandbox.wire.forms import decode
from paywall.sandbox.wire.idempotency import Answer, Claim
from paywall.sandbox.wire.params import check, rows_of, text
from paywall.sandbox.wire.routes import Operation

log = logging.getLogger(__name__)

_EXPAND = rows_of(text(), 20)
_LARGEST_BODY = 1 << 20


@dataclass(frozen=True)
class Call:
    """One call, as far as it is understood before any work is done."""

    operation: Operation
    path: Mapping[str, str]
    form: Json
    request_id: str
    key: str | None


class Api:
    """Answers every path under `/v1/`."""

    def __init__(self, store: Store, secret_key: str, faults: Faults, begin: Callable[[Cause], Work]) -> None:
        """Take the store, the one key that is accepted, the faults, and how a piece of work is begun."""
        self._store, self._secret_key, self._faults, self._begin = store, secret_key, faults, begin

    def answer(self, request: Request) -> Response:
        """Answer one request; only a dropped connection raises."""
        request_id = f"req_{token(14)}"
        try:
            call = self._understand(request, request_id)
            return self._with_faults(request, call)
        except ApiError as error:
            return _response(request, Answer(error.status, error.envelope(request_id), request_id))
        except ConnectionDropped:
            raise
        except Exception:
            log.exception("the sandbox failed at %s %s", request.method, request.path)
            failure = ApiError("An unknown error occurred in the sandbox; its log tells more.", 500, "api_error")
            return _response(request, Answer(500, failure.envelope(request_id), request_id))

    def _understand(self, request: Request, request_id: str) -> Call:
        self._authenticate(request)
        operation, path = route(request)
        if (request.content_length or 0) > _LARGEST_BODY:
            raise ApiError("Request body is too large.", status=413)
        form = {**decode(request.query_string), **decode(request.get_data())}
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        return Call(operation, path, form, request_id, key)

    def _authenticate(self, request: Request) -> None:
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        key = _basic_user(credentials) if scheme.lower() == "basic" else credentials.strip()
        if not key:
            raise ApiError(
                "You did not provide an API key. You need to provide your API key in the Authorization header, using "
                "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
                status=401,
            )
        if key != self._secret_key:
            raise ApiError(f"Invalid API Key provided: {key[:8]}{'*' * 8}{key[-4:]}", status=401)

    def _with_faults(self, request: Request, call: Call) -> Response:
        fault = self._faults.take(f"{call.operation.method} {call.operation.path}", "*") or Fault("")
        fault.before_work()
        if fault.status is not None or fault.body is not None:
            return _broken(fault, call.request_id)
        answer = self._once(request, call, fault)
        fault.hold("after")
        if fault.drop_after_commit:
            raise ConnectionDropped
        response = _response(request, answer)
        if fault.truncate is not None:
            response.set_data(response.get_data()[: fault.truncate])
        return response

    def _once(self, request: Request, call: Call, fault: Fault) -> Answer:
        claim = self._claim(request, call)
        if isinstance(claim, Answer):
            return claim
        fault.hold("before")
        try:
            return self._work(call, claim)
        except ApiError as error:
            answer = Answer(error.status, error.envelope(call.request_id), call.request_id)
            self._finish(claim, answer, validation=error.validation)
            return answer
        except BaseException:
            self._finish(claim, Answer(500, {}, call.request_id))
            raise

    def _claim(self, request: Request, call: Call) -> Claim | Answer | None:
        if call.key is None:
            return None
        mark = idempotency.fingerprint(request.method, request.path, call.form)
        with self._store.transaction(write=True):
            return idempotency.begin(self._store, call.key, mark, self._begin(Cause()).now)

    def _work(self, call: Call, claim: Claim | None) -> Answer:
        """Do the work and store its answer under the key in one transaction, so that a crash undoes both or neither."""
        wanted = dict(call.form)
        paths = _EXPAND("expand", wanted.pop("expand", ""))
        params = {**check(call.operation.params, wanted), **call.path}
        work = self._begin(Cause(call.request_id, call.key))
        with self._store.transaction(write=call.operation.method != "GET"):
            try:
                body = expand.apply(work, call.operation.handler(work, params), paths)
                answer = Answer(200, body, call.request_id)
            except ApiError as error:
                if not error.keep:
                    raise
                answer = Answer(error.status, error.envelope(call.request_id), call.request_id)
            if claim is not None:
                idempotency.finish(self._store, claim, answer)
        return answer

    def _finish(self, claim: Claim | None, answer: Answer, *, validation: bool = False) -> None:
        if claim is not None:
            with self._store.transaction(write=True):
                idempotency.finish(self._store, claim, answer, validation=validation)


def _basic_user(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[0]
    except ValueError:
        return ""


def _broken(fault: Fault, request_id: str) -> Response:
    status = fault.status or 200
    error = ApiError("The sandbox was told to fail here.", status, "api_error").envelope(request_id)
    body = fault.body if fault.body is not None else json.dumps(error).encode()
    return Response(body, status, {"Request-Id": request_id}, mimetype="application/json")


def _response(request: Request, answer: Answer) -> Response:
    headers = {
        "Request-Id": answer.request_id,
        "Stripe-Version": request.headers.get("Stripe-Version", API_VERSION),
        "Cache-Control": "no-cache, no-store",
    }
    if key := request.headers.get("Idempotency-Key"):
        headers["Idempotency-Key"] = key
    if answer.replayed:
        headers |= {"Idempotent-Replayed": "true", "Original-Request": answer.request_id}
    body = json.dumps(answer.body, indent=2, ensure_ascii=False)
    return Response(body, answer.status, headers, mimetype="application/json")
