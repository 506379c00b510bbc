"""Writes docs/tenants-yaml.md: `python -m orchestrator.docs [--check]`.

The prose is docs/templates/tenants-yaml.md, the tables of keys are core/fleet/keys.py, the examples
are the files of docs/examples, and every error shown is what validation says to the snippet above
it. `--check` writes nothing, and exits 1 when the page is not what would be written.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template

from orchestrator.adapters.tenants_file import load_text
from orchestrator.core import names
from orchestrator.core.fleet import keys
from orchestrator.core.fleet.keys import Key
from orchestrator.core.fleet.validate import MAX_TENANTS

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "tenants-yaml.md"

HEAD = """\
tiers:
  small: {users: 5, csv_files: 10, memory: 384m, cpus: 0.5, disk: 1g}
defaults: {tier: small}
"""

MISTAKES = {
    "A typing mistake": "tenants:\n  customer-a: {nmae: Customer A, tier: smal}\n",
    "A limit of a tier at a tenant": "tenants:\n  customer-a: {users: 7}\n",
    "An id that cannot be a subdomain": "tenants:\n  Customer_A: {name: Customer A}\n",
    "One host name, two tenants": """\
tenants:
  customer-a: {domains: [data.example.com]}
  customer-b: {domains: [DATA.example.com.]}
""",
    "One id, twice": "tenants:\n  customer-a: {name: A}\n  customer-a: {name: B}\n",
    "An address instead of a name": "tenants:\n  customer-a: {domains: [10.0.0.7]}\n",
    "A colon in a text": "tenants:\n  customer-a: {name: A: the first}\n",
    "A bracket left open": "tenants:\n  customer-a: {name: A\n  customer-b: {name: B}\n",
    "TLS, too early": "tls: acme-http\ntenants:\n  customer-a:\n",
}


def main(arguments: Sequence[str]) -> int:
    """Write the page, or with `--check` compare it. Returns the exit code."""
    page = render()
    if "--check" not in arguments:
        PAGE.write_text(page, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
        return 0
    sys.stderr.write(f"docs/{PAGE.name} is stale: run python -m orchestrator.docs\n")
    return 1


def render() -> str:
    """The whole page."""
    template = Template((DOCS / "templates" / PAGE.name).read_text(encoding="utf-8"))
    return template.substitute(
        smallest=_example("smallest.yaml"),
        full=_example("full.yaml"),
        file_keys=_table(keys.FILE_KEYS),
        default_keys=_table(keys.DEFAULT_KEYS),
        tier_keys=_table(keys.TIER_KEYS),
        tenant_keys=_table(keys.TENANT_KEYS),
        mistakes="\n".join(_mistake(title, text) for title, text in MISTAKES.items()),
        reserved=", ".join(f"`{name}`" for name in sorted(names.RESERVED_IDS)),
        id_length=names.ID_MAX_LENGTH,
        max_tenants=f"{MAX_TENANTS:,}",
    )


def _example(name: str) -> str:
    return _fenced((DOCS / "examples" / name).read_text(encoding="utf-8"))


def _fenced(text: str, language: str = "yaml") -> str:
    return f"```{language}\n{text}```\n"


def _table(table: Sequence[Key]) -> str:
    """The keys at a glance, then a paragraph for each."""
    head = "| key | value | when left out | a change of it |\n|---|---|---|---|\n"
    rows = (f"| `{k.name}` | {k.type} | {k.default_words} | {k.effect} |\n" for k in table)
    about = (f"\n**`{k.name}`**: {k.about} Example: `{k.name}: {k.example}`\n" for k in table)
    return head + "".join(rows) + "".join(about)


def _mistake(title: str, text: str) -> str:
    """A snippet, and what validation says to it, with lines counted from the snippet's first."""
    said = "".join(f"{problem}\n" for problem in load_text(HEAD + text).problems)
    before = HEAD.count("\n")
    said = re.sub(r"line (\d+)", lambda match: f"line {int(match[1]) - before}", said)
    return f"{title}:\n\n{_fenced(text)}\n{_fenced(said, 'text')}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
