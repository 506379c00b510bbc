"""`tenantctl usage`: tokens of the LLM, by customer, or by day for one of them."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from orchestrator.cli.screen import Screen
from orchestrator.cli.session import Session
from orchestrator.cli.table import Column, Row, lines
from orchestrator.cli.text import clean, plural
from orchestrator.core.llm_usage import DayOfUsage, TenantUsage, UsageReport

NUMBERS = (
    Column("REQUESTS", right=True),
    Column("READ", right=True, drop=1),
    Column("WRITTEN", right=True, drop=1),
    Column("TOKENS", right=True, whole=True),
)
BY_TENANT = (
    Column("CUSTOMER", whole=True),
    Column("TODAY", right=True, whole=True),
    Column("A DAY", right=True, drop=2),
    *NUMBERS,
)
BY_DAY = (Column("DAY", whole=True), *NUMBERS)


def run(arguments: Namespace, session: Session) -> int:
    report = session.controller.usage(arguments.id, arguments.days)
    if session.screen.as_json:
        session.screen.give(asdict(report))
    elif arguments.id:
        _show_days(report.tenants[0], report, session.screen)
    else:
        _show_tenants(report, session.screen)
    return 0


def _show_tenants(report: UsageReport, screen: Screen) -> None:
    rows = [
        Row((clean(one.id), _number(one.used_today), _limit(one), *_sums(one.days)), {})
        for one in report.tenants
    ]
    for line in lines(BY_TENANT, rows, screen) if rows else ():
        screen.say(line)
    screen.tell(_footer(report, [day for one in report.tenants for day in one.days]))


def _show_days(tenant: TenantUsage, report: UsageReport, screen: Screen) -> None:
    rows = [Row((clean(day.day), *_sums((day,))), {}) for day in tenant.days]
    for line in lines(BY_DAY, rows, screen) if rows else ():
        screen.say(line)
    screen.say(f"today {_number(tenant.used_today)} of {_limit(tenant)} tokens")
    screen.tell(_footer(report, tenant.days))


def _sums(days: tuple[DayOfUsage, ...]) -> tuple[str, ...]:
    sums = (
        sum(day.requests for day in days),
        sum(day.input_tokens for day in days),
        sum(day.output_tokens for day in days),
        sum(day.tokens for day in days),
    )
    return tuple(_number(one) for one in sums)


def _footer(report: UsageReport, days: list[DayOfUsage] | tuple[DayOfUsage, ...]) -> str:
    text = f"{plural(report.days_asked, 'day')} up to {clean(report.today)} (UTC)"
    if not days:
        return f"No use of the LLM in {text}."
    estimated = sum(day.estimated for day in days)
    if not estimated:
        return text
    return f"{text}; tokens of {plural(estimated, 'request')} are estimated: the LLM did not say"


def _number(value: int) -> str:
    return f"{value:,}"


def _limit(tenant: TenantUsage) -> str:
    return "unlimited" if tenant.tokens_per_day is None else _number(tenant.tokens_per_day)
