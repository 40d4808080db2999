#!/usr/bin/env python3
"""The pictures of the README, from real runs on data/.

    python3 docs/pictures/make.py --gmv target/release/gmv             terminals, as SVG
    python3 docs/pictures/make.py --gmv target/release/gmv --report    and screenshots of the report

Terminals are the same bytes on each run, and a test makes them again (tests/it/pictures.rs). Screenshots depend on the
fonts and the browser of the machine, so they are retaken by hand where the page has changed; they need Chromium and the
Python package playwright.
"""

import argparse
import fcntl
import os
import pty
import re
import shlex
import struct
import subprocess
import tempfile
import termios
import unicodedata
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[2]
EXPORTS = "--orders data/orders.csv --sessions data/sessions.csv"
# Name, title, and the lines that were typed.
TERMINALS = [
    (
        "session",
        "A session in a terminal: five factors of three weeks, what each of them did to GMV, whether any slice moved unusually, and the change in Chinese sentences",
        [
            f"gmv decompose {EXPORTS} --by total --from 2026-10-26 --to 2026-11-15 -q",
            f"gmv compare {EXPORTS} --by total --waterfall -q",
            f"gmv explain {EXPORTS} --streamers data/streamers.csv --narrative -q",
            f"gmv compare {EXPORTS} --narrative --lang zh -q",
        ],
    ),
    (
        "cohorts",
        "Cohorts in a terminal: which share of each week's new buyers bought again in the weeks after",
        [f"gmv repurchase {EXPORTS} --by total --cohorts --wide -q"],
    ),
    (
        "plan",
        "A plan in a terminal: what GMV would be with more viewers and a lower order value, and by how much order value must rise for a target",
        [
            f"gmv plan {EXPORTS} --by total --uv +10% --aov -5% -q",
            f"gmv plan {EXPORTS} --by total --target 8000 --lift aov -q",
        ],
    ),
]

COLUMNS = 100
# The cell of a character, in pixels.
WIDTH, HEIGHT, SIZE, MARGIN = 8, 18, 13, 16
FONTS = "ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',monospace"
STYLE = (
    f"text{{font:{SIZE}px {FONTS};white-space:pre;fill:#1f2328}}rect,path{{fill:#1f2328}}path{{fill:none;stroke:#1f2328}}"
    ".paper{fill:#f6f8fa}.bold{font-weight:700}.dim{opacity:.55}.prompt{fill:#0969da}"
    "@media(prefers-color-scheme:dark){text,rect{fill:#e6edf3}path{stroke:#e6edf3}.paper{fill:#161b22}.prompt{fill:#58a6ff}}"
)
STYLES = {"\x1b[0m": "", "\x1b[1m": "bold", "\x1b[2m": "dim"}
# Blocks are drawn, since fonts disagree about them: how much of the cell is ink.
INK = {"█": 1, "▓": 0.7, "▒": 0.45, "░": 0.25}


def run(gmv, line):
    """What a command writes on the terminal."""
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    environment = {"LANG": "C.UTF-8", "TERM": "xterm-256color", "PATH": os.environ.get("PATH", ""), "TMPDIR": tempfile.gettempdir()}
    # Whatever configuration lies in the folder is not that of the pictures.
    arguments = [str(gmv), *shlex.split(line)[1:], "--config", os.devnull]
    process = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=terminal, stderr=subprocess.PIPE)
    os.close(terminal)
    written = b""
    while True:
        try:
            some = os.read(controller, 65536)
        except OSError:  # Linux says so when the terminal has been closed.
            break
        if not some:
            break
        written += some
    os.close(controller)
    said = process.communicate()[1].decode()
    if process.returncode != 0 or said:
        raise SystemExit(f"{line}: exit code {process.returncode}: {said}")
    return written.decode().replace("\r\n", "\n").removesuffix("\n").split("\n")


def cells(character):
    """How many cells of a terminal a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def prompt(line):
    """What was typed, over as many lines as it takes."""
    lines = ["$"]
    for word in line.split(" "):
        if len(lines[-1]) + len(word) + 3 > COLUMNS:
            lines[-1] += " \\"
            lines.append("   ")
        lines[-1] += f" {word}"
    return lines


def styled(line, style=""):
    """The rows of a line: characters with their styles and cells, wrapped where the terminal ends."""
    rows, row, used = [], [], 0
    for part in re.split(r"(\x1b\[\d*m)", line):
        if part.startswith("\x1b"):
            style = STYLES[part]
            continue
        for character in part:
            if not character.isprintable():
                raise SystemExit(f"{character!r} is not drawn: {line!r}")
            if used + cells(character) > COLUMNS:
                rows, row, used = [*rows, row], [], 0
            row.append((character, style, used))
            used += cells(character)
    return [*rows, row]


def drawn(row, y):
    """The elements of a row. Each piece of text begins at its own cell and has its own width, whatever the font."""
    pieces = []
    for character, style, at in row:
        kind = "ink" if character in INK else "rule" if character == "─" else "text"
        last = pieces[-1] if pieces else None
        joins = last and last["end"] == at and (last["kind"], last["style"]) == (kind, style)
        joins = joins and (kind != "ink" or last["text"][0] == character)
        # Columns of a table stand apart by two spaces.
        joins = joins and not (kind == "text" and last["text"].endswith("  ") and character != " ")
        if joins:
            last["text"] += character
            last["end"] += cells(character)
        else:
            pieces.append({"kind": kind, "style": style, "text": character, "at": at, "end": at + cells(character)})
    return "".join(filter(None, (element(piece, y) for piece in pieces)))


def element(piece, y):
    x, text, style = MARGIN + piece["at"] * WIDTH, piece["text"], piece["style"]
    width = (piece["end"] - piece["at"]) * WIDTH
    named = f' class="{style}"' if style else ""
    if piece["kind"] == "ink":
        ink = INK[text[0]]
        return f'<rect x="{x}" y="{y + 1}" width="{width}" height="{HEIGHT - 2}" opacity="{ink:g}"/>'
    if piece["kind"] == "rule":
        return f'<path{named} d="M{x} {y + HEIGHT / 2:g}h{width}"/>'
    shown = text.strip(" ")
    if not shown:
        return ""
    x += (len(text) - len(text.lstrip(" "))) * WIDTH
    width = sum(map(cells, shown)) * WIDTH
    return f'<text{named} x="{x}" y="{y + 13}" textLength="{width}" lengthAdjust="spacingAndGlyphs">{escape(shown)}</text>'


def picture(title, screens):
    """An SVG of commands with what they wrote."""
    rows = []
    for line, lines in screens:
        rows += [[]] if rows else []
        rows += [row for shown in prompt(line) for row in styled(shown, "prompt")]
        rows += [row for shown in lines for row in styled(shown)]
    width, height = COLUMNS * WIDTH + 2 * MARGIN, len(rows) * HEIGHT + 2 * MARGIN
    body = "\n".join(filter(None, (drawn(row, MARGIN + at * HEIGHT) for at, row in enumerate(rows))))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n"
        f'<rect class="paper" width="{width}" height="{height}" rx="8"/>\n{body}\n</svg>\n'
    )


def screenshots(gmv, out, chromium):
    """The report of the last week, on a desktop and on a phone."""
    from playwright.sync_api import sync_playwright  # Only these need it.
    import base64

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        line = f"report {EXPORTS} --streamers data/streamers.csv --as-of 2026-11-16 --title 'Sample shop' --out {folder}"
        subprocess.run([str(gmv), *shlex.split(line)], cwd=ROOT, check=True)
        browser = playwright.chromium.launch(executable_path=chromium)
        for name, width, height, scale in [("report-desktop", 1440, 1000, 1), ("report-phone", 390, 844, 2)]:
            context = browser.new_context(
                viewport={"width": width, "height": height}, device_scale_factor=scale, color_scheme="light", reduced_motion="reduce"
            )
            page = context.new_page()
            page.goto(Path(folder, "latest", "report.html").as_uri())
            page.wait_for_timeout(1500)
            shot = context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": 82})
            Path(out, f"{name}.webp").write_bytes(base64.b64decode(shot["data"]))
        browser.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gmv", type=Path, required=True, help="the program")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent, help="the folder of the pictures")
    parser.add_argument("--report", action="store_true", help="take screenshots of the report too")
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser")
    typed = parser.parse_args()
    gmv = typed.gmv.resolve()
    for name, title, lines in TERMINALS:
        screens = [(line, run(gmv, line)) for line in lines]
        Path(typed.out, f"{name}.svg").write_text(picture(title, screens), encoding="utf-8")
    if typed.report:
        screenshots(gmv, typed.out, typed.chromium)


if __name__ == "__main__":
    main()
