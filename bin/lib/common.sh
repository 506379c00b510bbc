# shellcheck shell=bash
# What the scripts in bin/ share: how they speak, and what the settings are.
# Sourced, never run. Every caller has `set -euo pipefail`.

# shellcheck disable=SC2034 # for those who source this
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# Colours only for a person at a terminal who did not ask for none (https://no-color.org).
if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  BOLD=$'\e[1m' GREEN=$'\e[32m' YELLOW=$'\e[33m' RED=$'\e[31m' PLAIN=$'\e[0m'
else
  BOLD='' GREEN='' YELLOW='' RED='' PLAIN=''
fi

step() { printf '%s==>%s %s\n' "$BOLD" "$PLAIN" "$*"; }
done_line() { printf '  %sok%s  %s\n' "$GREEN" "$PLAIN" "$*"; }
note() { printf '      %s\n' "$*"; }
warn() { printf '%swarning:%s %s\n' "$YELLOW" "$PLAIN" "$*" >&2; }

# die WHAT MEND - one sentence of what is wrong, one of what to do about it.
die() {
  printf '%serror:%s %s\n' "$RED" "$PLAIN" "$1" >&2
  [[ $# -lt 2 ]] || printf '       %s\n' "$2" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# at_least VERSION MINIMUM - compares dotted versions ("26.1.5+dfsg1" counts as 26.1.5).
at_least() { [[ $(printf '%s\n%s\n' "$2" "${1%%[+~-]*}" | sort -V | head -n 1) == "$2" ]]; }

# quietly LOG COMMAND... - runs a command whose output only matters when it fails.
quietly() {
  local log=$1
  shift
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    return 1
  fi
}

need_root() { [[ $EUID -eq 0 ]] || die "$1 needs root, and you are $(id -un)." "Run: sudo make ${MAKE_GOAL:-up}"; }

can_apt() { [[ $EUID -eq 0 ]] && have apt-get; }

# apt_install PACKAGE... - from the sources that the machine has.
apt_install() {
  local log
  log=$(mktemp)
  quietly "$log" apt-get update || true
  quietly "$log" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" ||
    die "apt could not install $*; its last lines are above." "Mend what apt names, then run again."
  rm -f "$log"
}
