//! The table at several widths, in both languages.

use super::*;
use crate::present::fixture;
use crate::present::model::Values;

fn rendered(document: &Document, language: Language, width: Option<usize>) -> String {
    let mut out = Vec::new();
    render(document, language, width, false, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn wide_english() {
    insta::assert_snapshot!(rendered(&fixture::hostile(), Language::English, None), @r#"
    Period      Streamer             Attribute                           GMV    Viewers  Watch hours  Watch time per viewer  Buyers per hour  Orders per buyer                Second moment  Partial
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    2026-01-05  7349583948573948573  =cmd()                        ¥1,234.50     12,345    1,234.5 h                6.0 min          1.83 /h             1.250  100,000,000,000,000,000,000
    2026-01-05  -5                   <script>a|b</script>             -¥0.05          7      0.040 h                   18 s        0.0123 /h             1.000                           -1  yes
    2026-01-05  -x                   \u{1b}[31mred\u{1b}[0m       -¥1,234.50          0       0.30 h                      –                –                 –                            –  –
    2026-01-05  +1                   line\nbreak                       ¥0.00          –            –                      –                –                 –                            0
    2026-01-05  –                    \tx                                   –          1        0.0 h                    0 s                –            1.0e-7                            1
    2026-01-05  -1+1                 王芳的直播间            ¥123,456,789.01  9,876,543   98,765.4 h                  2.5 h          18.2 /h             12.50                            2  yes
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    Total                                                    ¥123,456,788.96  9,880,000  100,000.3 h              119.4 min                –             1.500                            –

    The total counts a viewer of several streamers once.
    Attribute \u{1b}[2J is from the export.
    "#);
}

#[test]
fn eighty_columns_english() {
    insta::assert_snapshot!(rendered(&fixture::hostile(), Language::English, Some(80)), @r#"
    Period      Streamer             Attribute                           GMV
    ────────────────────────────────────────────────────────────────────────
    2026-01-05  7349583948573948573  =cmd()                        ¥1,234.50
    2026-01-05  -5                   <script>a|b</script>             -¥0.05
    2026-01-05  -x                   \u{1b}[31mred\u{1b}[0m       -¥1,234.50
    2026-01-05  +1                   line\nbreak                       ¥0.00
    2026-01-05  –                    \tx                                   –
    2026-01-05  -1+1                 王芳的直播间            ¥123,456,789.01
    ────────────────────────────────────────────────────────────────────────
    Total                                                    ¥123,456,788.96

    The total counts a viewer of several streamers once.
    Attribute \u{1b}[2J is from the export.
    Hidden to fit the terminal: Viewers, Watch hours, Watch time per viewer, Buyers
    per hour, Orders per buyer, Second moment, Partial. --format csv has all
    columns.
    "#);
}

#[test]
fn eighty_columns_chinese() {
    insta::assert_snapshot!(rendered(&fixture::hostile(), Language::Chinese, Some(80)), @r#"
    周期        主播                 属性                             成交额
    ────────────────────────────────────────────────────────────────────────
    2026-01-05  7349583948573948573  =cmd()                        ¥1,234.50
    2026-01-05  -5                   <script>a|b</script>             -¥0.05
    2026-01-05  -x                   \u{1b}[31mred\u{1b}[0m       -¥1,234.50
    2026-01-05  +1                   line\nbreak                       ¥0.00
    2026-01-05  –                    \tx                                   –
    2026-01-05  -1+1                 王芳的直播间            ¥123,456,789.01
    ────────────────────────────────────────────────────────────────────────
    合计                                                     ¥123,456,788.96

    合计中，看过多位主播的观众只计一次。
    属性 \u{1b}[2J 来自导出文件。
    终端宽度有限，未显示：观看人数、观看时长、人均观看时长、每小时买家、人均订单、二
    阶矩、不完整。--format csv 给出全部列。
    "#);
}

#[test]
fn forty_columns_cut_text() {
    insta::assert_snapshot!(rendered(&fixture::hostile(), Language::English, Some(40)), @r#"
    Period      Streamer                 GMV
    ────────────────────────────────────────
    2026-01-05  7349583948…        ¥1,234.50
    2026-01-05  -5                    -¥0.05
    2026-01-05  -x                -¥1,234.50
    2026-01-05  +1                     ¥0.00
    2026-01-05  –                          –
    2026-01-05  -1+1         ¥123,456,789.01
    ────────────────────────────────────────
    Total                    ¥123,456,788.96

    The total counts a viewer of several
    streamers once.
    Attribute \u{1b}[2J is from the export.
    Hidden to fit the terminal: Attribute,
    Viewers, Watch hours, Watch time per
    viewer, Buyers per hour, Orders per
    buyer, Second moment, Partial. --format
    csv has all columns.
    "#);
}

#[test]
fn every_width_fits_until_nothing_can_give() {
    let document = fixture::hostile();
    for language in [Language::English, Language::Chinese] {
        let mut hidden = usize::MAX;
        for width in 44..260 {
            let text = rendered(&document, language, Some(width));
            for line in text.lines() {
                assert!(line.width() <= width, "{width}: {line}");
                assert!(!line.ends_with(' '), "{width}: {line}");
            }
            let page = Page::new(&document, language);
            let layout = Layout::fit(&page, width);
            let now = page.columns.len() - layout.columns.len();
            assert!(now <= hidden, "{width} hides more than a narrower terminal");
            hidden = now;
            assert!(layout.columns.starts_with(&[0, 1]) && layout.columns.contains(&3));
        }
        assert_eq!(hidden, 0);
    }
}

#[test]
fn colour_is_bold_and_dim_only_and_changes_no_text() {
    let mut out = Vec::new();
    render(&fixture::hostile(), Language::English, Some(80), true, &mut out).unwrap();
    let coloured = String::from_utf8(out).unwrap();
    let plain =
        ["\x1b[1m", "\x1b[2m", "\x1b[0m"].iter().fold(coloured.clone(), |text, code| text.replace(code, ""));
    assert_eq!(plain, rendered(&fixture::hostile(), Language::English, Some(80)));
    assert_eq!(coloured.matches("\x1b[1m").count(), coloured.matches("\x1b[0m").count() - 2);
}

#[test]
fn a_long_name_is_cut_before_columns_are_hidden() {
    let mut document = fixture::hostile();
    document.columns[1].values = fixture::text(&[Some("é".repeat(300).as_str()); 6]);
    let text = rendered(&document, Language::English, Some(100));
    assert!(text.contains(&format!("{}…", "é".repeat(39))), "{text}");
    assert!(text.contains("Viewers"), "{text}");
}

#[test]
fn a_column_without_any_value_is_hidden_before_all_others() {
    let mut document = fixture::hostile();
    document.total = None;
    let narrow = |document: &Document| rendered(document, Language::English, Some(120));
    let note = |text: &str| text.split_once("Hidden to fit the terminal: ").unwrap().1.to_owned();
    assert!(!note(&narrow(&document)).contains("Viewers"), "{}", narrow(&document));
    document.columns[4].values = Values::Count(vec![None; 6]);
    assert!(note(&narrow(&document)).starts_with("Viewers, "), "{}", narrow(&document));
    let flag = document.columns.iter().position(|column| column.name == "partial").unwrap();
    document.columns[flag].values = Values::Flag(vec![Some(false); 6]);
    document.columns[flag].rank = 1;
    assert!(note(&narrow(&document)).contains("Partial"), "{}", narrow(&document));
}

#[test]
fn no_rows_and_no_columns() {
    let mut document = fixture::hostile();
    document.columns.truncate(1);
    document.columns[0].values = fixture::text(&[]);
    document.total = None;
    document.notes.clear();
    assert_eq!(rendered(&document, Language::English, None), "Period\n──────\n\nNo rows.\n");
    document.columns.clear();
    assert_eq!(rendered(&document, Language::Chinese, Some(80)), "没有数据。\n");
}

#[test]
fn headings_break_in_the_middle() {
    assert_eq!(halves("Watch time per viewer"), ("Watch time", "per viewer"));
    assert_eq!(halves("成交额"), ("", "成交额"));
    assert_eq!(two_lines("Watch hours", 11).0, "");
    assert_eq!(two_lines("Watch hours", 10).0, "Watch");
}

/// A comparison with intervals has some eighty columns: their names would fill the terminal.
#[test]
fn of_very_many_hidden_columns_some_are_named() {
    let mut document = fixture::hostile();
    let extra = document.columns[4].clone();
    for number in 0..40 {
        let name = format!("extra {number}");
        let heading = crate::present::model::Phrase::new(name.clone(), name.clone());
        document.columns.push(crate::present::model::Column { name, heading, rank: 9, ..extra.clone() });
    }
    document.total = None;
    let mut out = Vec::new();
    render(&document, Language::English, Some(60), false, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap().replace('\n', " ");
    let (_, hidden) = text.split_once("Hidden to fit the terminal: ").unwrap();
    let (names, rest) = hidden.split_once(" and ").unwrap();
    assert_eq!(names.split(", ").count(), 24);
    assert!(rest.contains(" more. --format csv has all columns."), "{rest}");
}
