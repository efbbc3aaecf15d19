#!/bin/sh
# Runs a command and ends with its exit code. When standard input ends, whoever started this is gone, and the process whose
# number is in PIDFILE is killed:
#   lifeline.sh PIDFILE COMMAND ARGUMENT…
set -u
pidfile=$1
shift
exec 3<&0
"$@" < /dev/null 3<&- &
command=$!
(
  cat <&3
  kill -KILL "$(cat "$pidfile")"
) > /dev/null 2>&1 &
watch=$!
exec 3<&-
wait "$command"
code=$?
kill "$watch"
exit "$code"
