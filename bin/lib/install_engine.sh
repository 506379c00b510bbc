# shellcheck shell=bash
# Installing Docker Engine, Compose and Buildx with apt. Sourced by bin/engine.

ENGINE_MANUAL=https://docs.docker.com/engine/install/
APT_LOG=/var/log/orchestrator-apt.log
SOURCE_FILE=/etc/apt/sources.list.d/orchestrator-trixie.list
PIN_FILE=/etc/apt/preferences.d/orchestrator-trixie

install_engine() {
  may_install "Docker Engine is not installed"
  # Before the package's own start script can run: containers must outlive a restart of the engine.
  write_daemon_json
  install_packages "Docker Engine, Compose and Buildx" engine compose buildx
}

install_plugins() {
  may_install "Docker Compose or Buildx is missing"
  local -a wanted=()
  [[ -n $(plugin_version compose) ]] || wanted+=(compose)
  [[ -n $(plugin_version buildx) ]] || wanted+=(buildx)
  install_packages "Docker Compose and Buildx" "${wanted[@]}"
}

may_install() { # may_install WHAT_IS_MISSING
  [[ ${INSTALL_DOCKER:-yes} != no ]] ||
    die "$1, and INSTALL_DOCKER=no forbids installing it." "Install Docker Engine 26.1 or newer with Compose and Buildx ($ENGINE_MANUAL), or run again without INSTALL_DOCKER=no."
  have apt-get ||
    die "$1, and this system has no apt." "Install Docker Engine 26.1 or newer with Compose and Buildx: $ENGINE_MANUAL"
  need_root "Installing Docker Engine"
}

install_packages() { # install_packages TITLE PART...
  local title=$1 suffix=''
  shift
  step "reading the package lists (apt-get update)"
  quietly "$APT_LOG" apt-get update || warn "apt-get update had problems; going on with the lists that are there."
  if ! candidate_is_good docker.io; then
    add_trixie
    suffix=/trixie
  fi
  local -a packages
  mapfile -t packages < <(packages_for "$@")
  packages=("${packages[@]/%/$suffix}")
  step "installing $title with apt: ${packages[*]}"
  quietly "$APT_LOG" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}" ||
    die "apt could not install ${packages[*]} (the last lines are above; all in $APT_LOG)." "Mend what apt names, or install Docker Engine by hand: $ENGINE_MANUAL"
}

candidate_is_good() { # candidate_is_good PACKAGE
  local version
  version=$(apt-cache policy "$1" 2>/dev/null | awk '/Candidate:/ {print $2}')
  [[ -n $version && $version != "(none)" ]] && at_least "$version" "$MIN_ENGINE"
}

packages_for() { # packages_for PART... - Debian and Ubuntu name some of them differently
  local part
  for part in "$@"; do
    case $part in
      engine)
        echo docker.io
        ! apt-cache show docker-cli >/dev/null 2>&1 || echo docker-cli
        # Debian's engine refuses to start containers where the kernel has AppArmor and the parser is absent.
        ! grep -qs Y /sys/module/apparmor/parameters/enabled || have apparmor_parser || echo apparmor
        ;;
      compose) if apt-cache show docker-compose-v2 >/dev/null 2>&1; then echo docker-compose-v2; else echo docker-compose; fi ;;
      buildx) echo docker-buildx ;;
    esac
  done
}

# Debian 12 has Engine 20.10. Debian 13 (trixie) has 26.1, which runs on Debian 12's libc.
# The mirror is the one that this machine already uses; priority 100 means that nothing else
# ever comes from there unless it is asked for by name.
add_trixie() {
  local codename
  # shellcheck disable=SC1091
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
  [[ $codename == bookworm ]] ||
    die "this system ($codename) offers no Docker Engine 26.1 or newer." "Install one: $ENGINE_MANUAL"
  step "adding Debian 13 (trixie) as a second apt source, pinned so low that only Docker comes from it"
  note "$SOURCE_FILE"
  note "$PIN_FILE"
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg options=''
  [[ ! -r $keyring ]] || options="[signed-by=$keyring] "
  # shellcheck disable=SC2016 # apt expands these, not the shell
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v options="$options" '$2 ~ /^bookworm(-updates|-security)?$/ && $3 == "main" && !seen[$0]++ {
      sub(/bookworm/, "trixie", $2); print "deb " options $1 " " $2 " " $3 }' >"$SOURCE_FILE.new"
  [[ -s $SOURCE_FILE.new ]] || { rm -f "$SOURCE_FILE.new" && die "no Debian mirror is configured in /etc/apt." "Add one, or install Docker Engine by hand: $ENGINE_MANUAL"; }
  mv "$SOURCE_FILE.new" "$SOURCE_FILE"
  printf 'Package: *\nPin: release n=trixie*\nPin-Priority: 100\n' >"$PIN_FILE"
  quietly "$APT_LOG" apt-get update || die "apt could not read the Debian 13 lists (the last lines are above)." "Check the network, then run again."
}

write_daemon_json() {
  [[ ! -e /etc/docker/daemon.json ]] || return 0
  mkdir -p /etc/docker
  printf '{\n  "live-restore": true\n}\n' >/etc/docker/daemon.json
}
