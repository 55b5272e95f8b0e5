#!/usr/bin/env bash
# Tests, deploys and verifies the event source SOURCE_NAME: what its pipeline runs, and what you may run by hand, in
# the framework's folder. Always with bash before it: repositories do not keep its mode.
set -euo pipefail
unset CDPATH

name=SOURCE_NAME
config=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat >&2 <<EOF
usage: bash $0 unit-test
       bash $0 deploy <environment> [region]
       bash $0 int-test [environment] [region]
       bash $0 acceptance-test [environment] [region]

unit-test        builds $name in memory, lints it, compares its samples; then runs tests/unit
deploy           makes or updates the stack of $name in this environment; with REDRIVE=true, then sends rejected events
                 that the new code can shape
int-test         runs tests/integration on the deployed stack
acceptance-test  sends a forged and a signed event through the deployed endpoint
EOF
  exit 2
}

stop() {
  echo "error: $1" >&2
  exit 1
}

# What a pipeline says wins; what an argument says must be the same.
target() {
  [ $# -le 2 ] || usage
  environment=${1:-${STAGE:-}}
  [ -n "$environment" ] || usage
  [ "$environment" = "${STAGE:-$environment}" ] ||
    stop "this is for $environment, and the pipeline's environment is $STAGE"
  options=(--env "$environment" --project "${PROJECT:-MozDef-EF}")
  if [ -n "${2:-}" ]; then
    [ -z "${CODEBUILD_BUILD_ID:-}" ] || [ "$2" = "${AWS_REGION:-$2}" ] ||
      stop "this is for $2, and the pipeline is in $AWS_REGION"
    options+=(--region "$2")
  fi
  [ -z "${HELPER_BUCKET:-}" ] || options+=(--bucket "$HELPER_BUCKET")
}

# A definition that is private lies here, not in the framework; so does one that differs between environments. It takes
# the place of the framework's; by hand, never of one that is not the same.
own_definition() {
  [ -f "$config/source.yml" ] || return 0
  if [ -z "${CODEBUILD_BUILD_ID:-}" ] && [ -e "sources/$name" ]; then
    cmp -s "$config/source.yml" "sources/$name/source.yml" && return 0
    stop "sources/$name/source.yml is another than $config/source.yml: move it away first"
  fi
  rm -rf "sources/$name"
  mkdir -p "sources/$name"
  for part in source.yml samples schemas transform.py; do
    [ ! -e "$config/$part" ] || cp -R "$config/$part" "sources/$name/"
  done
}

# Defaults that lie here hold for this source, in the place of the framework's; by hand, never of others.
defaults() {
  [ -f "$config/defaults.yml" ] || return 0
  if [ -z "${CODEBUILD_BUILD_ID:-}" ] && [ -e sources/defaults.yml ]; then
    cmp -s "$config/defaults.yml" sources/defaults.yml && return 0
    stop "sources/defaults.yml is another than $config/defaults.yml: move it away first"
  fi
  mkdir -p sources
  trap 'rm -f sources/defaults.yml' EXIT # they would hold for every other source here
  cp "$config/defaults.yml" sources/
}

tests() {
  mkdir -p reports
  python -m pytest "$config/tests/$1" --junitxml="reports/$1.xml"
}

unit_test() {
  [ $# -eq 0 ] || usage
  python -m generator "$name" --check
  tests unit
}

deploy() {
  [ $# -ge 1 ] || usage
  target "$@"
  [ -z "${API_PATH:-}" ] || options+=(--path "$API_PATH")
  [ -z "${EXECUTION_ROLE_ARN:-}" ] || options+=(--role-arn "$EXECUTION_ROLE_ARN")
  # What the pipeline's form leaves empty, the stack keeps.
  [ -z "${PERMISSIONS_BOUNDARY_ARN:-}" ] ||
    options+=(--parameter "PermissionsBoundaryArn=$PERMISSIONS_BOUNDARY_ARN")
  [ -z "${CONSUMER_PRINCIPAL_ARN:-}" ] || options+=(--parameter "ConsumerPrincipalArn=$CONSUMER_PRINCIPAL_ARN")
  [ -z "${EVENTS_QUEUE_NAME:-}" ] || options+=(--parameter "EventsQueueName=$EVENTS_QUEUE_NAME")
  [ -z "${ALARM_TOPIC_ARN:-}" ] || options+=(--parameter "AlarmTopicArn=$ALARM_TOPIC_ARN")
  for variable in "${!PARAMETER_@}"; do # of the definition's parameters
    [ -z "${!variable}" ] || options+=(--parameter "${variable#PARAMETER_}=${!variable}")
  done
  [ "${REDRIVE:-false}" != true ] || options+=(--redrive)
  python -m generator deploy "$name" --yes "${options[@]}"
}

int_test() {
  target "$@"
  export STAGE=$environment
  [ -z "${2:-}" ] || export AWS_DEFAULT_REGION=$2 # boto3 does not look at AWS_REGION
  tests integration
}

acceptance_test() {
  target "$@"
  python -m generator canary "$name" "${options[@]}"
}

command=${1:-}
shift || true
case "$command" in
  unit-test | deploy | int-test | acceptance-test) ;;
  *) usage ;;
esac
[ "${SERVICE:-$name}" = "$name" ] || stop "this configuration is of $name, and the pipeline is of $SERVICE"
[ -d "$config/../generator" ] && cd "$config/.."
[ -d generator ] || stop "there is no generator/ here: run this in the framework's folder"
own_definition
defaults
"${command//-/_}" "$@"
