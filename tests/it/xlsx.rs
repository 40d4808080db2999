//! Workbooks of every command, read back cell by cell against the JSON of the same run.

use std::io::{Cursor, Read};

use calamine::{Data, Range, Reader, Xlsx};
use serde_json::{Map, Value};

use crate::shop::{BOTH, shop};
use crate::support::{Work, repository};

/// The sheets of a workbook.
struct Book {
    data: Range<Data>,
    about: Range<Data>,
}

impl Book {
    fn open(work: &Work, name: &str) -> Self {
        let bytes = std::fs::read(work.path(name)).unwrap();
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        let names = book.sheet_names();
        assert_eq!(names.len(), 2, "{names:?}");
        Self {
            data: book.worksheet_range_at(0).unwrap().unwrap(),
            about: book.worksheet_range_at(1).unwrap().unwrap(),
        }
    }

    /// For each column as the sheet that tells of them says it: its heading, its name elsewhere, its kind.
    fn columns(&self) -> Vec<[String; 3]> {
        let rows: Vec<Vec<String>> =
            self.about.rows().map(|row| row.iter().take(3).map(ToString::to_string).collect()).collect();
        let title = rows.iter().position(|row| row[1] == "Name" || row[1] == "列名").unwrap();
        let columns = rows[title + 1..].iter().take_while(|row| !row[0].is_empty());
        columns.map(|row| [row[0].clone(), row[1].clone(), row[2].clone()]).collect()
    }
}

/// A member of the archive as text.
fn member(work: &Work, name: &str, member: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(work.path(name)).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(member).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The text of a cell.
fn text(cell: &Data) -> String {
    let Data::String(text) = cell else { panic!("{cell:?} is no text") };
    text.clone()
}

/// Holds a cell to a value of JSON, and to its digits in CSV: the same value, and the type of its column.
fn same(cell: &Data, value: &Value, digits: &str, kind: &str, place: &str) {
    match (kind, value) {
        (_, Value::Null) => assert_eq!(cell, &Data::Empty, "{place}"),
        ("text", Value::String(words)) if words.is_empty() => assert_eq!(cell, &Data::Empty, "{place}"),
        ("text", Value::String(words)) => assert_eq!(&text(cell), words, "{place}"),
        ("date", Value::String(day)) => {
            let Data::DateTime(moment) = cell else { panic!("{place}: {cell:?} is no date") };
            let (year, month, of_month, ..) = moment.to_ymd_hms_milli();
            assert_eq!(&format!("{year:04}-{month:02}-{of_month:02}"), day, "{place}");
        }
        ("yes or no", Value::Bool(yes)) => assert_eq!(cell, &Data::Bool(*yes), "{place}"),
        (_, Value::Number(number)) => {
            let Data::Float(found) = cell else { panic!("{place}: {cell:?} is no number") };
            assert_eq!(found.to_bits(), digits.parse::<f64>().unwrap().to_bits(), "{place}");
            // The reader of JSON may miss the last bit.
            let number = number.as_f64().unwrap();
            assert!((found - number).abs() <= number.abs() * f64::EPSILON, "{place}");
        }
        other => panic!("{place}: {other:?}"),
    }
}

/// Runs a command for both forms, and compares all cells; returns the workbook and how many values it has.
fn agrees(work: &Work, arguments: &str) -> (Book, usize) {
    let words = |more: &'static str| arguments.split_whitespace().chain(more.split(' ')).collect::<Vec<_>>();
    work.ok(&words("-q -o a.xlsx"));
    let json = work.ok(&words("-q --format json"));
    let csv = work.ok(&words("-q --format csv"));
    let mut csv = csv::Reader::from_reader(csv.as_bytes());
    let names: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
    let digits: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    let rows: Vec<Map<String, Value>> = serde_json::from_str(&json).unwrap();
    let book = Book::open(work, "a.xlsx");
    let columns = book.columns();
    assert_eq!(columns.iter().map(|[_, name, _]| name.clone()).collect::<Vec<_>>(), names, "{arguments}");
    let headings: Vec<String> = book.data.rows().next().unwrap().iter().map(text).collect();
    assert_eq!(headings, columns.iter().map(|[heading, ..]| heading.clone()).collect::<Vec<_>>());
    assert_eq!(book.data.rows().count(), rows.len() + 1, "{arguments}");
    let mut values = 0;
    for ((row, digits), cells) in rows.iter().zip(&digits).zip(book.data.rows().skip(1)) {
        assert_eq!(cells.len(), row.len());
        for ((cell, digits), [_, name, kind]) in cells.iter().zip(digits).zip(&columns) {
            same(cell, &row[name], digits, kind, &format!("{arguments}: {name} of {row:?}"));
            values += usize::from(!row[name].is_null());
        }
    }
    (book, values)
}

/// The options that name the exports of the repository.
fn exports() -> String {
    let file = |option: &str, name: &str| format!("{option} {} ", repository(name).display());
    [file("--orders", "data/orders.csv"), file("--sessions", "data/sessions.csv")].concat()
}

#[test]
fn the_cells_of_every_command_are_those_of_its_json() {
    let work = Work::new();
    let streamers = format!("--streamers {}", repository("data/streamers.csv").display());
    for (command, values) in [
        (format!("decompose --ci --moments {streamers}"), 9_000),
        ("decompose --by streamer,domain,category".to_owned(), 1_000),
        ("decompose --concentration".to_owned(), 50),
        ("compare --by streamer --ci".to_owned(), 500),
        (format!("explain --all {streamers}"), 100),
        ("repurchase --by total --ci".to_owned(), 500),
        ("repurchase --by total --cohorts".to_owned(), 100),
        ("repurchase --by total --cohorts --wide".to_owned(), 50),
        ("plan".to_owned(), 100),
        ("plan --uv +10%".to_owned(), 50),
        ("check".to_owned(), 100),
    ] {
        let (_, found) = agrees(&work, &format!("{command} {}", exports()));
        assert!(found >= values, "{command}: only {found} values");
    }
    agrees(&work, "profiles");
    let store = work.path("store").display().to_string();
    let exports = exports();
    let mut words: Vec<&str> = vec!["ingest", "--store", &store, "-q", "-o", "a.xlsx"];
    words.extend(exports.split_whitespace());
    work.ok(&words);
    assert_eq!(Book::open(&work, "a.xlsx").data.rows().count(), 3);
}

#[test]
fn what_the_second_sheet_tells() {
    let work = shop();
    for (lang, [sheets, total]) in
        [("en", [["Data", "About"], ["Total", "GMV"]]), ("zh", [["数据", "说明"], ["合计", "GMV"]])]
    {
        work.ok(&format!("decompose {BOTH} -q -o a.xlsx --lang {lang}").split(' ').collect::<Vec<_>>());
        let names =
            Xlsx::new(Cursor::new(std::fs::read(work.path("a.xlsx")).unwrap())).unwrap().sheet_names();
        assert_eq!(names, sheets);
        let about = Book::open(&work, "a.xlsx").about;
        let row = about.rows().position(|row| row[0] == Data::String(total[0].to_owned())).unwrap();
        let gmv = about.rows().nth(row + 1).unwrap();
        assert_eq!(gmv[..2], [Data::String(total[1].to_owned()), Data::Float(1_759.81)]);
        let values: Vec<(String, String)> =
            about.rows().map(|row| (row[0].to_string(), row[1].to_string())).collect();
        for (key, value) in [("gmv.timezone", "Asia/Shanghai"), ("gmv.basis", "paid"), ("gmv.period", "week")]
        {
            assert!(values.contains(&(key.to_owned(), value.to_owned())), "{key}: {values:?}");
        }
        let uv = about.rows().find(|row| row[1] == Data::String("uv".to_owned())).unwrap();
        assert_eq!(uv[3], Data::String("distinct viewers of the group in the period".to_owned()));
    }
}

#[test]
fn sheets_are_made_for_people() {
    let work = shop();
    work.ok(&format!("decompose {BOTH} -q -o a.xlsx --ci --currency US\"$").split(' ').collect::<Vec<_>>());
    let sheet = member(&work, "a.xlsx", "xl/worksheets/sheet1.xml");
    for part in [
        "<pane xSplit=\"3\" ySplit=\"1\" topLeftCell=\"D2\"",
        "<autoFilter ref=\"A1:AD5\"/>",
        "orientation=\"landscape\"",
        "<ignoredError sqref=\"A2:AD5\" numberStoredAsText=\"1\"/>",
    ] {
        assert!(sheet.contains(part), "{part}: {sheet}");
    }
    let styles = member(&work, "a.xlsx", "xl/styles.xml");
    for format in ["&quot;US&quot;\\&quot;&quot;$&quot;#,##0.00", "yyyy\\-mm\\-dd", "yyyy-mm-dd", "#,##0.000"]
    {
        let is_there = styles.contains(&format!("formatCode=\"{format}\""));
        assert_eq!(is_there, format != "yyyy\\-mm\\-dd", "{format}: {styles}");
    }
    assert!(member(&work, "a.xlsx", "docProps/core.xml").contains(">1980-01-01T00:00:00Z</dcterms:created>"));
}

#[test]
fn the_same_bytes_whenever_and_on_any_number_of_threads() {
    let work = shop();
    let bytes = |threads: &str| {
        let line = format!("decompose {BOTH} -q --ci -o a.xlsx --threads {threads}");
        work.ok(&line.split(' ').collect::<Vec<_>>());
        std::fs::read(work.path("a.xlsx")).unwrap()
    };
    let first = bytes("1");
    // The archive counts time in steps of two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    assert!(first == bytes("4"));
}

#[test]
fn whatever_names_hold_they_are_text() {
    let long = "长".repeat(33_000);
    let names = [
        "=cmd()",
        "+1",
        "@sum",
        "7349583948573948573",
        "1e5",
        "TRUE",
        "2026-01-01",
        "http://example.com/",
        "<script>alert(1)</script>",
        "<r><t>a</t></r>",
        "<r>&broken",
        "<r></x></r>",
        "_x0041_",
        "\u{1b}[31mred\u{1}\u{fffe}\u{ffff}",
        "a\u{202e}b\u{85}",
        "a\nb",
        "王芳 👩‍👩‍👧",
        "&amp;",
    ];
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(["order_id", "buyer_id", "streamer_id", "streamer_name", "paid_at", "amount", "status"])
        .unwrap();
    for (at, name) in names.into_iter().chain([long.as_str()]).enumerate() {
        let (id, amount) = (at.to_string(), (100 - at).to_string());
        writer.write_record([&id, "u1", &id, name, "2026-03-02 20:10:00", &amount, "paid"]).unwrap();
    }
    let work = Work::new();
    work.write("o.csv", writer.into_inner().unwrap());
    work.ok(&"decompose --orders o.csv --attribution all -q -o a.xlsx".split(' ').collect::<Vec<_>>());
    let book = Book::open(&work, "a.xlsx");
    let found: Vec<String> = book.data.rows().skip(1).map(|row| text(&row[2])).collect();
    let json = work
        .ok(&"decompose --orders o.csv --attribution all -q --format json".split(' ').collect::<Vec<_>>());
    let rows: Vec<Value> = serde_json::from_str(&json).unwrap();
    let expected: Vec<&str> = rows.iter().map(|row| row["streamer_name"].as_str().unwrap()).collect();
    assert_eq!(expected[..names.len()], names);
    assert_eq!(found[..names.len()], names);
    let last = &found[names.len()];
    assert!(last.encode_utf16().count() == 32_767 && last.ends_with("长…"), "{}", last.len());
    assert!(book.about.rows().any(|row| row[0].to_string().starts_with("1 texts of more than 32,767")));
    for sheet in ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"] {
        let xml = member(&work, "a.xlsx", sheet);
        assert!(!xml.contains("<f>") && !xml.contains("hyperlink"));
    }
}

#[test]
fn no_digit_is_lost() {
    let work = Work::new();
    let most = "9999999999999.99";
    let row = |id: u8, streamer: &str| format!("{id},u{id},{streamer},2026-03-02 20:10:00,{most},paid\n");
    let rows = [row(1, "s1"), row(2, "s1"), row(3, "s2")].concat();
    work.write("o.csv", format!("order_id,buyer_id,streamer_id,paid_at,amount,status\n{rows}"));
    work.ok(&"decompose --orders o.csv --attribution all -q --moments -o a.xlsx"
        .split(' ')
        .collect::<Vec<_>>());
    let book = Book::open(&work, "a.xlsx");
    let cell = |row: u32, name: &str| {
        let column = book.columns().iter().position(|[_, known, _]| known == name).unwrap();
        book.data.get_value((row, u32::try_from(column).unwrap())).unwrap().clone()
    };
    assert_eq!(cell(1, "gmv"), Data::String("19999999999999.98".to_owned()));
    assert_eq!(cell(2, "gmv"), Data::Float(9_999_999_999_999.99));
    assert_eq!(cell(2, "m_gg"), Data::String(999_999_999_999_999_i128.pow(2).to_string()));
    assert!(
        book.about.rows().any(|row| row[0].to_string().contains("numbers of more than 15 digits are text"))
    );
}

#[test]
fn sentences_are_not_put_into_a_workbook() {
    let work = shop();
    for command in ["compare --by total", "explain"] {
        for ending in ["xlsx", "parquet"] {
            let line = format!("{command} {BOTH} --narrative -o a.{ending}");
            let error = work.fails(2, &line.split(' ').collect::<Vec<_>>());
            assert!(error.contains("--narrative is text"), "{error}");
            assert!(!work.path(&format!("a.{ending}")).exists());
        }
    }
}

#[test]
fn a_large_result_goes_through_a_file_that_may_find_no_room() {
    let work = Work::new();
    let row = |row: u32| format!("2026-03-02,s{row},{},{}.5,3,4,{}.25\n", row + 5, row + 1, 20_000 - row);
    let facts: String = (0..14_000).map(row).collect();
    let facts = format!("period,streamer_id,uv,watch_hours,buyers,orders,gmv\n{facts}");
    work.write("facts.csv", facts);
    let (_, values) = agrees(&work, "decompose --facts facts.csv --period week");
    assert!(values > 140_000);
    let mut command =
        work.command(&["decompose", "--facts", "facts.csv", "--period", "week", "-o", "b.xlsx"]);
    let output = command.env("TMPDIR", work.path("missing")).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("cannot write the result as a workbook (the rows of a large one"), "{error}");
    assert_eq!((output.status.code(), error.lines().count()), (Some(1), 1), "{error}");
    assert!(!work.path("b.xlsx").exists());
}
