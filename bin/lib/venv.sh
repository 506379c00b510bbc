# shellcheck shell=bash
# The Python environment of the checks: .venv, exactly what requirements-dev.lock says.
# Sourced by bin/test, bin/lint and bin/bench.

VENV=$TOP/.venv

ensure_venv() {
  local wanted log
  wanted=$(sha256sum <"$TOP/requirements-dev.lock" | cut -c1-32)
  [[ -x $VENV/bin/python && $(cat "$VENV/.locked" 2>/dev/null) == "$wanted" ]] && return
  exec 6<"$TOP/requirements-dev.lock"
  flock -w 900 6 || die "another installation into .venv has been running for 15 minutes." "See which: fuser -v $TOP/requirements-dev.lock"
  "$VENV/bin/python" -m pip --version >/dev/null 2>&1 || make_venv
  step "installing the locked packages of the checks into .venv"
  log=$(mktemp)
  quietly "$log" "$VENV/bin/python" -m pip install --disable-pip-version-check --no-deps --require-hashes -r "$TOP/requirements-dev.lock" ||
    die "pip could not install the packages; its last lines are above." "If they speak of the network, try again."
  rm -f "$log"
  echo "$wanted" >"$VENV/.locked"
  exec 6<&-
}

make_venv() {
  local python
  python=$(find_python) || die "Python 3.11 or newer is not installed." "On Debian: apt-get install python3 python3-venv"
  step "making .venv with $("$python" --version)"
  "$python" -m venv --clear "$VENV" >/dev/null 2>&1 && return
  can_apt || die "Python's venv module is not installed." "On Debian: apt-get install python3-venv"
  step "installing python3-venv with apt"
  apt_install python3-venv
  "$python" -m venv --clear "$VENV" || /usr/bin/python3 -m venv --clear "$VENV" ||
    die "Python cannot make a virtual environment; its reason is above." "On Debian: apt-get install python3-venv"
}

find_python() {
  local python
  for python in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  return 1
}
