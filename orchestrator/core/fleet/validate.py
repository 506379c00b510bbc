"""tenants.yaml as a tree → a validated fleet, or every problem of the file at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.core import names
from orchestrator.core.document import Entry, MapNode, Node, Scalar
from orchestrator.core.fleet import keys
from orchestrator.core.fleet.across import check_across
from orchestrator.core.fleet.drafts import Draft
from orchestrator.core.fleet.model import NOT_SAID, Fleet, Tenant, Tier
from orchestrator.core.fleet.sections import Place, Section, as_mapping, closest, read_section
from orchestrator.core.fleet.validation import Validation, unreadable
from orchestrator.core.fleet.values import tier_name
from orchestrator.core.problems import Problem, Problems, Unfit, cut

MAX_TIERS = 100
# Keys of a tier that hold for its tenants unless they say otherwise, and what means "not said".
NOT_SAID_BY: Mapping[str, int | None] = {
    "sleep_after": NOT_SAID, "requests_per_second": None, "requests_at_once": None,
    "hold_for": None,
}  # fmt: skip
MAX_TENANTS = 8192  # /29 networks in a /16: see SUBNET_PREFIX in core/desired.py


def validate(document: Node, earlier: Sequence[Problem] = ()) -> Validation:
    """Check everything and report every problem; `earlier` are those that the parser found.

    A problem inside one tenant holds back that tenant; one in the rest of the file that a tenant
    depends on holds back the whole file.
    """
    problems = Problems(earlier)
    root = Place(problems)
    if isinstance(document, Scalar) and document.is_null:
        root.report(None, "the file is empty", "write tiers and tenants, or put a good copy back")
    if not isinstance(document, MapNode):
        as_mapping(document, root)
        return unreadable(*problems.all())
    top = read_section(document, keys.FILE_KEYS, root, keys.SECTIONS)
    entries = {entry.key.text: entry for entry in document.entries}
    defaults = _defaults(entries, root)
    tiers, broken = _tiers(entries, root, top)
    drafts = _drafts(entries, root, top)
    _check_tiers_exist(drafts, defaults, {*tiers, *(name for name, _ in broken)}, root)
    check_across(drafts, top.values.get("domain"))
    _report_tiers(broken, _tiers_in_use(drafts, defaults), problems)
    return _outcome(problems, top, defaults, tiers, drafts)


def _defaults(entries: Mapping[str, Entry], root: Place) -> Section:
    if (entry := entries.get("defaults")) is None:
        return Section()
    return read_section(entry.value, keys.DEFAULT_KEYS, root.below("defaults"))


BrokenTiers = list[tuple[str, Problems]]


def _tiers(
    entries: Mapping[str, Entry], root: Place, top: Section
) -> tuple[dict[str, Tier], BrokenTiers]:
    """The good tiers, and the problems of each bad one."""
    place = root.below("tiers")
    mend = "define at least one, such as small: {users: 5, …}"
    good: dict[str, Tier] = {}
    broken: BrokenTiers = []
    if (entry := entries.get("tiers")) is None:
        if "tiers" not in top.meant:
            place.report(None, "is missing", mend)
        return good, broken
    if (mapping := as_mapping(entry.value, place)) is None:
        return good, broken
    if not mapping.entries:
        place.report(mapping.line, "has no tier", mend)
    if len(mapping.entries) > MAX_TIERS:
        count = f"has {len(mapping.entries)} tiers"
        place.report(mapping.line, count, f"at most {MAX_TIERS} are possible")
        return good, broken
    for tier in mapping.entries:
        own = Problems()
        section = _tier(tier, Place(own, (*place.path, tier.key.text)))
        if own.of_the_file:
            broken.append((tier.key.text, own))
        else:
            good[tier.key.text] = Tier(tier.key.text, **_filled(section, keys.TIER_KEYS))
    return good, broken


def _tier(entry: Entry, place: Place) -> Section:
    try:
        tier_name(entry.key)
    except Unfit as error:
        place.report(entry.key.line, str(error), error.mend)
    return read_section(entry.value, keys.TIER_KEYS, place)


def _drafts(entries: Mapping[str, Entry], root: Place, top: Section) -> list[Draft]:
    """Every tenant as far as it can be read."""
    place = root.below("tenants")
    if (entry := entries.get("tenants")) is None:
        if "tenants" not in top.meant:
            place.report(None, "is missing", "write 'tenants: {}' if there are none yet")
        return []
    mapping = as_mapping(entry.value, place)
    if mapping is None:
        return []
    if len(mapping.entries) > MAX_TENANTS:
        count = f"has {len(mapping.entries)} tenants"
        place.report(mapping.line, count, f"one platform carries at most {MAX_TENANTS}")
        return []
    ids = {tenant.key.text for tenant in mapping.entries}
    return [_draft(tenant, ids, place) for tenant in mapping.entries]


def _draft(entry: Entry, ids: set[str], tenants: Place) -> Draft:
    written = entry.key.text
    problem = names.id_problem(written)
    mended = re.sub(r"[^a-z0-9]+", "-", written.lower()).strip("-")
    can_mend = problem is not None and names.id_problem(mended) is None and mended not in ids
    # What is wrong with `Customer-A` must not retire customer-a.
    tenant_id = mended if can_mend else written
    place = Place(tenants.problems, (*tenants.path, written), tenant_id)
    if problem is not None:
        mend = f"write {mended}" if can_mend else "write an id such as customer-a"
        place.report(entry.key.line, f"the id '{cut(written)}' {problem}", mend)
    section = read_section(entry.value, keys.TENANT_KEYS, place)
    return Draft(tenant_id, entry.key.line, place, section)


def _check_tiers_exist(
    drafts: Sequence[Draft], defaults: Section, tiers: set[str], root: Place
) -> None:
    default = defaults.values.get("tier")
    if default is not None and tiers and default not in tiers:
        place = root.below("defaults").below("tier")
        _report_no_such_tier(default, tiers, place, defaults)
    for draft in drafts:
        own = draft.section.values.get("tier")
        place = draft.place.below("tier")
        if own is not None and tiers and own not in tiers:
            _report_no_such_tier(own, tiers, place, draft.section)
        elif "tier" not in draft.section.lines and "tier" not in defaults.lines:
            place.report(draft.line, "is missing", "name a tier here or in defaults")


def _report_no_such_tier(name: str, tiers: set[str], place: Place, section: Section) -> None:
    meant = None if place.problems.full else closest(name, sorted(tiers))
    known = f"known are {', '.join(cut(tier) for tier in sorted(tiers)[:10])}"
    mend = f"did you mean '{meant}'?" if meant else known
    place.report(section.lines["tier"], f"there is no tier '{name}'", mend)


def _tiers_in_use(drafts: Sequence[Draft], defaults: Section) -> set[str | None]:
    return {
        defaults.values.get("tier"),
        *(draft.section.values.get("tier") for draft in drafts),
    }


def _report_tiers(broken: BrokenTiers, in_use: set[str | None], problems: Problems) -> None:
    for name, own in broken:
        for problem in own.all():
            problems.add(problem, holds_back=name in in_use)


def _outcome(
    problems: Problems,
    top: Section,
    defaults: Section,
    tiers: Mapping[str, Tier],
    drafts: Sequence[Draft],
) -> Validation:
    bad = frozenset(problems.tenants)
    fleet = None
    if not problems.of_the_file:
        base = _filled(defaults, keys.DEFAULT_KEYS)
        good = tuple(_tenant(draft, base, tiers) for draft in drafts if draft.id not in bad)
        fleet = Fleet(**_filled(top, keys.FILE_KEYS), tiers=tiers, tenants=good)
    found = problems.all()
    renamed = {
        draft.section.values["renamed_from"]
        for draft in drafts
        if draft.id in bad and "renamed_from" in draft.section.values
    }
    return Validation(
        fleet=None if found else fleet,
        problems=found,
        tenants_with_problems=bad,
        fleet_without_bad_tenants=fleet,
        kept=bad | renamed,
        order=tuple(draft.id for draft in drafts),
    )


def _tenant(draft: Draft, defaults: Mapping[str, Any], tiers: Mapping[str, Tier]) -> Tenant:
    own = draft.section.values
    tier = tiers[own.get("tier", defaults["tier"])]
    values = {"name": draft.id, **defaults, **_of_tier(tier), **own}
    values["domains"] = tuple(item.value for item in values.get("domains", ()))
    return Tenant(id=draft.id, own_image="image" in own, **values)


def _of_tier(tier: Tier) -> dict[str, Any]:
    """What the tier says and a tenant may say otherwise."""
    said = {name: getattr(tier, name) for name in NOT_SAID_BY}
    return {name: value for name, value in said.items() if value != NOT_SAID_BY[name]}


def _filled(section: Section, table: Sequence[keys.Key]) -> dict[str, Any]:
    """The section's values, with the table's defaults for what was left out."""
    return {key.target: section.values.get(key.target, key.default) for key in table}
