#!/usr/bin/env bash
# The weekly report by cron: one line of JSON in the log for everything that happened, and a post where somebody should look.
set -euo pipefail

: "${GMV_CONFIG:?the configuration of gmv report, such as /etc/gmv/shop.toml}"
: "${GMV_OUT:?the folder of reports, the same as out in the configuration}"
log=${GMV_LOG:-/dev/stderr}
here=$(dirname -- "$(readlink -f -- "$0")")

# Two runs at once are no danger: the second ends at once, and says so.
code=0
gmv report --config "$GMV_CONFIG" --out "$GMV_OUT" --log json 2>>"$log" || code=$?

if [[ -n ${GMV_POST_SETTINGS:-} ]]; then
  set -a
  # shellcheck disable=SC1090  # which file it is, the crontab says
  . "$GMV_POST_SETTINGS"
  set +a
fi
case $code in
  0) ;;
  # An alert fired, or (with --strict) rows were rejected: the report is there.
  3 | 4) "$here/post.sh" "$code" "$GMV_OUT" ;;
  # No report: cron mails the line, and the channel hears of it too.
  *)
    echo "gmv report ended with code $code; the last lines of $log:" >&2
    [[ -f $log ]] && tail -n 3 -- "$log" >&2
    "$here/post.sh" "$code" "$GMV_OUT"
    exit "$code"
    ;;
esac
