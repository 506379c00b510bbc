# shellcheck shell=bash
# The settings that an operator may change: from the environment, else from the file .env at the
# top, else the default here. compose.yaml repeats the defaults for those who call docker compose
# by hand; a test holds the two together. Sourced, never run.

SETTINGS=(
  COMPOSE_PROJECT_NAME=orchestrator
  DATA_ROOT=/var/lib/orchestrator
  CONFIG_DIR=.
  TENANTS_FILE=tenants.yaml
  HTTP_BIND=
  HTTP_PORT=80
  HTTPS_PORT=443
  GATE_PORT=8481
  API_PORT=8480
  LLM_PORT=8482
  HOLD_S=30
  FINISH_S=60
  RATE_PER_S=200
  IN_FLIGHT=64
  CONNECTIONS_PER_SOURCE=512
  LLM_PROVIDER=
  LLM_MODEL=
  LLM_BASE_URL=
  LLM_DEADLINE_S=60
  LLM_CONCURRENCY=2
  LLM_CONCURRENCY_TOTAL=16
  SUBNET_POOL=10.200.0.0/16
  BRIDGE_PREFIX=brt
  LOG_LEVEL=INFO
  DOCKER_SOCKET=/var/run/docker.sock
)

# No process is started here: bin/tenantctl loads the settings at every call.
load_settings() {
  local pair name
  local -A file=()
  read_env_file
  for pair in "${SETTINGS[@]}"; do
    name=${pair%%=*}
    [[ -n ${!name:-} ]] || printf -v "$name" '%s' "${file[$name]:-${pair#*=}}"
    export "${name?}"
  done
  export DOCKER_HOST=unix://$DOCKER_SOCKET
  check_settings
}

# Fills `file` of the caller with the NAME=VALUE lines of .env, quotes taken off; the last one wins.
read_env_file() {
  local line value
  [[ -r $TOP/.env ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    [[ ${line%$'\r'} =~ ^[[:space:]]*(export[[:space:]]+)?([A-Z_]+)=(.*)$ ]] || continue
    value=${BASH_REMATCH[3]} line=${BASH_REMATCH[2]}
    if [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]]; then value=${BASH_REMATCH[1]}; fi
    file[$line]=$value
  done <"$TOP/.env"
}

check_settings() {
  local name
  for name in HTTP_PORT HTTPS_PORT GATE_PORT API_PORT LLM_PORT; do
    [[ ${!name} =~ ^[1-9][0-9]{0,4}$ && ${!name} -le 65535 ]] ||
      die "$name is '${!name}', which is not a port." "Give a number from 1 to 65535."
  done
  local -A ports=([$HTTP_PORT]=1 [$HTTPS_PORT]=1 [$GATE_PORT]=1 [$API_PORT]=1 [$LLM_PORT]=1)
  ((${#ports[@]} == 5)) ||
    die "HTTP_PORT, HTTPS_PORT, GATE_PORT, API_PORT and LLM_PORT are $HTTP_PORT, $HTTPS_PORT, $GATE_PORT, $API_PORT and $LLM_PORT; no two may be the same." "Change one of them."
  [[ $LLM_PROVIDER =~ ^(openai|anthropic|)$ ]] ||
    die "LLM_PROVIDER is '$LLM_PROVIDER'." "Give openai (every server with that API), anthropic, or nothing for no LLM."
  [[ -n $LLM_PROVIDER && -n $LLM_MODEL || -z $LLM_PROVIDER$LLM_MODEL ]] ||
    die "LLM_PROVIDER is '$LLM_PROVIDER' and LLM_MODEL is '$LLM_MODEL'; an LLM needs both." "Set both, or none for no LLM."
  [[ $DATA_ROOT == /?* && $DATA_ROOT != *[[:space:]:]* ]] ||
    die "DATA_ROOT is '$DATA_ROOT', which is not an absolute path free of blanks and colons." "For instance: DATA_ROOT=/srv/orchestrator"
  # Linux allows 15 characters for the name of an interface; five are for the number.
  [[ $BRIDGE_PREFIX =~ ^[a-z]{1,10}$ ]] ||
    die "BRIDGE_PREFIX is '$BRIDGE_PREFIX'; it takes 1 to 10 letters a-z." "For instance: BRIDGE_PREFIX=brt"
  [[ $SUBNET_POOL =~ ^([0-9]{1,3}\.){3}[0-9]{1,3}/(8|9|1[0-9]|2[0-8])$ ]] ||
    die "SUBNET_POOL is '$SUBNET_POOL', which is not a network like 10.200.0.0/16." "Give a private IPv4 network; every customer takes 8 addresses of it."
  [[ $LOG_LEVEL =~ ^(DEBUG|INFO|WARN|ERROR)$ ]] ||
    die "LOG_LEVEL is '$LOG_LEVEL'." "Give DEBUG, INFO, WARN or ERROR."
  [[ $COMPOSE_PROJECT_NAME =~ ^[a-z0-9][a-z0-9_-]*$ ]] ||
    die "COMPOSE_PROJECT_NAME is '$COMPOSE_PROJECT_NAME'; it takes a-z, 0-9, '-' and '_'." "For instance: COMPOSE_PROJECT_NAME=orchestrator"
}

compose() { docker compose --project-directory "$TOP" --file "$TOP/compose.yaml" "$@"; }
