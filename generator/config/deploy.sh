#!/usr/bin/env bash
# Tests, deploys and verifies the event source SOURCE_NAME: what its pipeline runs, and what you may run by hand, in
# the framework's folder. Always with bash before it: repositories do not keep its mode.
set -euo pipefail

name=SOURCE_NAME
config=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat >&2 <<EOF
usage: bash $0 unit-test
       bash $0 deploy <environment> [region]
       bash $0 int-test [environment] [region]
       bash $0 acceptance-test [environment] [region]

unit-test        builds $name in memory, lints it, compares its samples; then runs tests/unit
deploy           makes or updates the stack of $name in this environment
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
  [ -z "${2:-}" ] || options+=(--region "$2")
  [ -z "${HELPER_BUCKET:-}" ] || options+=(--bucket "$HELPER_BUCKET")
}

# A definition that is private lies here, not in the framework; so does one that differs between environments.
own_definition() {
  [ -f "$config/source.yml" ] || return 0
  mkdir -p "sources/$name"
  cp -R "$config/source.yml" "sources/$name/"
  for part in samples transform.py; do
    [ ! -e "$config/$part" ] || cp -R "$config/$part" "sources/$name/"
  done
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
  # From a pipeline, empty is what its form says; by hand, the stack keeps what it has.
  [ -z "${PERMISSIONS_BOUNDARY_ARN+x}" ] ||
    options+=(--parameter "PermissionsBoundaryArn=$PERMISSIONS_BOUNDARY_ARN")
  [ -z "${CONSUMER_PRINCIPAL_ARN+x}" ] || options+=(--parameter "ConsumerPrincipalArn=$CONSUMER_PRINCIPAL_ARN")
  [ -z "${EVENTS_QUEUE_NAME+x}" ] || options+=(--parameter "EventsQueueName=$EVENTS_QUEUE_NAME")
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
"${command//-/_}" "$@"
