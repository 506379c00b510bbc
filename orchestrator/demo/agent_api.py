"""A tenant's agent, as a browser reaches it: through Traefik, by its host name, with a cookie."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import quote, urlsplit

from orchestrator.errors import OrchestratorError

TIMEOUT_S = 60.0  # an import of a few thousand rows takes less than one
TRIES, PAUSE_S = 5, 1.0  # while the agent is busy or its route is being published
NOT_NOW = (502, 503, 504)


class AgentRefused(OrchestratorError):
    """The agent answered no. `status` is its HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class AgentApi:
    """One person at one agent: signed out first, signed in after `sign_in`.

    `tries`: how often it is asked again while it is busy; `timeout_s` bounds each wait.
    """

    def __init__(
        self,
        url: str,
        address: str,
        port: int,
        *,
        tries: int = TRIES,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._host = urlsplit(url).netloc
        self._origin = url
        self._address = (address, port)
        self._tries = tries
        self._timeout_s = timeout_s
        self._cookies: dict[str, str] = {}

    def sign_in(self, username: str, password: str) -> Mapping[str, object]:
        """Who that is; AgentRefused (401) for a wrong password."""
        return self._json("POST", "session", {"username": username, "password": password})

    def change_password(self, current: str, new: str) -> None:
        self._json("POST", "me/password", {"current": current, "new": new})

    def users(self) -> dict[str, bool]:
        """Names, and whether each still has to change a first password."""
        found = self._json("GET", "users")["users"]
        return {user["username"]: user["must_change_password"] for user in found}  # type: ignore[attr-defined]

    def add_user(self, username: str, role: str) -> str:
        """The new user's first password."""
        added = self._json("POST", "users", {"username": username, "role": role})
        return str(added["first_password"])

    def reset_password(self, username: str) -> str:
        """A new first password."""
        changed = self._json("PATCH", f"users/{quote(username)}", {"reset_password": True})
        return str(changed["first_password"])

    def files(self) -> set[str]:
        """Names of the files that are there."""
        found = self._json("GET", "files")["files"]
        return {str(file["name"]) for file in found}  # type: ignore[attr-defined]

    def upload(self, name: str, content: bytes) -> None:
        boundary = secrets.token_hex(16)
        body = (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        ).encode() + content + f"\r\n--{boundary}--\r\n".encode()  # fmt: skip
        self._send("POST", "files", body, f"multipart/form-data; boundary={boundary}")

    def tables(self) -> dict[str, int]:
        """Names of the tables, and how many rows each has."""
        found = self._json("GET", "tables")["tables"]
        return {table["name"]: table["rows"] for table in found}  # type: ignore[attr-defined]

    def ask(self, question: str) -> Mapping[str, object]:
        """An answer, or a reason why there is none."""
        return self._json("POST", "ask", {"question": question})

    def _json(self, verb: str, path: str, body: object = None) -> Mapping[str, object]:
        payload = None if body is None else json.dumps(body).encode()
        answer = self._send(verb, path, payload, "application/json")
        document = json.loads(answer or b"{}")
        return document if isinstance(document, dict) else {}

    def _send(self, verb: str, path: str, body: bytes | None, kind: str) -> bytes:
        for left in reversed(range(self._tries)):
            status, answer = self._once(verb, f"/api/v1/{path}", body, kind)
            if status < 400:
                return answer
            if status not in NOT_NOW or not left:
                raise AgentRefused(f"{self._host} refused it: {_reason(answer, status)}", status)
            time.sleep(PAUSE_S)
        raise AssertionError("unreachable")

    def _once(self, verb: str, path: str, body: bytes | None, kind: str) -> tuple[int, bytes]:
        connection = HTTPConnection(*self._address, timeout=self._timeout_s)
        try:
            connection.request(verb, path, body, self._headers(kind))
            response = connection.getresponse()
            answer = response.read()
        except (OSError, HTTPException) as error:
            address, port = self._address
            raise OrchestratorError(
                f"{self._host} cannot be reached through {address}:{port} ({error}).",
                mend="Is the platform up? `make status` shows every customer.",
            ) from error
        finally:
            connection.close()
        self._keep_cookies(response)
        return response.status, answer

    def _headers(self, kind: str) -> dict[str, str]:
        """Those of a browser on the agent's own page. The cookie is marked Secure, so a cookie jar
        would not send it by plain HTTP; browsers do, to *.localhost."""
        headers = {
            "Host": self._host,
            "Origin": self._origin,
            "Sec-Fetch-Site": "same-origin",
            "Accept": "application/json",
            "Content-Type": kind,
        }
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{key}={value}" for key, value in self._cookies.items())
        return headers

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie", []):
            for key, morsel in SimpleCookie(line).items():
                self._cookies[key] = morsel.value


def _reason(answer: bytes, status: int) -> str:
    try:
        document = json.loads(answer)
    except ValueError:
        return f"HTTP {status}"
    return str(document.get("detail") or status) if isinstance(document, dict) else f"HTTP {status}"
