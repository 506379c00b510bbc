"""A certificate for Traefik to fall back on, so that it does not make one at every reload.

Without a default certificate Traefik 3.7 generates an RSA key whenever the routes change, with or
without TLS: 70 of the 75 ms of CPU that a reload of 20 routes took (two cores). This one is never
right for any host, as that of Traefik never is; it stands in a file of its own beside the routes.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from orchestrator.adapters.atomic_file import open_directory, read_bounded, write_atomic
from orchestrator.adapters.data_errors import data_errors
from orchestrator.errors import DataRootError

FILE_NAME = "default-certificate.yml"
LIMIT = 65_536  # bytes
TIMEOUT_S = 20.0
DAYS = 3650
OPENSSL = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch "
    f"-days {DAYS} -subj /CN=default -keyout /dev/stdout -out /dev/stdout"
).split()
BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----\n[A-Za-z0-9+/=\n]+-----END \1-----\n")


def ensure(directory: Path, temp_directory: Path) -> bool:
    """Make the file when it is missing or damaged; True when it was made. DataRootError.

    `directory` is watched by Traefik, so the temporary file stands in `temp_directory`.
    """
    with (
        data_errors(f"write the default certificate to {directory / FILE_NAME}"),
        open_directory(temp_directory) as temp,
        open_directory(directory) as routes,
    ):
        if _is_whole(routes):
            return False
        content = json.dumps(_document(), indent=1).encode() + b"\n"
        write_atomic(routes, FILE_NAME, content, mode=0o600, temp_directory=temp)
        return True


def _is_whole(directory: int) -> bool:
    """Traefik takes no routes at all while a file beside them cannot be decoded."""
    try:
        found = json.loads(read_bounded(directory, FILE_NAME, LIMIT))
        pair = found["tls"]["stores"]["default"]["defaultCertificate"]
        return all(BLOCK.fullmatch(pair[key]) for key in ("certFile", "keyFile"))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False


def _document() -> dict[str, object]:
    blocks = {found[1]: found[0] for found in BLOCK.finditer(_made())}
    pair = {"certFile": blocks.get("CERTIFICATE"), "keyFile": blocks.get("PRIVATE KEY")}
    if not all(pair.values()):
        raise DataRootError("openssl made no certificate", mend="Routes work without; only slower.")
    return {"tls": {"stores": {"default": {"defaultCertificate": pair}}}}


def _made() -> str:
    try:
        done = subprocess.run(
            OPENSSL, capture_output=True, text=True, timeout=TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise DataRootError(
            f"openssl cannot make a certificate: {error}", mend="Routes work without; only slower."
        ) from error
    return done.stdout
