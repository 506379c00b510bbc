# shellcheck shell=bash
# shellcheck disable=SC2034 # for bin/images
# Where the base images come from: a container registry, or Debian's packages. Sourced by bin/images.

PYTHON_IMAGE=${PYTHON_IMAGE:-python:3.13-slim-trixie}
TRAEFIK_IMAGE=${TRAEFIK_IMAGE:-traefik:v3.7}
BASE_RECIPE=1 # raise it when make_base makes another image
PULL_ANSWER_SECONDS=${PULL_ANSWER_SECONDS:-10}
PULL_SECONDS=${PULL_SECONDS:-600}

# pull IMAGE - fails soon where no registry answers: it has PULL_ANSWER_SECONDS to name the image,
# and only then PULL_SECONDS to bring it.
pull() {
  local log=$WORK/pull.log pid deadline=$((SECONDS + PULL_ANSWER_SECONDS))
  : >"$log"
  timeout "$PULL_SECONDS" docker pull "$1" >"$log" 2>&1 </dev/null 8>&- &
  pid=$!
  while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do
    if grep -q 'Pulling from' "$log"; then
      step "pulling $1"
      break
    fi
    sleep 0.2
  done
  grep -q 'Pulling from' "$log" || kill "$pid" 2>/dev/null || true
  if wait "$pid"; then return 0; fi
  note "no registry gives $1 here ($(tail -n 1 "$log" | cut -c1-100))"
  return 1
}

# make_base TAG DIRECTORY - the same Python on the same Debian, from Debian's own packages.
make_base() {
  have mmdebstrap || install_mmdebstrap
  step "making $1 from Debian packages (about half a minute)"
  # shellcheck disable=SC2016,SC2054 # mmdebstrap expands $1, and wants its packages so
  local -a options=(--quiet --variant=apt --include=python3,python3-venv,ca-certificates
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*'
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright'
    # The names that the pulled image has as well.
    --customize-hook='ln -s /usr/bin/python3 "$1/usr/local/bin/python3"'
    --customize-hook='ln -s python3 "$1/usr/local/bin/python"'
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin "$1"/var/log/*')
  quietly "$WORK/base.log" timeout 600 mmdebstrap "${options[@]}" trixie "$2/base.tar" 8>&- ||
    die "the base image could not be made from Debian packages; the last lines are above." "If they speak of the network, try again."
  docker import --change 'CMD ["python3"]' --change 'ENV LANG=C.UTF-8' --change "LABEL $INPUTS_LABEL=$BASE_RECIPE" \
    --change 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin' \
    "$2/base.tar" "$1" >/dev/null
}

install_mmdebstrap() {
  have apt-get ||
    die "no container registry answers here, and this system has no apt to make the base image with." "Let the engine reach a registry (or a mirror of one): docker pull $PYTHON_IMAGE"
  need_root "Installing mmdebstrap"
  step "no container registry answers; installing mmdebstrap with apt to make the base image"
  apt-get update -qq >/dev/null 2>&1 || true
  quietly "$WORK/apt.log" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends mmdebstrap ||
    die "apt could not install mmdebstrap; the last lines are above." "Mend what apt names, then run again."
}
