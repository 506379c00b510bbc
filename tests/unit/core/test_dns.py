"""Host names: what is one, what is not, and the exact words of a refusal."""

import pytest

from orchestrator.core.dns import is_at_or_below, parse_host
from orchestrator.core.problems import Unfit


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("localhost", "localhost"),
        ("data.example.com", "data.example.com"),
        ("DATA.Example.com.", "data.example.com"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("a-1.2b.example", "a-1.2b.example"),
        (f"{'a' * 63}.example", f"{'a' * 63}.example"),
    ],
)
def test_host_names(text, host):
    assert parse_host(text) == host


DNS_NAME = "use letters, digits and '-' between dots, such as data.example.com"


@pytest.mark.parametrize(
    ("text", "message", "mend"),
    [
        (
            "https://a.example",
            "'https://a.example' is a URL",
            "write the host name alone, without http:// or a path",
        ),
        (
            "a.example/x",
            "'a.example/x' is a URL",
            "write the host name alone, without http:// or a path",
        ),
        ("*.a.example", "'*.a.example' has a wildcard", "write each host name out"),
        ("10.0.0.7", "'10.0.0.7' is an IP address", "write a DNS name that points to it"),
        ("[::1]", "'[::1]' is an IP address", "write a DNS name that points to it"),
        ("1.2.3", "'1.2.3' ends with a number", "a DNS name ends with letters, as in .com"),
        (
            "a.example:80",
            "'a.example:80' has a port",
            "write a.example; the port is the platform's",
        ),
        ("foo", "'foo' has no dot", "write the whole name, such as foo.example.com"),
        ("a_b.example", "'a_b.example' is not a valid DNS name", DNS_NAME),
        ("-a.example", "'-a.example' is not a valid DNS name", DNS_NAME),
        ("a..example", "'a..example' is not a valid DNS name", DNS_NAME),
        (".example", "'.example' is not a valid DNS name", DNS_NAME),
        ("a b.example", "'a b.example' is not a valid DNS name", DNS_NAME),
        (f"{'a' * 64}.example", f"'{'a' * 64}.example' is not a valid DNS name", DNS_NAME),
        (
            "münchen.example",
            "'münchen.example' has letters that DNS does not know",
            "write it as xn--mnchen-3ya.example",
        ),
        ("a.\ud800", "'a.\ud800' is not a valid DNS name", "use letters, digits and '-'"),
        ("a." * 130 + "example", "has 267 characters", "at most 253 are possible"),
    ],
)
def test_refusals(text, message, mend):
    with pytest.raises(Unfit) as refused:
        parse_host(text)
    assert (str(refused.value), refused.value.mend) == (message, mend)


def test_at_or_below():
    assert is_at_or_below("localhost", "localhost")
    assert is_at_or_below("a.localhost", "localhost")
    assert not is_at_or_below("notlocalhost", "localhost")
