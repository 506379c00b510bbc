"""DATA_ROOT: one directory per tenant, and what the platform keeps beside them.

    DATA_ROOT/             0711
      tenants/             0711  ID/ 0700, owned by the tenant's uid: its data and tenant.json
      platform/            0711  instance, ledger.db, next_index, applied.json
        routes/            0755  what Traefik watches: what it reads, and nothing else
        run/               0711  sockets
        llm/               0711  the operator's key of the LLM, for the edge to read
        secrets/           0700  ID/token, mode 0400, owned by the tenant's uid
        snapshots/         0700  copies of tenants' data from before a swap (snapshots.py)
        purging/           0700  what a purge has taken away and not yet removed

Nothing here removes data but `purge`, and what that began is finished by `initialise`.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from orchestrator.adapters import snapshots, tenant_dir
from orchestrator.adapters.atomic_file import open_directory, read_bounded, write_atomic
from orchestrator.adapters.data_errors import data_errors
from orchestrator.core import names
from orchestrator.core.desired import UID_BASE, TenantSpec
from orchestrator.core.observed import DataDir
from orchestrator.errors import DataRootError

LAYOUT: Mapping[str, int] = {
    ".": 0o711,
    "tenants": 0o711,
    "platform": 0o711,
    "platform/routes": 0o755,
    "platform/run": 0o711,
    "platform/llm": 0o711,
    "platform/secrets": 0o700,
    "platform/snapshots": 0o700,
    "platform/purging": 0o700,
}
INSTANCE_LENGTH = 12  # hex digits
TOKEN_BYTES = 32


class DataRootDir:
    """Conforms to `orchestrator.ports.DataRoot`. `now` gives seconds since the epoch."""

    def __init__(
        self,
        root: Path,
        *,
        now: Callable[[], float] = time.time,
        log: logging.Logger | None = None,
    ) -> None:
        self._root = root
        self._now = now
        self._log = log or logging.getLogger("orchestrator")
        self._tenants = root / "tenants"
        self._secrets = root / "platform" / "secrets"
        self._purging = root / "platform" / "purging"
        self._snapshots = root / "platform" / "snapshots"

    def initialise(self) -> None:
        """Make what is missing of the layout, and finish purges that were cut off."""
        with data_errors(f"set up the data root {self._root}"):
            for path, mode in LAYOUT.items():
                directory = self._root / path
                directory.mkdir(parents=path == ".", exist_ok=True)
                with open_directory(directory if path != "." else directory.resolve()) as opened:
                    os.fchmod(opened, mode)
                    os.fsync(opened)
        try:
            self._finish_purges()
        except OSError as error:  # it takes place, and no more: everything else can go on
            self._log.warning("A purge that was cut off cannot be finished now: %s", error)

    def instance(self) -> str:
        """The id of this installation: random, made once, on every label. Never made anew."""
        with (
            data_errors("read the instance id"),
            open_directory(self._root / "platform") as platform,
        ):
            try:
                found = read_bounded(platform, "instance", 64).decode("ascii", "replace").strip()
            except FileNotFoundError:
                found = secrets.token_hex(INSTANCE_LENGTH // 2)
                write_atomic(platform, "instance", f"{found}\n".encode(), mode=0o644)
        if len(found) != INSTANCE_LENGTH or set(found) - set("0123456789abcdef"):
            raise DataRootError(
                f"{self._root}/platform/instance does not hold an instance id",
                mend="Write the value of the label orchestrator.instance of any tenant's "
                "container into it (`docker inspect`), or restore it from a backup.",
            )
        return found

    def observe(self) -> Mapping[str, DataDir]:
        """Every tenant's directory, without looking at what is in it."""
        with (
            data_errors("look at the data directories"),
            open_directory(self._tenants) as tenants,
            os.scandir(tenants) as entries,
        ):
            return {
                entry.name: DataDir(entry.name, self._index(tenants, entry.name))
                for entry in entries
                if not names.id_problem(entry.name) and entry.is_dir(follow_symlinks=False)
            }

    def prepare(self, spec: TenantSpec) -> None:
        """Make and own the directory, tenant.json and the token; what is there already stays."""
        with data_errors(f"prepare the data directory of {spec.id}"):
            with open_directory(self._tenants) as tenants:
                _make_directory(tenants, spec.id)
                with open_directory(spec.id, tenants) as own:
                    tenant_dir.own_tree(own, spec.uid)
                    self._write_card(own, spec)
            self._prepare_token(spec)

    def move(self, old: str, spec: TenantSpec) -> None:
        """Give the directory of `old` to `spec`. A second time, after it was done, is silent."""
        with (
            data_errors(f"give the data of {old} to {spec.id}"),
            open_directory(self._tenants) as tenants,
            open_directory(self._secrets) as tokens,
        ):
            if not _there(tenants, old):
                if not _there(tenants, spec.id):
                    raise DataRootError(f"There is no data directory of {old} to give to {spec.id}")
            elif _there(tenants, spec.id):
                raise DataRootError(
                    f"Both {old} and {spec.id} have a data directory; none was moved",
                    mend=f"Take renamed_from out of {spec.id} in tenants.yaml, or purge {spec.id}.",
                )
            else:
                # The token first: whoever is killed in between still finds the data to move.
                if _there(tokens, old) and not _there(tokens, spec.id):
                    _rename(old, tokens, spec.id, tokens)
                _rename(old, tenants, spec.id, tenants)
        self.prepare(spec)

    def first_password(self, tenant_id: str) -> str | None:
        """The first admin password while it is unused, else None."""
        with data_errors(f"read the first password of {tenant_id}"):
            try:
                with open_directory(self._directory(tenant_id)) as own:
                    return tenant_dir.first_password(own)
            except FileNotFoundError:
                return None

    def has_users(self, tenant_id: str) -> bool:
        """Whether the agent has started at least once, and made its users."""
        with data_errors(f"read the users of {tenant_id}"):
            try:
                with open_directory(self._directory(tenant_id)) as own:
                    return bool(tenant_dir.count_users(own))
            except FileNotFoundError:
                return False

    def token(self, tenant_id: str) -> str:
        """What the agent takes as the platform's word. DataRootError while there is none."""
        with (
            data_errors(f"read the platform token of {tenant_id}"),
            open_directory(self._secrets / _checked(tenant_id)) as own,
        ):
            return _token(read_bounded(own, "token", 2 * TOKEN_BYTES))

    def usage(self, tenant_id: str) -> DataDir:
        """Users, CSV files and bytes on the disk; None where they cannot be counted."""
        with data_errors(f"measure the data of {tenant_id}"), open_directory(self._tenants) as top:
            index = self._index(top, _checked(tenant_id))
            with open_directory(tenant_id, top) as own:
                sizes = tenant_dir.sizes(own)
                return DataDir(
                    tenant=tenant_id,
                    index=index,
                    users=tenant_dir.count_users(own),
                    csv_files=sizes.csv_files if sizes else None,
                    data_bytes=sizes.data_bytes if sizes else None,
                )

    def purge(self, tenant_id: str) -> None:
        """Remove a tenant's data, copies and token for good. Silent when they are gone.

        They are moved out of the way first: a kill in the middle leaves no half directory.
        """
        with (
            data_errors(f"purge the data of {_checked(tenant_id)}"),
            open_directory(self._purging) as purging,
        ):
            for place in (self._secrets, self._tenants):  # what can be asked for again: last
                with open_directory(place) as parent:
                    if _there(parent, tenant_id):
                        _take_away(tenant_id, parent, purging)
            with open_directory(self._snapshots) as copies:
                for name in snapshots.names_of(copies, tenant_id):
                    _take_away(name, copies, purging)
            self._finish_purges()

    def _finish_purges(self) -> None:
        with open_directory(self._purging) as purging:
            for name in tenant_dir.entry_names(purging):
                tenant_dir.remove_tree(purging, name)
            os.fsync(purging)

    def _index(self, tenants: int, tenant_id: str) -> int | None:
        """From the directory's owner, which the tenant cannot change; tenant.json it can.

        A directory that came back from a backup may belong to root: then tenant.json must do.
        """
        owner = os.stat(tenant_id, dir_fd=tenants, follow_symlinks=False).st_uid
        if owner >= UID_BASE:
            return owner - UID_BASE
        with open_directory(tenant_id, tenants) as own:
            index = tenant_dir.read_card(own).get("index")
        return index if isinstance(index, int) and 0 <= index < UID_BASE else None

    def _write_card(self, own: int, spec: TenantSpec) -> None:
        found = tenant_dir.read_card(own)
        created = found.get("created_at")
        card = {
            "id": spec.id,
            "index": spec.index,
            "uid": spec.uid,
            "instance": self.instance(),
            "name": spec.name,
            "created_at": created if isinstance(created, str) else self._time(),
        }
        if card != found:
            content = json.dumps(card, ensure_ascii=False, indent=1).encode() + b"\n"
            write_atomic(own, tenant_dir.CARD, content, mode=0o644)

    def _prepare_token(self, spec: TenantSpec) -> None:
        with open_directory(self._secrets) as parent:
            _make_directory(parent, spec.id)
            with open_directory(spec.id, parent) as own:
                with suppress(FileNotFoundError, DataRootError):
                    _token(read_bounded(own, "token", 2 * TOKEN_BYTES))
                    os.chown("token", spec.uid, spec.uid, dir_fd=own, follow_symlinks=False)
                    return
                content = secrets.token_hex(TOKEN_BYTES).encode()
                write_atomic(own, "token", content, mode=0o400, owner=spec.uid)

    def _directory(self, tenant_id: str) -> Path:
        return self._tenants / _checked(tenant_id)

    def _time(self) -> str:
        return datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="seconds")


def _checked(tenant_id: str) -> str:
    """An id is a name in a path here: one that is none must not get that far."""
    problem = names.id_problem(tenant_id)
    if problem:
        raise DataRootError(f"The tenant id {tenant_id!r} {problem}")
    return tenant_id


def _token(content: bytes) -> str:
    text = content.decode("ascii", "replace")
    if len(text) != 2 * TOKEN_BYTES or set(text) - set("0123456789abcdef"):
        raise DataRootError(
            "The platform token is damaged", mend="Run `tenantctl apply`: it makes a new one."
        )
    return text


def _there(parent: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _make_directory(parent: int, name: str) -> None:
    with suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=parent)
        os.fsync(parent)


def _take_away(name: str, parent: int, purging: int) -> None:
    with open_directory(name, parent):  # refuses a link
        away = f"{name}-{secrets.token_hex(8)}"
    _rename(name, parent, away, purging)


def _rename(old: str, source: int, new: str, target: int) -> None:
    os.rename(old, new, src_dir_fd=source, dst_dir_fd=target)
    os.fsync(target)
    os.fsync(source)
