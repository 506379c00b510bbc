"""Works the insight cards of a table out, once per version of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.requests import Request

from data_agent.errors import DataAgentError
from data_agent.ports import DataEngine
from data_agent.values import QueryResult
from data_agent.web.library import Library

if TYPE_CHECKING:
    from data_agent.insights.cards import Card

DEADLINE_S = 6.0  # a page never waits longer for its cards
MOST_TABLES = 50  # whose cards are remembered
Version = tuple[str, ...]


def insights_of(request: Request) -> Insights:
    """Those of the application that this request came to."""
    insights: Insights = request.app.state.insights
    return insights


class Insights:
    """Cards by table, remembered until one of the table's files or their types change."""

    def __init__(self, engine: DataEngine, library: Library) -> None:
        self._engine = engine
        self._library = library
        self._known: dict[str, tuple[Version, tuple[Card, ...]]] = {}

    async def of(self, table: str) -> tuple[Card, ...]:
        """The table's cards; none when they cannot be had in time: the page goes without."""
        version = self._version(table)
        known = self._known.get(table)
        if known and known[0] == version:
            return known[1]
        try:
            async with asyncio.timeout(DEADLINE_S):
                made = await self._make(table)
        except (DataAgentError, TimeoutError):
            return ()
        if len(self._known) >= MOST_TABLES:
            self._known.pop(next(iter(self._known)))
        self._known[table] = (version, made)
        return made

    def _version(self, table: str) -> Version:
        parts = self._library.parts_of(table)
        return tuple(f"{part.id} {sorted(part.choices.items())}" for part in parts)

    async def _make(self, table: str) -> tuple[Card, ...]:
        from data_agent.insights.cards import cards  # late: no start of the agent waits for them
        from data_agent.insights.overview import overview_sql, read_overview
        from data_agent.insights.queries import queries, read_spellings, spellings_sql

        info = next((t for t in await self._engine.tables() if t.name == table), None)
        if info is None or not info.rows:
            return ()
        sql = overview_sql(table, info.columns)
        found = read_overview(table, info.columns, sql, await self._engine.sql(sql, limit=1))
        if spelled := spellings_sql(found):
            found = replace(found, spellings=read_spellings(await self._engine.sql(spelled)))
        wanted = queries(found)
        results: dict[str, QueryResult] = {}
        for name, statement in wanted.items():
            try:
                results[name] = await self._engine.sql(statement)
            except DataAgentError:
                continue  # this card is left out; the others stand
        return cards(found, wanted, results)
