"""What the tests run in a tenant's container: answers /readyz, echoes UDP, does as it is told.

Also asked from outside, as `python3 /fake_agent.py reach '[["tcp", "10.0.0.1", 80], …]'`, what can
be reached from inside: it prints a JSON list of booleans.
"""

import concurrent.futures
import http.server
import json
import os
import socket
import struct
import sys
import threading

WAIT = 2.0
DNS_QUERY = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00%s\x00\x00\x01\x00\x01"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/crash":
            os._exit(3)
        if self.path == "/eat":
            self.eaten = [b"x" * 1_000_000 for _ in range(100_000)]
        self.send_response(200 if self.path == "/readyz" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()


def serve():
    print("hello \x1b[31mred\x1b]0;title\x07 from stdout", flush=True)
    print("hello from stderr", file=sys.stderr, flush=True)
    echo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    echo.bind(("0.0.0.0", 9000))
    threading.Thread(target=echo_forever, args=(echo,), daemon=True).start()
    http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()


def echo_forever(echo):
    while True:
        data, sender = echo.recvfrom(1500)
        echo.sendto(data, sender)


def reach(kind, host, port):
    try:
        return {"tcp": tcp, "udp": udp, "icmp": icmp, "dns": dns, "name": name}[kind](host, port)
    except OSError:
        return False


def tcp(host, port):
    socket.create_connection((host, port), WAIT).close()
    return True


def udp(host, port):
    return exchange(socket.SOCK_DGRAM, 0, (host, port), b"ping")


def icmp(host, _):
    echo = struct.pack(">BBHHH", 8, 0, 0xF7FF, 0, 0)
    return exchange(socket.SOCK_DGRAM, socket.IPPROTO_ICMP, (host, 0), echo)


def exchange(kind, protocol, target, data):
    with socket.socket(socket.AF_INET, kind, protocol) as sock:
        sock.settimeout(WAIT)
        sock.sendto(data, target)
        return bool(sock.recv(1500))


def dns(host, port):
    """Whether a resolver answers for a name of the outside with an address."""
    labels = b"".join(bytes([len(part)]) + part for part in b"www.example.org".split(b"."))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(WAIT)
        sock.sendto(DNS_QUERY % labels, (host, port))
        answer = sock.recv(1500)
    return answer[3] & 0x0F == 0 and int.from_bytes(answer[6:8], "big") > 0


def name(host, _):
    return bool(socket.getaddrinfo(host, 80))


if sys.argv[1:2] == ["reach"]:
    with concurrent.futures.ThreadPoolExecutor(32) as threads:
        print(json.dumps(list(threads.map(lambda target: reach(*target), json.loads(sys.argv[2])))))
else:
    serve()
