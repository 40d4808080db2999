#!/usr/bin/env bash
# Posts what a report said to a webhook: post.sh EXIT_CODE OUT
#
# GMV_POST is wecom (企业微信), feishu (飞书) or slack; GMV_WEBHOOK is the address. Without GMV_WEBHOOK the message is printed, to try it.
# Exit code 0 of the report is nothing to post.
set -euo pipefail

# A signal's name, or nothing, where the service was killed.
code=${1-}
[[ -n $code ]] || code=unknown
out=${2:?the folder of reports}
kind=${GMV_POST:-slack}
[[ $code == 0 ]] && exit 0

# Python writes the JSON, so that no name of a streamer can end a text or begin a command; < and > become full-width, so that none can
# mention a person or all (<at user_id="all">, <!channel>).
message=$(python3 - "$code" "$out/latest/run.json" "$kind" <<'PYTHON'
import json, sys

code, path, kind = sys.argv[1:]
lines = []
if code in ("3", "4"):
    run = json.load(open(path, encoding="utf-8"))
    about = run["report"]
    lines.append(f"{about['title'] or 'GMV'} {about['first']} – {about['last']}")
    lines += [line for line in (run["narrative"],) if line]
    fired = [alert for alert in run["alerts"] or [] if alert["outcome"] == "fired"]
    for alert in fired[:10]:
        who = alert["streamer_name"] or alert["streamer_id"]
        lines.append("⚠ " + alert["alert"] + (f" – {who}" if who else "") + f": {alert['values']}")
    if len(fired) > 10:
        lines.append(f"… and {len(fired) - 10} more in report.html")
    if code == "3":
        lines.append("Some rows were rejected: see the page on data quality.")
else:
    lines.append(f"gmv report failed with code {code}: there is no new report. The log says why.")

text = "\n".join(lines).translate({ord("<"): "＜", ord(">"): "＞"})
text = "".join(letter for letter in text if letter == "\n" or letter.isprintable())
# 企业微信 takes 2,048 bytes.
text = text.encode()[:2000].decode(errors="ignore")
forms = {
    "wecom": {"msgtype": "text", "text": {"content": text}},
    "feishu": {"msg_type": "text", "content": {"text": text}},
    "slack": {"text": text.replace("&", "&amp;"), "mrkdwn": False},
}
print(json.dumps(forms[kind], ensure_ascii=False))
PYTHON
)

if [[ -z ${GMV_WEBHOOK:-} ]]; then
  printf '%s\n' "$message"
  exit 0
fi
# The address goes by standard input, not as an argument, which every user of the machine could read; 企业微信 and 飞书 answer 200 with an
# error in the body.
answer=$(printf 'url = "%s"\n' "$GMV_WEBHOOK" | curl --config - --silent --show-error --fail --max-time 20 --retry 3 \
  --header 'Content-Type: application/json' --data-raw "$message")
case $answer in
  ok | *'"errcode":0'* | *'"code":0'* | *'"StatusCode":0'*) ;;
  *)
    echo "the webhook answered: $answer" >&2
    exit 1
    ;;
esac
