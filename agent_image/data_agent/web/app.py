"""The application: routes, the layers around them, start and stop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Router
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from data_agent.errors import DataAgentError
from data_agent.web.activity import ActivityMiddleware
from data_agent.web.audit import AuditMiddleware
from data_agent.web.cut_off import CutOffMiddleware
from data_agent.web.gate import GateMiddleware
from data_agent.web.insights import Insights
from data_agent.web.platform import platform_routes
from data_agent.web.problems import on_error
from data_agent.web.render import STATIC
from data_agent.web.security_headers import SecurityHeadersMiddleware
from data_agent.web.services import Services


def build_app(services: Services) -> ASGIApp:
    """The ASGI application. From outside in: counting, headers, errors, gate, handlers."""
    app = Starlette(
        routes=_routes(),
        middleware=[
            Middleware(CutOffMiddleware),
            Middleware(GateMiddleware, services=services),
            Middleware(AuditMiddleware, services=services),
        ],
        exception_handlers={
            DataAgentError: on_error,
            HTTPException: on_error,
            Exception: on_error,
        },
        lifespan=_lifespan,
    )
    app.router.redirect_slashes = False  # an address has one spelling
    app.state.services = services
    app.state.insights = Insights(services.engine, services.library)
    app.state.templates = services.templates
    with_headers = SecurityHeadersMiddleware(app, services.settings.trusted_proxies)
    return ActivityMiddleware(with_headers, services.activity)


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    services: Services = app.state.services
    await services.open()
    try:
        yield
    finally:
        await services.close()


def _routes() -> list[BaseRoute]:
    return [
        *platform_routes(),
        Mount("/static", VersionedStatic(directory=STATIC)),
        Mount("", ForPeople()),
    ]


class ForPeople:
    """API and pages, imported at the first request for one of them: the platform gives an agent
    its route as soon as /readyz answers, and no start waits for the rest."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._router(scope, receive, send)

    @cached_property
    def _router(self) -> Router:
        from data_agent.web.api.routes import API
        from data_agent.web.pages.routes import PAGES
        from data_agent.web.routing import method_routes

        routes = [*method_routes(API), *method_routes(PAGES)]
        return Router(routes, redirect_slashes=False)  # an address has one spelling


class VersionedStatic(StaticFiles):
    """Style and script. Their links carry a version, so browsers may keep them for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response
