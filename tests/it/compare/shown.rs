//! What a person sees: words, bars, a picture, notes.

use super::{BOTH, rows, run, sample};
use crate::support::Work;

/// The amounts of money in a text, as the result writes them.
fn amounts(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('¥') {
        let digits: String = text[at + '¥'.len_utf8()..]
            .chars()
            .take_while(|c| c.is_ascii_digit() || ",.".contains(*c))
            .collect();
        found.push(digits.trim_end_matches(['.', ',']).replace(',', ""));
    }
    found
}

#[test]
fn every_number_of_the_words_is_in_the_result() {
    let work = sample(16, "");
    for by in ["streamer", "total", "domain"] {
        let keys = match by {
            "streamer" => "streamer_id",
            "total" => "",
            other => other,
        };
        let result = rows(&run(&work, &format!("compare {BOTH} -q --by {by} --ci")), keys);
        let mut known: Vec<String> = Vec::new();
        for row in result.values() {
            known.extend(row.values().map(|cell| cell.trim_start_matches('-').to_owned()));
        }
        let columns: Vec<&String> = result.values().next().unwrap().keys().collect();
        for column in columns {
            let sum: Option<i128> =
                result.values().map(|row| row[column].replace('.', "").parse::<i128>().ok()).sum();
            known.extend(
                sum.map(|sum| format!("{}.{:02}", sum.unsigned_abs() / 100, sum.unsigned_abs() % 100)),
            );
        }
        for lang in ["en", "zh"] {
            let words = run(&work, &format!("compare {BOTH} -q --by {by} --narrative --lang {lang}"));
            let found = amounts(&words);
            assert!(found.len() >= 8, "{words}");
            for amount in found {
                assert!(known.contains(&amount), "{by} {lang}: {amount} is not in the result\n{words}");
            }
            let ends =
                words.matches(if lang == "en" { ". " } else { "。" }).count() + usize::from(lang == "en");
            assert!((3..=6).contains(&ends), "{ends} sentences: {words}");
            assert_eq!(words.lines().count(), 1);
        }
    }
}

#[test]
fn the_words_of_a_dashboard() {
    let facts = "period,streamer_id,streamer_name,uv,watch_hours,buyers,orders,gmv\n\
                 2026-03-02,a,Anna,1000,100,50,60,6000\n2026-03-09,a,Anna,800,80,30,36,3600\n\
                 2026-03-02,b,\x1b[31mBo,500,50,20,20,1000\n2026-03-09,b,\x1b[31mBo,500,50,20,20,1100\n2026-03-09,c,Cem,100,10,4,4,250\n";
    let work = Work::with(&[("facts.csv", facts)]);
    insta::assert_snapshot!(run(&work, "compare --facts facts.csv --narrative"), @r#"GMV fell by 29.3 %, from ¥7,000.00 in the period from 2026-03-02 to ¥4,950.00 in the period from 2026-03-09 (-¥2,050.00). By factor, conversion per watch hour -¥1,351.61 did most; then unique viewers -¥798.39, average order value +¥100.00. The largest changes: Anna -¥2,400.00 (conversion per watch hour -¥1,351.61); Cem +¥250.00 (new); \u{1b}[31mBo +¥100.00 (average order value +¥100.00). How sure this is cannot be told from sums without second moments."#);
    insta::assert_snapshot!(run(&work, "compare --facts facts.csv --narrative --lang zh"), @r#"GMV 下降 29.3 %：2026-03-02 起的周期为 ¥7,000.00，2026-03-09 起的周期为 ¥4,950.00（-¥2,050.00）。分因素看，影响最大的是单位时长转化 -¥1,351.61；其次为UV -¥798.39、笔单价 +¥100.00。变化最大的是：Anna -¥2,400.00（单位时长转化 -¥1,351.61）；Cem +¥250.00（新增）；\u{1b}[31mBo +¥100.00（笔单价 +¥100.00）。仅有汇总、没有二阶矩，无法判断其确定程度。"#);
    insta::assert_snapshot!(run(&work, "compare --facts facts.csv --narrative --by total"), @r#"GMV fell by 29.3 %, from ¥7,000.00 in the period from 2026-03-02 to ¥4,950.00 in the period from 2026-03-09 (-¥2,050.00). By factor, conversion per watch hour -¥1,351.61 did most; then unique viewers -¥798.39, average order value +¥100.00. How sure this is cannot be told from sums without second moments."#);
}

#[test]
fn bars_under_a_table_follow_the_locale() {
    let work = sample(2, "");
    let line = format!("compare {BOTH} -q --by total --waterfall --format table");
    let words: Vec<&str> = line.split_whitespace().collect();
    let drawn = |locale: &str| {
        let output = work
            .command(&words)
            .env_remove("LC_ALL")
            .env_remove("LC_CTYPE")
            .env("LANG", locale)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(drawn("zh_CN.UTF-8").contains("██"));
    let plain = drawn("C");
    assert!(plain.contains("###") && !plain.contains('█'));
}

#[test]
fn a_picture_for_slides_is_a_whole_svg() {
    let work = sample(2, "");
    run(&work, &format!("compare {BOTH} -q --chart waterfall.svg -o table.csv"));
    let picture = work.read("waterfall.svg");
    assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
    for text in ["GMV 2026-11-02", "by UV", "by repurchase", "GMV 2026-11-09"] {
        assert!(picture.contains(text), "{text}");
    }
    let chinese = run(&work, &format!("compare {BOTH} -q --chart zh.svg --lang zh"));
    assert!(chinese.starts_with("streamer_id,"));
    assert!(work.read("zh.svg").contains("复购影响"));
}

#[test]
fn notes_say_what_is_not_known() {
    let work = sample(3, "");
    let table = |more: &str| run(&work, &format!("compare {BOTH} -q --format table {more}"));
    let needed = "Whether it is unusual is not known: 12 complete changes before are needed, and there is 1.";
    assert!(table("--ci").contains(needed));
    assert!(table("--by total").contains("Rows sum the effects of their leaves (streamer_id)."));
    assert!(table("--by domain").contains("the UV of a row counts distinct persons of its leaves"));
    assert!(table("--before 2026-11-02 --after 2026-11-09 --to 2026-11-12").contains("Partial: 2026-11-09"));
    assert!(
        table("--method chain --order uv,conversion,watch,aov,repurchase")
            .contains("uv → conversion → watch")
    );
}
