#!/usr/bin/env bash
# The report by e-mail: email.sh OUT TO…
#
# The page is attached, the workbook too where there is one, and the text is what happened and which alerts fired. GMV_FROM is the sender;
# GMV_SENDMAIL the program that sends, which takes a message on standard input and its recipients from it: msmtp -t (the default),
# or sendmail -t of postfix and exim.
set -euo pipefail

out=${1:?the folder of reports}
shift
(($# > 0)) || { echo "usage: email.sh OUT TO…" >&2; exit 2; }
read -r -a send <<<"${GMV_SENDMAIL:-msmtp -t}"

# Where latest leads now: a report that appears meanwhile must not mix with this one.
report=$(readlink -f -- "$out/latest")

# Python's email package does the quoting: names in subjects and texts cannot add headers or parts. The message is whole before anything
# is sent.
message=$(mktemp)
trap 'rm -f -- "$message"' EXIT
python3 - "$report" "${GMV_FROM:-gmv@localhost}" "$@" >"$message" <<'PYTHON'
import json, pathlib, sys
from email.message import EmailMessage
from email.policy import SMTP

report, sender, to = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
run = json.loads((report / "run.json").read_text(encoding="utf-8"))
about = run["report"]

lines = [run["narrative"]] if run["narrative"] else []
fired = [alert for alert in run["alerts"] or [] if alert["outcome"] == "fired"]
for alert in fired:
    who = alert["streamer_name"] or alert["streamer_id"]
    lines.append("! " + alert["alert"] + (f" – {who}" if who else "") + f": {alert['values']}")
lines += [f"({warning})" for warning in run["warnings"]]

message = EmailMessage(policy=SMTP)
title = " ".join((about["title"] or "GMV").split())
message["Subject"] = f"{title} {about['first']} – {about['last']}" + (f" · {len(fired)} ⚠" if fired else "")
message["From"], message["To"] = sender, ", ".join(to)
message.set_content("\n\n".join(lines) + "\n")
kinds = {
    "report.html": ("text", "html", {"charset": "utf-8"}),
    "report.xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet", None),
}
for name, (main, sub, about_type) in kinds.items():
    file = report / name
    # The page is asked for; the workbook may be left out.
    if name == "report.html" or file.exists():
        message.add_attachment(
            file.read_bytes(),
            maintype=main,
            subtype=sub,
            filename=f"gmv-{about['first']}{file.suffix}",
            params=about_type,
        )
sys.stdout.buffer.write(message.as_bytes())
PYTHON

"${send[@]}" <"$message"
