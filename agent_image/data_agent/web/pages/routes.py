"""Every page in one table."""

from __future__ import annotations

from data_agent.web.pages import (
    account,
    answers,
    audit,
    data,
    home,
    people,
    report,
    session,
    settings,
    sql,
    verdicts,
)
from data_agent.web.progress import with_progress
from data_agent.web.routing import RouteTable

PAGES: RouteTable = (
    ("GET", "/", with_progress(home.show)),
    ("GET", "/answers", answers.show),
    ("GET", "/answers/{id}", answers.show_one),
    ("POST", "/questions", answers.save),
    ("POST", "/questions/{id}/delete", answers.remove),
    ("GET", "/login", session.show),
    ("POST", "/login", session.sign_in),
    ("POST", "/logout", session.sign_out),
    ("GET", "/password", account.first_password),
    ("POST", "/password", account.change_password),
    ("GET", "/account", account.show),
    ("POST", "/account/sessions/{handle}/end", account.end_session),
    ("POST", "/account/tokens", account.make_token),
    ("POST", "/account/tokens/{handle}/revoke", account.revoke_token),
    ("GET", "/data", data.show),
    ("POST", "/data", data.upload),
    ("GET", "/data/files/{id}", report.show),
    ("POST", "/data/files/{id}/types", report.change),
    ("POST", "/data/files/{id}/delete", data.remove),
    ("GET", "/data/tables/{name}", data.preview),
    ("GET", "/sql", sql.show),
    ("POST", "/sql", sql.run),
    ("GET", "/export", sql.export),
    ("POST", "/export", sql.export_posted),
    ("POST", "/verdicts", verdicts.judge),
    ("GET", "/people/verdicts", verdicts.show),
    ("POST", "/people/verdicts/{id}/delete", verdicts.remove),
    ("GET", "/settings", settings.show),
    ("GET", "/people/audit", audit.show),
    ("GET", "/people", people.show),
    ("POST", "/people", people.add),
    ("POST", "/people/{name}/role", people.set_role),
    ("POST", "/people/{name}/reset", people.reset),
    ("POST", "/people/{name}/remove", people.remove),
)
