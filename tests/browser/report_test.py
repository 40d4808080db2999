"""The page of `gmv report` in headless Chromium: what a person sees, and that its numbers are those of the command line.

    python tests/browser/report_test.py target/release/gmv [--chromium /usr/bin/chromium] [--shots FOLDER] [--long]

Makes its samples with `gmv sample` (some streamers have hostile names), runs `gmv report` in both languages, and opens the files. Needs the
packages playwright and axe-playwright-python. `--long` also judges the first paint with 1,000 streamers and 52 weeks. Times of the short
form are not judged.
"""

import argparse
import csv
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile

import axe_playwright_python
from playwright.sync_api import sync_playwright

# What a streamer may be called, and how the page shows it.
HOSTILE = {
    "<img src=x onerror=alert(1)>\"'</script><script>alert(2)</script> =cmd()": None,
    "</title></style></textarea><svg onload=alert(3)>": None,
    "<a href='javascript:alert(4)'>x</a>": None,
    "&lt;b&gt; &#x0; ]]> <!-- --> {{7*7}} ${x}": None,
    "\u001b[2J\u001b]0;x\u0007": "\\u{1b}[2J\\u{1b}]0;x\\u{7}",
    "\u202eevil\u2066": "\\u{202e}evil\\u{2066}",
    "a\u200bb\u00ad\ufffe": "a\\u{200b}b\\u{ad}\\u{fffe}",
    "Z" + "\u0301\u0302\u0303" * 60: None,
    "长" * 1200: "长" * 1000 + "…",
}
# One that fires, one that does not, and one for each streamer.
ALERTS = ["--alert", "gmv change > -99 %", "--alert", "uv_public == 0", "--alert", "streamer: refund_rate > 10 %"]
AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")

# Every element with a value of machines: its table, row, column, value and text; then cells without a value under a heading with a column.
CELLS = """() => {
  const told = [];
  for (const element of document.querySelectorAll('[data-v], tbody td:not([data-v])')) {
    const cell = element.closest('td, th'), table = cell && cell.closest('table');
    const head = table && table.tHead.rows[0].cells[cell.cellIndex];
    const column = element.dataset.c || (head && head.dataset.c);
    const joined = element === cell && head && head.dataset.table;
    // A streamer without a row in the other table.
    if (joined && element.dataset.r === undefined) continue;
    const of = joined || element.closest('[data-table]')?.dataset.table, row = element.closest('[data-r]')?.dataset.r;
    const value = element.dataset.v === undefined ? null : element.dataset.v;
    if (value === null && (!column || !row || !of)) continue;
    told.push([of, Number(row), column, value, (element.firstChild || element).textContent.trim()]);
  }
  return told;
}"""


class Failure(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Failure(what)


class Shop:
    """A sample, and the reports that are made of it."""

    def __init__(self, gmv, folder, streamers, weeks, sessions):
        self.gmv, self.folder = gmv, folder
        run([gmv, "sample", "--sessions", sessions, "--streamers", streamers, "--weeks", weeks, "--seed", 5, "--out", folder, "-q"])
        self.hostile = self.rename()

    def rename(self):
        path = self.folder / "streamers.csv"
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        name = rows[0].index("streamer_name")
        for row, text in zip(rows[1:], HOSTILE):
            row[name] = text
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return rows[1][rows[0].index("streamer_id")]

    def report(self, language, *options):
        out = self.folder / f"out-{language}{''.join(options)}"
        inputs = [["--orders", "orders.csv"], ["--sessions", "sessions.csv"], ["--streamers", "streamers.csv"]]
        inputs = [[option, self.folder / file] for option, file in inputs]
        run([self.gmv, "report", *sum(inputs, []), "--as-of", "2026-11-16", "--lang", language, "--out", out, *ALERTS, *options], (0, 4))
        page = out / "latest" / "report.html"
        check(page.stat().st_size < 2_000_000, f"{page} has {page.stat().st_size:,} bytes")
        return page


def run(command, accepted=(0,)):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    check(done.returncode in accepted, f"{command} ended with {done.returncode}: {done.stderr}")
    return done.stdout


class Page:
    """An open page, and everything that it did which it should not have done."""

    def __init__(self, browser, path, width=1440, scripts=True, dark=False):
        self.context = browser.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
        )
        self.page, self.wrong = self.context.new_page(), []
        url = path.resolve().as_uri()
        self.page.on("console", lambda message: self.wrong.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: request.url == url or self.wrong.append(f"request: {request.url}"))
        self.page.add_init_script(
            "window.violations = []; addEventListener('securitypolicyviolation', event => violations.push(event.violatedDirective))"
        )
        self.page.goto(url)

    def __enter__(self):
        return self.page

    def __exit__(self, kind, *_):
        if kind is None:
            violations = self.page.evaluate("window.violations || []")
            check(not violations, f"the policy was violated: {violations}")
            check(not self.wrong, f"the page did what it should not: {self.wrong}")
        self.context.close()


def scroll(page):
    """To the end and back, so that everything is drawn."""
    page.evaluate("document.querySelectorAll('main > section').forEach(one => one.style.contentVisibility = 'visible')")
    height = page.evaluate("document.documentElement.scrollHeight")
    for place in range(0, height, 600):
        page.evaluate(f"scrollTo({{top: {place}, behavior: 'instant'}})")
        page.wait_for_timeout(40)
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    page.wait_for_timeout(200)


def numbers(page, shop):
    """Each number of the page is the one that the command prints."""
    commands = page.evaluate("[...document.querySelectorAll('[data-command]')].map(code => [code.dataset.command, code.textContent])")
    check(len(commands) >= 11, f"only {len(commands)} commands")
    tables = {}
    for table, command in commands:
        words = shlex.split(command)
        check(words[0] == "gmv", command)
        printed = run([shop.gmv, *words[1:], "--format", "json", "-q"], (0, 1, 3) if words[1] == "check" else (0, 3))
        tables[table] = json.loads(printed, parse_float=str, parse_int=str)
    seen, empty, used = 0, 0, set()
    for table, row, column, value, text in page.evaluate(CELLS):
        if table not in tables:
            check(table == "alerts" or table == "reconciliation", f"{table}.{column} has no command")
            continue
        check(column in tables[table][row], f"{table} has no column {column}")
        printed = tables[table][row][column]
        if value is None:
            check(printed is None or isinstance(printed, str) and not printed[:1].isdigit() or text == printed, f"{table}[{row}].{column} is missing: {printed}")
            empty += 1
            continue
        printed = str(printed).lower() if isinstance(printed, bool) else printed
        check(value == printed, f"{table}[{row}].{column}: the page has {value}, the command {printed}")
        # And what a person reads is that number.
        if text.lstrip("+−").startswith("¥"):
            shown = float(text.replace("−", "-").replace("+", "").replace("¥", "").replace(",", ""))
            check(abs(shown - float(value)) < 0.00501, f"{table}[{row}].{column}: {text} is not {value}")
        seen += 1
        used.add(table)
    check(seen > 600, f"only {seen} numbers")
    check({"totals", "change", "streamer_changes", "streamer_repurchase", "domains", "cohorts", "repurchase", "quality"} <= used, used)
    return f"{seen} numbers of {len(used)} tables, {empty} cells without one"


def hostile(page, shop):
    check(page.locator("img").count() == 0 and page.locator("script").count() == 2, "an element was injected")
    names = page.locator("#streamers tbody th bdi").all_text_contents()
    for name, shown in HOSTILE.items():
        check((shown or name) in names, f"{name!r:.80} is not among the names")
    check(page.locator("#streamers tbody a, #streamers tbody svg[onload]").count() == 0, "a name became an element")
    heights = page.locator("#streamers .sortable tbody tr").evaluate_all("rows => rows.map(row => row.offsetHeight)")
    check(max(heights) < 4 * min(heights), f"a name makes a row {max(heights)} high")


def alerts(page):
    marks = page.locator("#alerts tbody .mark").evaluate_all("marks => marks.map(mark => mark.className)")
    check("mark bad" in marks and "mark chance" in marks, f"alerts are {marks}")
    check(page.locator(".look li.bad a[href='#alerts']").first.is_visible(), "the first screen does not say that an alert fired")
    return f"{len(marks)} rows"


def charts(page):
    scroll(page)
    drawn = page.evaluate(
        """[...document.querySelectorAll('figure.chart')].map(one =>
             [one.dataset.chart, one.classList.contains('drawn'), one.querySelectorAll('.live svg path').length])"""
    )
    check({kind for kind, _, _ in drawn} == {"waterfall", "trend", "heat", "split"}, drawn)
    check(all(is_drawn and paths > 2 for _, is_drawn, paths in drawn), drawn)
    shown = page.locator("figure.chart[data-chart=waterfall] .live svg").text_content()
    check("¥" in shown, "the waterfall has no amounts")
    return f"{len(drawn)} charts, {sum(paths for _, _, paths in drawn)} shapes"


COLUMN = """([column]) => {
  const table = document.querySelector('#streamers .sortable'), head = table.querySelector(`thead [data-c=${column}]`);
  const rows = [...table.tBodies[0].rows].filter(row => !row.hidden);
  return [head.getAttribute('aria-sort'), rows.map(row => row.cells[head.cellIndex].dataset.v).map(v => v === undefined ? null : Number(v))];
}"""


def ordered(values, down):
    known = [value for value in values if value is not None]
    check(values == known + [None] * (len(values) - len(known)), "what is not known does not stand last")
    check(len(set(known)) > 3 and known == sorted(known, reverse=down), f"not in order: {known[:10]}")


def sorting(page):
    for column in ("gmv_after", "repurchase_rate"):
        page.locator(f"#streamers thead [data-c={column}] button").click()
        state, values = page.evaluate(COLUMN, [column])
        check(state == "descending", state)
        ordered(values, True)
        page.keyboard.press("Enter")
        state, values = page.evaluate(COLUMN, [column])
        check(state == "ascending", state)
        ordered(values, False)
    check(page.locator("#streamers thead [aria-sort]").count() == 1, "two columns say that they are sorted by")
    first = page.locator("#streamers thead button").first
    first.focus()
    page.keyboard.press("Space")
    check(first.locator("xpath=..").get_attribute("aria-sort") == "ascending", "names cannot be sorted by the keyboard")


def filtering(page):
    output = page.locator("#streamers output")
    rows = page.locator("#streamers .sortable tbody tr")
    count = rows.count()
    search = page.get_by_role("searchbox")
    search.fill("onerror")
    check(page.locator("#streamers .sortable tbody tr:visible").count() == 1, "the hostile name was not found")
    check(output.inner_text().startswith("1 ") and str(count) in output.inner_text(), output.inner_text())
    search.fill("no such streamer")
    check(output.inner_text().startswith("0 "), output.inner_text())
    search.fill("")
    check(page.locator("#streamers .sortable tbody tr:visible").count() == count, "rows did not come back")
    page.get_by_role("checkbox").check()
    check(0 < page.locator("#streamers .sortable tbody tr:visible").count() < count, "the box filters nothing")


def fits(page, width):
    wide = page.evaluate("document.documentElement.scrollWidth")
    check(wide <= width, f"the page is {wide} wide on a screen of {width}")


def accessible(page):
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    told = [f"{one['impact']} {one['id']}: {one['nodes'][0]['html'][:160]} {one['nodes'][0].get('failureSummary', '')[:200]}" for one in found]
    check(not [one for one in found if one["impact"] in ("serious", "critical")], "\n".join(told))
    return f"{len(found)} minor findings of axe"


def without_scripts(browser, path, shots):
    with Page(browser, path, scripts=False) as page:
        for figure in page.locator("figure.chart .still svg").all():
            figure.scroll_into_view_if_needed()
            check(figure.is_visible(), "a still picture is hidden")
        check("¥" in page.locator(".hero .big").inner_text(), "no GMV without scripts")
        check(page.locator("#streamers tbody td[data-v]").count() > 50, "no numbers without scripts")
        check(not page.locator("#streamers .tools").is_visible(), "controls that do nothing are shown")
        shot(page, shots, "without-scripts")


def on_paper(page, shots):
    page.emulate_media(media="print", color_scheme="dark")
    check(not page.locator(".tools").is_visible() and not page.locator(".contents").is_visible(), "controls are printed")
    check(page.locator("figure.chart .still").first.is_visible(), "the still pictures are not printed")
    check(page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "paper is not white")
    pdf = page.pdf(prefer_css_page_size=True)
    check(pdf.startswith(b"%PDF"), "no PDF")
    if shots:
        (shots / "report.pdf").write_bytes(pdf)


def shot(page, shots, name):
    if shots:
        page.screenshot(path=shots / f"{name}.png", full_page=True)


def steps(browser, shop, shots):
    pages = {language: shop.report(language) for language in ("en", "zh")}
    again = shop.report("zh", "--threads=1")
    check(pages["zh"].read_bytes() == again.read_bytes(), "another run gave other bytes")
    yield "sizes", ", ".join(f"{language} {path.stat().st_size:,} bytes" for language, path in pages.items())
    for language, path in pages.items():
        with Page(browser, path) as page:
            yield f"{language}: numbers", numbers(page, shop)
            yield f"{language}: hostile name", hostile(page, shop)
            yield f"{language}: alerts", alerts(page)
            yield f"{language}: charts", charts(page)
            yield f"{language}: width", fits(page, 1440)
            shot(page, shots, f"{language}-1440")
            yield f"{language}: axe", accessible(page)
            yield f"{language}: sorting", sorting(page)
            yield f"{language}: filtering", filtering(page)
        with Page(browser, path, width=390, dark=language == "zh") as page:
            yield f"{language}: phone", charts(page)
            yield f"{language}: phone, width", fits(page, 390)
            shot(page, shots, f"{language}-390")
            yield f"{language}: phone, axe", accessible(page)
        with Page(browser, path, dark=True) as page:
            colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
            check(colour == "rgb(18, 21, 26)", f"the dark page is {colour}")
            charts(page)
            shot(page, shots, f"{language}-dark")
            yield f"{language}: dark, axe", accessible(page)
            yield f"{language}: paper", on_paper(page, shots)
        check(page_language(path) == {"en": "en", "zh": "zh-CN"}[language], "wrong language")
        yield f"{language}: without scripts", without_scripts(browser, path, shots)


def page_language(path):
    return path.read_text(encoding="utf-8").split('<html lang="')[1].split('"')[0]


def paint(browser, shop, judged, shots):
    path = shop.report("en")
    with Page(browser, path) as page:
        page.wait_for_timeout(1500)
        first = page.evaluate("Object.fromEntries(performance.getEntriesByType('paint').map(one => [one.name, one.startTime]))")
        loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        took = first["first-contentful-paint"]
        check(page.locator("#streamers .sortable tbody tr").count() <= 1000, "more than a thousand streamers")
        check(not judged or took < 2000, f"the first paint took {took:.0f} ms")
        shot(page, shots, "large")
    return f"{path.stat().st_size:,} bytes, first contentful paint {took:.0f} ms, loaded {loaded:.0f} ms"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gmv", type=pathlib.Path)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--shots", type=pathlib.Path)
    parser.add_argument("--long", action="store_true")
    asked = parser.parse_args()
    if asked.shots:
        asked.shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=["--no-sandbox"])
        folder = pathlib.Path(folder)
        try:
            shop = Shop(asked.gmv.resolve(), folder / "small", 24, 8, 30_000)
            for step, told in steps(browser, shop, asked.shots):
                print(f"ok  {step}" + (f": {told}" if told else ""), flush=True)
            streamers, weeks, sessions = (1_000, 52, 1_000_000) if asked.long else (1_000, 6, 60_000)
            large = Shop(asked.gmv.resolve(), folder / "large", streamers, weeks, sessions)
            told = paint(browser, large, asked.long, asked.shots)
            print(f"ok  {streamers:,} streamers, {weeks} weeks: {told}")
        except Failure as failure:
            print(f"FAILED  {failure}", file=sys.stderr)
            return 1
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
