"""Every address of the API in one table."""

from __future__ import annotations

from data_agent.web.api import (
    audit,
    data,
    export,
    files,
    glossary,
    me,
    questions,
    session,
    users,
    verdicts,
)
from data_agent.web.pages import settings
from data_agent.web.progress import with_progress
from data_agent.web.routing import RouteTable

API: RouteTable = (
    ("POST", "/api/v1/session", session.sign_in),
    ("DELETE", "/api/v1/session", session.sign_out),
    ("GET", "/api/v1/me", me.show),
    ("POST", "/api/v1/me/password", me.change_password),
    ("GET", "/api/v1/me/sessions", me.sessions),
    ("DELETE", "/api/v1/me/sessions/{handle}", me.end_session),
    ("GET", "/api/v1/tokens", me.tokens),
    ("POST", "/api/v1/tokens", me.make_token),
    ("DELETE", "/api/v1/tokens/{handle}", me.revoke_token),
    ("GET", "/api/v1/users", users.index),
    ("POST", "/api/v1/users", users.add),
    ("PATCH", "/api/v1/users/{name}", users.change),
    ("DELETE", "/api/v1/users/{name}", users.remove),
    ("GET", "/api/v1/audit", audit.index),
    ("GET", "/api/v1/limits", audit.limits),
    ("GET", "/api/v1/files", files.index),
    ("POST", "/api/v1/files", files.upload),
    ("GET", "/api/v1/files/{id}", files.show),
    ("PATCH", "/api/v1/files/{id}", files.change),
    ("DELETE", "/api/v1/files/{id}", files.remove),
    ("GET", "/api/v1/files/{id}/rejects", files.rejects),
    ("GET", "/api/v1/tables", data.tables),
    ("GET", "/api/v1/tables/{name}/rows", data.rows),
    ("POST", "/api/v1/ask", with_progress(data.ask)),
    ("POST", "/api/v1/sql", data.sql),
    ("GET", "/api/v1/export", export.export),
    ("GET", "/api/v1/model", settings.model_status),
    ("GET", "/api/v1/questions", questions.index),
    ("POST", "/api/v1/questions", questions.add),
    ("GET", "/api/v1/questions/{id}", questions.show),
    ("GET", "/api/v1/questions/{id}/answer", questions.answer),
    ("DELETE", "/api/v1/questions/{id}", questions.remove),
    ("GET", "/api/v1/glossary", glossary.index),
    ("POST", "/api/v1/glossary", glossary.put),
    ("DELETE", "/api/v1/glossary", glossary.remove),
    ("GET", "/api/v1/verdicts", verdicts.index),
    ("POST", "/api/v1/verdicts", verdicts.add),
    ("DELETE", "/api/v1/verdicts/{id}", verdicts.remove),
)
