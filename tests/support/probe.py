"""Asked from inside a tenant's container (`docker exec -i … python3 - TARGETS < probe.py`): which
of these can be reached from here? Prints a JSON list of booleans, one per [kind, host, port]."""

import concurrent.futures
import json
import socket
import struct
import sys

WAIT = 2.0
DNS_QUERY = (
    b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03com\x00\x00\x01\x00\x01"
)


def tcp(host, port):
    socket.create_connection((host, port), WAIT).close()
    return True


def udp(host, port):
    return _exchange(socket.AF_INET, socket.SOCK_DGRAM, 0, (host, port), b"ping")


def icmp(host, _):
    return _exchange(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP, (host, 0), _echo(8))


def dns(host, port):
    """Whether a resolver answers with an address, not whether it says that it cannot."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(WAIT)
        sock.sendto(DNS_QUERY, (host, port))
        answer = sock.recv(1500)
    return answer[3] & 0x0F == 0 and int.from_bytes(answer[6:8], "big") > 0


def name(host, _):
    return bool(socket.getaddrinfo(host, 80))


def tcp6(host, port):
    """Over any interface that has the address's scope."""
    return any(_tcp6(host, port, index) for index, _ in socket.if_nameindex())


def icmp6(host, _):
    return any(_icmp6(host, index) for index, _ in socket.if_nameindex())


def raw(*_):
    """Whether packets can be made by hand: spoofed addresses, ARP, other protocols."""
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW).close()
    return True


def packet(*_):
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    return True


def broadcast(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.settimeout(WAIT)
        sock.sendto(b"ping", (host, port))
        return bool(sock.recv(1500))


def _tcp6(host, port, index):
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as sock:
        sock.settimeout(WAIT)
        return sock.connect_ex((host, port, 0, index)) == 0


def _icmp6(host, index):
    try:
        target = (host, 0, 0, index)
        kind = socket.IPPROTO_ICMPV6
        return _exchange(socket.AF_INET6, socket.SOCK_DGRAM, kind, target, _echo(128))
    except OSError:
        return False


def _echo(kind):
    return struct.pack(">BBHHH", kind, 0, (~((kind << 8) + 1)) & 0xFFFF, 0, 1)


def _exchange(family, kind, protocol, target, data):
    with socket.socket(family, kind, protocol) as sock:
        sock.settimeout(WAIT)
        sock.sendto(data, target)
        return bool(sock.recv(1500))


def reach(target):
    kind, host, port = target
    try:
        return bool(globals()[kind](host, port))
    except OSError:
        return False


with concurrent.futures.ThreadPoolExecutor(16) as threads:
    print(json.dumps(list(threads.map(reach, json.loads(sys.argv[1])))))
