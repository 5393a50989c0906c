#!/usr/bin/env bash
# One process a snapshot, JOBS at once (default: half as many as there are cores), with GNU parallel:
#   parallel.sh DATASET CLUSTER SNAPSHOT…
# Run again, it goes on where it was: what is complete is passed over. What fails for reasons around us (4, a signal) is tried
# three times; a wrong option (2), a damaged snapshot (3) and a bug (5) are not. Exit status: how many snapshots failed.
set -euo pipefail
if [ $# -lt 3 ]; then
  echo "usage: ${0##*/} DATASET CLUSTER SNAPSHOT…" >&2
  exit 2
fi
export DATASET=$1 CLUSTER=$2 PARALLEL_SHELL=${BASH:-/bin/bash}
shift 2

one() {
  local status try
  for try in 1 2 3; do
    status=0
    rdbscope analyze "$1" --parquet "$DATASET" --cluster "$CLUSTER" --resume --workers 2 --progress json \
      > /dev/null 2>> "$DATASET/.log-${1##*/}" || status=$?
    case $status in 0 | 2 | 3 | 5) break ;; esac
    sleep "$try"
  done
  [ "$status" = 0 ] || echo "$1: exit status $status, see $DATASET/.log-${1##*/}" >&2
  return "$status"
}
export -f one

mkdir -p "$DATASET"
exec parallel --will-cite --jobs "${JOBS:-50%}" one ::: "$@"
