"""What the platform's tests run in a tenant's container: the agent's seam, small, and obedient.

Standard library only: it runs in the platform's base image. `MODE` says how it behaves:
good, crash (says why and ends), hang (runs, never answers), stubborn (good, but deaf to SIGTERM),
spoil (overwrites the data that it finds, then is never ready), fussy (writes into the data of
others that it finds, and ends), picky (ends where somebody has written), dies (good for a while,
then it ends).
"""

import http.server
import json
import os
import secrets
import signal
import socket
import sys
import threading
import time
from pathlib import Path

DATA = Path(os.environ.get("DATA_DIR", "/data"))
MODE = os.environ.get("MODE", "good")
RUN = secrets.token_hex(4)


class Activity:
    """Requests under way, as the agent counts them."""

    def __init__(self):
        self.lock = threading.Lock()
        self.began = {}
        self.last_request = None

    def begin(self, request):
        with self.lock:
            self.began[request] = time.monotonic()
            self.last_request = str(time.time_ns())

    def end(self, request):
        with self.lock:
            del self.began[request]
            self.last_request = str(time.time_ns())

    def oldest_s(self):
        with self.lock:
            return time.monotonic() - min(self.began.values(), default=time.monotonic())


ACTIVITY = Activity()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path in ("/readyz", "/internal/activity"):
            self.answer()
            return
        request = object()
        ACTIVITY.begin(request)
        try:
            if self.path.startswith("/stream/"):
                self.stream(int(self.path.removeprefix("/stream/")))
            else:
                self.answer()
        finally:
            ACTIVITY.end(request)

    def stream(self, seconds):
        """A line ten times a second, and `end` as the last of them."""
        self.send_response(200)
        self.end_headers()
        for _ in range(seconds * 10):
            self.wfile.write(b"on\n")
            time.sleep(0.1)
        self.wfile.write(b"end\n")

    def answer(self):
        self.sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = ANSWERS.get(self.path, me)
        body = json.dumps(answer(self)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False  # what is under way when it is told to end is answered first
    request_queue_size = 128


def me(request):
    """Who answers, in which run, and how he was asked."""
    return {
        "tenant": os.environ.get("DATA_AGENT_TENANT_NAME"),
        "hostname": socket.gethostname(),
        "run": RUN,
        "host": request.headers.get("Host"),
        "users": os.environ.get("DATA_AGENT_MAX_USERS"),
        "mode": MODE,
        "sent": request.sent.decode(errors="replace"),
    }


def activity(_):
    return {
        "in_flight": len(ACTIVITY.began),
        "oldest_s": ACTIVITY.oldest_s(),
        "last_request": ACTIVITY.last_request,
        "version": MODE,
    }


def keep(request):
    """Written down before it is answered: an acknowledged write."""
    with ACTIVITY.lock, (DATA / "kept").open("a") as file:
        file.write(request.sent.decode() + "\n")
    return me(request)


def kept(_):
    return (DATA / "kept").read_text().split() if (DATA / "kept").exists() else []


def ready(_):
    return {"born": (DATA / "born").read_text()}


def crash(_):
    say("told to crash")
    os._exit(3)


def slow(request):
    time.sleep(1)
    return me(request)


def eat(_):
    return len([b"x" * 1_000_000 for _ in range(100_000)])


ANSWERS = {
    "/crash": crash,
    "/eat": eat,
    "/slow": slow,
    "/readyz": ready,
    "/internal/activity": activity,
    "/keep": keep,
    "/kept": kept,
}


def first_start():
    """What a tenant's data must keep for ever."""
    if not (DATA / "born").exists():
        (DATA / "born").write_text(secrets.token_hex(8))
        (DATA / "users.json").write_text('{"users": [{"name": "admin"}]}')
        (DATA / "initial-admin-password").write_text(secrets.token_hex(8))


def echo():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("0.0.0.0", 9000))
        while True:
            data, sender = sock.recvfrom(1500)
            sock.sendto(data, sender)


def end_with(server):
    """Told once to end, it answers what is under way; told twice, it does not."""
    told = []

    def handle(*_):
        told.append(1)
        if len(told) > 1:
            os._exit(0)
        threading.Thread(target=server.shutdown).start()

    return handle


def say(text):
    print(text, flush=True)


def die():
    """Of its work, not of its start."""
    if MODE != "dies":
        return
    time.sleep(3)
    say("the flux ran dry")
    os._exit(3)


def main():
    say(f"stand-in {MODE} starts as {os.getuid()}")
    if MODE == "crash":
        say("cannot go on: the flux is missing")
        sys.exit(7)
    if MODE == "fussy" and (DATA / "born").exists():
        (DATA / "born").write_text("spoilt")
        say("cannot go on: this data is of another version")
        sys.exit(9)
    if MODE == "picky" and (DATA / "kept").exists():
        say("cannot go on: somebody has written here")
        sys.exit(9)
    if MODE == "spoil":
        for name in ("born", "users.json", "kept"):
            (DATA / name).write_text("spoilt")
    if MODE in ("hang", "spoil"):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        time.sleep(3600)
    first_start()
    threading.Thread(target=echo, daemon=True).start()
    threading.Thread(target=die, daemon=True).start()
    server = Server(("0.0.0.0", 8000), Handler)
    if MODE != "stubborn":
        signal.signal(signal.SIGTERM, end_with(server))
    server.serve_forever(poll_interval=0.02)
    server.server_close()
    say("ended as told")


main()
