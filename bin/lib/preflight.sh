# shellcheck shell=bash
# What must be true of the machine before anything is installed or started. Every check adds one
# sentence and its mend to PROBLEMS, so that a person sees all of them at once. Sourced by bin/up.

MIN_DISK_MB=${MIN_DISK_MB:-3072}
MIN_MEMORY_MB=${MIN_MEMORY_MB:-1024}
MEMINFO=${MEMINFO:-/proc/meminfo}
PROBLEMS=()

preflight() {
  check_rights
  check_tenants_file
  check_memory
  check_disk "$DATA_ROOT" "customer data"
  check_disk "$(docker_root)" "images and containers"
  check_port "$HTTP_PORT" HTTP_PORT
  check_port "$GATE_PORT" GATE_PORT
  check_port "$API_PORT" API_PORT
  check_port "$LLM_PORT" LLM_PORT
  check_pool
  report_problems
}

problem() { PROBLEMS+=("$1"$'\n'"       $2"); } # problem WHAT MEND

report_problems() {
  ((${#PROBLEMS[@]} > 0)) || { done_line "the machine has what is needed" && return; }
  printf "${RED}error:${PLAIN} %s\n" "${PROBLEMS[@]}" >&2
  exit 1
}

# A platform that runs already is not refused for lack of room: `make up` must stay harmless.
room_problem() { # room_problem WHAT MEND
  if [[ -n $(own_containers) ]]; then warn "$1 $2"; else problem "$1" "$2"; fi
}

check_rights() {
  [[ $EUID -eq 0 || -w $DOCKER_SOCKET ]] || problem \
    "make up needs root or the group docker, and you are $(id -un)." \
    "Run: sudo make up"
}

check_tenants_file() {
  local file
  file=$(cd "$TOP" && readlink -m "$CONFIG_DIR")/$TENANTS_FILE
  [[ -r $file ]] || problem \
    "There is no readable $file." \
    "Restore it (git checkout tenants.yaml), or name another with CONFIG_DIR and TENANTS_FILE."
}

check_memory() {
  local available
  available=$(awk '/^MemAvailable:/ {print int($2 / 1024)}' "$MEMINFO")
  ((available >= MIN_MEMORY_MB)) || room_problem \
    "Only $available MB of memory are free; $MIN_MEMORY_MB MB are needed to start." \
    "Stop something, or use a larger machine."
}

check_disk() { # check_disk DIRECTORY WHAT_FOR
  local directory=$1 free
  while [[ ! -d $directory ]]; do directory=$(dirname "$directory"); done
  free=$(df --output=avail -BM "$directory" | tail -n 1 | tr -dc '0-9')
  ((free >= MIN_DISK_MB)) || room_problem \
    "Only $free MB are free at $1 ($2); $MIN_DISK_MB MB are needed." \
    "Free some space there (docker system df shows what Docker holds), or set DATA_ROOT to a larger disk."
}

docker_root() {
  local root
  root=$(timeout 10 docker info --format '{{.DockerRootDir}}' 2>/dev/null) || true
  printf '%s' "${root:-/var/lib/docker}"
}

own_containers() {
  timeout 10 docker ps --quiet --no-trunc --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" 2>/dev/null || true
}

check_port() { # check_port PORT SETTING
  local holder
  holder=$(port_holder "$1")
  [[ -z $holder ]] || problem \
    "Port $1 is taken by $holder." \
    "Stop it, or choose another port: echo $2=$(free_port "$1") >>.env && make up"
}

# Who listens on a port, in words; nothing when it is free or held by this platform itself.
port_holder() {
  local pid
  if ! have ss; then
    ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null || [[ -n $(own_containers) ]] || echo "another process"
    return
  fi
  [[ -n $(ss -Hltn "sport = :$1") ]] || return 0
  pid=$(ss -Hltnp "sport = :$1" | grep -oE 'pid=[0-9]+' | head -n 1 | cut -d= -f2)
  if [[ -z $pid ]]; then
    [[ -n $(own_containers) ]] || echo "a process of another user (sudo ss -ltnp shows which)"
  elif ! is_own_process "$pid"; then
    echo "$(cat "/proc/$pid/comm" 2>/dev/null || echo a process) (process $pid)$(container_words "$pid" "$1")"
  fi
}

container_of() { grep -oE '[0-9a-f]{64}' "/proc/$1/cgroup" 2>/dev/null | head -n 1 || true; }

is_own_process() {
  local container
  container=$(container_of "$1")
  [[ -n $container ]] && own_containers | grep -q "$container"
}

container_words() { # container_words PID PORT - a published port is held by docker-proxy
  local container name
  container=$(container_of "$1")
  name=$(timeout 10 docker ps --filter "${container:+id=$container}" --filter "publish=$2" --format '{{.Names}}' 2>/dev/null | head -n 1)
  if [[ -n $container ]]; then name=$(timeout 10 docker ps --filter "id=$container" --format '{{.Names}}' 2>/dev/null); fi
  [[ -z $name ]] || echo " of the container $name"
}

free_port() { # free_port PORT - the next one above 8000 that nobody listens on
  local port=$((8000 + $1 % 1000))
  while [[ -n $(ss -Hltn "sport = :$port" 2>/dev/null) ]]; do port=$((port + 1)); done
  echo "$port"
}

# Docker takes a pool that a route of the host already covers, and then one of the two is unreachable.
check_pool() {
  local destination device
  have ip || return 0
  while read -r destination device; do
    if overlap "$destination" "$SUBNET_POOL"; then
      problem "SUBNET_POOL $SUBNET_POOL overlaps the route $destination ($device) of this machine." \
        "Choose a private range that is free here, for instance: echo SUBNET_POOL=10.220.0.0/16 >>.env && make up"
      return
    fi
  done < <(foreign_routes)
}

foreign_routes() {
  ip -4 route show | awk -v own="^${BRIDGE_PREFIX}[0-9]+$" '$1 ~ /^[0-9]/ {
    device = "?"; for (i = 2; i < NF; i++) if ($i == "dev") device = $(i + 1)
    if (device !~ own) print $1, device }'
}

overlap() { # overlap CIDR CIDR
  local shift_by
  shift_by=$((32 - ($(bits "$1") < $(bits "$2") ? $(bits "$1") : $(bits "$2"))))
  (($(number "$1") >> shift_by == $(number "$2") >> shift_by))
}

bits() { [[ $1 == */* ]] && echo "${1#*/}" || echo 32; }

number() { # number A.B.C.D/N - routes may leave out trailing zeros ("10.1/16")
  local a b c d
  IFS=. read -r a b c d <<<"${1%/*}"
  echo $(((a << 24) + (${b:-0} << 16) + (${c:-0} << 8) + ${d:-0}))
}
