"""Asked from inside a tenant's container (`docker exec -i … python3 - REQUEST < llm_ask.py`): the
LLM gateway, as an agent asks it. Prints the answer as JSON; what comes of a stream, as it came.

REQUEST is JSON: path, body (none: GET), token (none: its own), at (none: its own gateway).
"""

import http.client
import json
import os
import pathlib
import sys
import urllib.parse

given = json.loads(sys.argv[1])
own = urllib.parse.urlsplit(os.environ["DATA_AGENT_LLM_GATEWAY"])
token = given.get("token")
if token is None:
    token = pathlib.Path("/run/secrets/platform-token").read_text().strip()
connection = http.client.HTTPConnection(given.get("at") or own.hostname, own.port, timeout=30)
body = given.get("body")
headers = {"Authorization": f"Bearer {token}"} if token else {}
path = own.path + given["path"]
try:
    connection.connect()
except OSError as error:  # no way there at all
    print(json.dumps({"status": 0, "body": str(error), "whole": False}))
    sys.exit()
connection.request("POST" if body else "GET", path, json.dumps(body) if body else None, headers)
response = connection.getresponse()
print("answered", response.status, flush=True)
came, whole = b"", True
try:
    while piece := response.read1(65536):
        came += piece
        print("came", len(came), flush=True)
except (OSError, http.client.HTTPException):
    whole = False
print(json.dumps({"status": response.status, "body": came.decode(), "whole": whole}))
