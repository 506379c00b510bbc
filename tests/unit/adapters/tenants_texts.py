"""tenants.yaml in the ways in which people write it, and what an edit changed in one."""

from difflib import unified_diff

HEAD = """\
tiers: {small: {users: 5,  csv_files: 10, memory: 384m, cpus: 0.5, disk: 1g}}   # one
defaults: {tier: small}
"""
IN_LINES = (
    HEAD
    + """\
tenants:
  customer-a: {name: "Customer A",  tier: small}   # pays late
  # between
  customer-b:
# footer
watch: false
"""
)
IN_BLOCKS = (
    HEAD
    + """\
tenants:
    # the first
    customer-a:        # pays late
        name: "Customer A"   # quoted
        # on their own
        domains:       # theirs
            # before
            - data.a.example   # x
            - b.a.example

    # the second
    customer-b:
    customer-c:
        name: 'C'
        tier: small   # cheap
# footer
watch: false
"""
)
IN_BRACES = HEAD + "tenants: {customer-a: {name: A}, customer-b: , customer-c: {}}\n"
IN_WIDE_BRACES = (
    HEAD
    + """\
tenants: {
  customer-a: {name: A},  # a
  customer-b: {name: B},
  customer-c: {name: C}  # c
}
"""
)
NEW = {"name": "Zed & Söhne", "tier": "small", "domains": ["z.example"], "image": None}
NEW_LINE = 'customer-z: {name: "Zed & Söhne", tier: small, domains: [z.example]}'


def diff(before, after):
    """The lines that went and came, in order."""
    changes = unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in changes if not line.startswith(("---", "+++", "@@"))]


def edited(text, edit):
    """The edit's diff, the same for each kind of line ends, and its sentences."""
    outcome = edit(text)
    windows = edit(text.replace("\n", "\r\n"))
    assert windows.text == outcome.text.replace("\n", "\r\n")
    assert windows.changes == outcome.changes
    return diff(text, outcome.text), list(outcome.changes)
