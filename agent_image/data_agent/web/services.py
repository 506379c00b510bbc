"""Everything that a request may need, made once at the start and handed to the application."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from data_agent.errors import DataAgentError
from data_agent.llm.asker import ModelAsker
from data_agent.people.audit import AuditBook
from data_agent.people.directory import Directory
from data_agent.ports import DataEngine
from data_agent.settings import Settings
from data_agent.web.activity import Activity
from data_agent.web.daily import DailyQuestions
from data_agent.web.glossary import GlossaryBook
from data_agent.web.held import Held
from data_agent.web.library import Library
from data_agent.web.questions import Questions
from data_agent.web.render import Templates
from data_agent.web.replacing import Replacing
from data_agent.web.verdicts import Verdicts

log = logging.getLogger("data_agent")


@dataclass(frozen=True)
class Services:
    """The parts of one running agent."""

    settings: Settings
    engine: DataEngine
    people: Directory
    audit: AuditBook
    library: Library
    replacing: Replacing
    questions: Questions
    verdicts: Verdicts
    glossary: GlossaryBook
    daily: DailyQuestions
    activity: Activity
    model: ModelAsker
    held: Held
    now: Callable[[], float]
    templates: Templates

    async def open(self) -> None:
        """Read all files; finish what a kill -9 broke off."""
        await self.people.open()
        self.questions.load()
        self.verdicts.load()
        self.daily.load()
        self.library.load()
        self.replacing.load()
        try:
            await self.library.recover()
        except DataAgentError as error:  # the next change tries again; people must get in anyway
            log.warning("an unfinished change could not be settled: %s", error)

    async def close(self) -> None:
        """Write what is only in memory, then let go of the database."""
        self.people.sessions.flush()
        await self.engine.close()


def make_services(
    settings: Settings,
    engine: DataEngine,
    now: Callable[[], float] = time.time,
    model: ModelAsker | None = None,
) -> Services:
    data = settings.data_dir
    library = Library(data, engine, limit=settings.max_csv_files, now=now)
    questions = Questions(data, now=now)
    return Services(
        settings=settings,
        engine=engine,
        people=Directory(data, max_users=settings.max_users, cost=settings.hash_cost, now=now),
        audit=AuditBook(data, now=now),
        library=library,
        replacing=Replacing(data, library, engine, questions, now=now),
        questions=questions,
        verdicts=Verdicts(data, now=now),
        glossary=GlossaryBook(data),
        daily=DailyQuestions(data / "usage.json", limit=settings.questions_per_day, now=now),
        activity=Activity(now),
        model=model or ModelAsker(settings.llm, now),
        held=Held(now),
        now=now,
        templates=Templates(),
    )


def services_of(request: Request) -> Services:
    """The services of the application that this request came to."""
    services: Services = request.app.state.services
    return services
