"""Servers and the load put on them: processes pinned to cores, requests sent by wrk, processor time from /proc."""

import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from http.client import HTTPConnection
from pathlib import Path

CONNECTIONS = 64
_TICKS = os.sysconf("SC_CLK_TCK")
_LUA = """
local requests, at = {}, 0
for line in io.lines("%s") do
  local path, cookie = line:match("^([^\\t]*)\\t(.*)$")
  local headers = {Host = "%s"}
  if cookie ~= "" then headers["Cookie"] = cookie end
  requests[#requests + 1] = {path, headers}
end
function init(args)
  for i, one in ipairs(requests) do requests[i] = wrk.format("GET", one[1], one[2]) end
end
function request() at = at %% #requests + 1 return requests[at] end
"""


@dataclass(frozen=True, slots=True)
class Shot:
    """What one run of load came to."""

    per_second: float
    cpu_microseconds: float
    """The server's processor time for each request."""


def median(shots: Sequence[Shot]) -> Shot:
    """Return the medians of several runs."""
    return Shot(*(statistics.median(column) for column in zip(*map(astuple, shots), strict=True)))


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int

    def stop(self) -> None:
        """End it, with its workers."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=40)

    def cpu_seconds(self) -> float:
        """Return the processor time that the server and its workers have used."""
        return sum(_cpu_seconds(pid) for pid in _family(self.process.pid))


def start(target: str, port: int, workers: int, core: int | None, environment: dict[str, str]) -> Served:
    """Start a server and return when it answers; pinned to `core`, or free to use all."""
    pinned = [] if core is None else ["taskset", "-c", str(core)]
    command = [*pinned, sys.executable, "-m", "bench.serve", target, str(port), str(workers)]
    process = subprocess.Popen(command, env={**os.environ, **environment}, start_new_session=True)
    served = Served(process, port)
    for _ in range(300):
        if _answers(port):
            return served
        if process.poll() is not None:
            raise RuntimeError(f"{target} ended with code {process.returncode}")
        time.sleep(0.1)
    served.stop()
    raise RuntimeError(f"{target} did not start")


def fire(served: Served, host: str, requests: list[tuple[str, str]], seconds: int, core: int | None) -> Shot:
    """Send the requests over 64 connections for so many seconds; raises if an answer was not 200."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder, "requests")
        lines.write_text("".join(f"{path}\t{cookie}\n" for path, cookie in requests))
        return shoot(served, _LUA % (lines, host), seconds, core)


def shoot(served: Served, script: str, seconds: int, core: int | None, connections: int = CONNECTIONS) -> Shot:
    """Let wrk send what a script of its own makes, as `fire` does."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        pinned = [] if core is None else ["taskset", "-c", str(core)]
        command = [*pinned, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", file.name]
        before = served.cpu_seconds()
        said = subprocess.run(
            [*command, f"http://127.0.0.1:{served.port}/"], capture_output=True, text=True, check=True
        )
        used = served.cpu_seconds() - before
    if "Non-2xx" in said.stdout or "Socket errors" in said.stdout:
        raise RuntimeError(said.stdout)
    total = int(_number(r"(\d+) requests in", said.stdout))
    return Shot(_number(r"Requests/sec:\s+([\d.]+)", said.stdout), used / total * 1e6)


def warm(served: Served, host: str, requests: list[tuple[str, str]]) -> None:
    """Ask once for every page that the requests ask for, so that each is in memory."""
    connection = HTTPConnection("127.0.0.1", served.port, timeout=30)
    for path, cookie in dict(requests).items():
        connection.request("GET", path, headers={"Host": host, "Cookie": cookie})
        connection.getresponse().read()
    connection.close()


def get(served: Served, host: str, path: str, cookie: str) -> str:
    """Return the `Paywall-Decision` of one answer, empty where there is none; raises for any other answer than 200."""
    request = urllib.request.Request(f"http://127.0.0.1:{served.port}{path}", headers={"Host": host, "Cookie": cookie})
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - our own address
        return str(answer.headers.get("Paywall-Decision", ""))


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    assert found, text
    return float(found[1])


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in _family(int(child)))]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
