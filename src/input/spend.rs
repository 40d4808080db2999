//! The optional table of what was spent to bring viewers: by streamer and business date.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::error::InputError;
use super::files::discover;
use super::parse::id::{is_mangled, unguard};
use super::parse::money;
use super::parse::time::TimeParser;
use super::rejects::Reason;
use super::settings::ReadSettings;
use super::table::SmallTable;
use crate::units::Portion;

/// What was spent.
#[derive(Debug, Clone, Default)]
pub struct Spend {
    /// Rows and money by streamer and date: several rows of one day (campaigns, hours) add up.
    pub costs: BTreeMap<(String, Date), Portion>,
    /// All rows.
    pub read: Portion,
}

/// The columns, each with the names that it may have; the first that the header has is taken.
const FIELDS: [(&str, &[&str]); 3] = [
    ("streamer_id", &["streamer_id", "streamer", "主播ID", "主播UID", "达人ID", "达人UID", "抖音号", "主播"]),
    ("date", &["date", "day", "日期", "投放日期", "统计日期", "消耗日期", "时间"]),
    (
        "cost",
        &[
            "cost",
            "spend",
            "消耗",
            "消耗(元)",
            "投放消耗",
            "广告消耗",
            "整体消耗",
            "花费",
            "花费(元)",
            "投放花费",
            "广告花费",
            "投放费用",
            "费用",
            "成本",
        ],
    ),
];
/// Forms of dates that dashboards write besides those of exports.
const FORMATS: [&str; 2] = ["%Y%m%d", "%Y年%m月%d日"];

impl Spend {
    /// Reads the tables, whose rows add up.
    ///
    /// # Errors
    /// When a column is missing, or a cell is no such value (no row is skipped: what is left out would make a return look better).
    pub fn read(given: &[String], settings: &ReadSettings) -> Result<Self, InputError> {
        let mut spend = Self::default();
        for source in discover(given)? {
            let name = if source.path.is_some() { &source.name } else { "-" };
            let table = SmallTable::read(name, settings.opening)?;
            // A constant is meant for the exports: it fills only what the table lacks.
            let constant = settings.constants(&source).remove("streamer_id");
            let of = SpendTable::new(&table, &source.name, constant)?;
            spend.add(&of, &settings.zone, settings.allow_mangled_ids)?;
        }
        Ok(spend)
    }

    /// The streamers that are not among these.
    #[must_use]
    pub fn strangers(&self, known: &[Arc<str>]) -> BTreeSet<&str> {
        let known: HashSet<&str> = known.iter().map(|id| &**id).collect();
        let all = self.costs.keys().map(|(streamer, _)| streamer.as_str());
        all.filter(|streamer| !known.contains(streamer)).collect()
    }

    fn add(&mut self, of: &SpendTable<'_>, zone: &TimeZone, allow_mangled: bool) -> Result<(), InputError> {
        let mut times = TimeParser::new(zone.clone(), FORMATS.map(str::to_owned).to_vec().into());
        for (line, cells) in &of.table.rows {
            let row = Row { of, line: *line, cells };
            let streamer = row.streamer(allow_mangled)?;
            let date = row.date(&mut times, zone)?;
            let cost = row.cost()?;
            self.costs.entry((streamer, date)).or_default().add(cost);
            self.read.add(cost);
        }
        Ok(())
    }
}

/// A table, and where its columns are.
struct SpendTable<'t> {
    table: &'t SmallTable,
    /// `None` where `--set` gives the streamer of all rows.
    streamer: Option<usize>,
    constant: Option<String>,
    date: usize,
    cost: usize,
}

impl<'t> SpendTable<'t> {
    fn new(table: &'t SmallTable, path: &str, constant: Option<String>) -> Result<Self, InputError> {
        let mut places = [None; 3];
        for (place, (_, names)) in places.iter_mut().zip(FIELDS) {
            for name in names {
                *place = (*place).or(table.header.index(path, name)?);
            }
        }
        let [streamer, date, cost] = places;
        let missing = |at: usize, is_there: bool| (!is_there).then(|| FIELDS[at]);
        let lacking = missing(0, streamer.is_some() || constant.is_some());
        let lacking = lacking.or(missing(1, date.is_some())).or(missing(2, cost.is_some()));
        match (lacking, date, cost) {
            (None, Some(date), Some(cost)) => Ok(Self { table, streamer, constant, date, cost }),
            (lacking, ..) => Err(Self::missing(table, lacking.unwrap_or(FIELDS[0]))),
        }
    }

    fn missing(table: &SmallTable, (field, names): (&str, &[&str])) -> InputError {
        let words: Vec<&str> = FIELDS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let header = table.header.shown(None, &words);
        let text = format!(
            "missing column `{field}` (or {}) of a table of what was spent; the header has: {}",
            names[1..].join(", "),
            header.summary()
        );
        table.error(1, 0, text)
    }
}

/// One row of a table.
struct Row<'a> {
    of: &'a SpendTable<'a>,
    line: u64,
    cells: &'a [String],
}

impl Row<'_> {
    fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    fn error(&self, column: usize, field: &str, what: &str) -> InputError {
        let value = self.text(column);
        let value = if value.is_empty() { String::new() } else { format!("{value:?} ") };
        self.of.table.error(self.line, column, format!("{field} {value}{what}"))
    }

    fn streamer(&self, allow_mangled: bool) -> Result<String, InputError> {
        let column = self.of.streamer.unwrap_or_default();
        let text = self.of.streamer.map_or(self.of.constant.as_deref().unwrap_or(""), |at| self.text(at));
        let id = unguard(text.as_bytes());
        if id.is_empty() {
            return Err(self.error(column, "streamer_id", "is blank"));
        }
        if !allow_mangled && is_mangled(id) {
            return Err(self.error(column, "streamer_id", &Reason::MangledId.to_string()));
        }
        Ok(String::from_utf8_lossy(id).into_owned())
    }

    /// The date as it is written: a business date, whenever the day begins.
    fn date(&self, times: &mut TimeParser, zone: &TimeZone) -> Result<Date, InputError> {
        let error = |what: &str| self.error(self.of.date, "date", what);
        let time = times.parse(self.text(self.of.date).as_bytes());
        let time = time.map_err(|fault| error(&Reason::from(fault).to_string()))?;
        let time = time.ok_or_else(|| error("is blank; give the date, or take the row out"))?;
        let stamp = Timestamp::from_second(time.0);
        let stamp = stamp.map_err(|_| error(&Reason::TimeOutOfRange.to_string()))?;
        Ok(zone.to_datetime(stamp).date())
    }

    fn cost(&self) -> Result<i64, InputError> {
        let error = |what: &str| self.error(self.of.cost, "cost", what);
        let cost = money::parse(self.text(self.of.cost).as_bytes());
        let cost = cost.map_err(|fault| error(&Reason::from(fault).to_string()))?;
        let blank = "is blank; write 0 where nothing was spent, or take the row out";
        cost.map(|cost| cost.0).ok_or_else(|| error(blank))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::binding::Header;

    fn read(header: &[&str], rows: &[&[&str]]) -> Result<Spend, String> {
        let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let table = SmallTable {
            name: "c.csv".into(),
            form: None,
            header: Header { names: texts(header) },
            rows: rows.iter().zip(2..).map(|(row, line)| (line, texts(row))).collect(),
            metadata: Vec::new(),
        };
        let mut spend = Spend::default();
        let all = SpendTable::new(&table, "c.csv", None);
        all.and_then(|of| spend.add(&of, &TimeZone::UTC, false)).map_err(|error| error.to_string())?;
        Ok(spend)
    }

    #[test]
    fn rows_of_one_day_add_up_whatever_form_their_date_has() {
        let dates = ["2026-03-02", "2026/3/2", "20260302", "2026年3月2日", "2026-03-02 23:00:00"];
        let rows: Vec<[&str; 3]> = dates.iter().map(|date| ["=\"07\"", *date, "¥1,000.50"]).collect();
        let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
        for header in
            [["streamer_id", "date", "cost"], ["主播 id", "日期", "消耗（元）"], ["主播", "时间", "花费"]]
        {
            let spend = read(&header, &rows).unwrap();
            let all: Vec<_> = spend.costs.iter().collect();
            let day = ("07".to_owned(), jiff::civil::date(2026, 3, 2));
            let sum = Portion { rows: 5, money: 500_250 };
            assert_eq!((all, spend.read), (vec![(&day, &sum)], sum));
        }
    }

    #[test]
    fn what_is_no_cost_is_refused_with_its_place() {
        let plain = ["streamer_id", "date", "cost"];
        for (header, row, word) in [
            (plain, ["s1", "2026-03-02", "-1.00"], "c.csv:2:3: cost \"-1.00\" is negative"),
            (plain, ["s1", "2026-03-02", ""], "c.csv:2:3: cost is blank; write 0 where nothing was spent"),
            (plain, ["s1", "2026-03-02", "1.005"], "c.csv:2:3: cost \"1.005\" has more than 2 decimals"),
            (plain, ["", "2026-03-02", "1"], "c.csv:2:1: streamer_id is blank"),
            (
                plain,
                ["9.44E+18", "2026-03-02", "1"],
                "c.csv:2:1: streamer_id \"9.44E+18\" is an id in scientific",
            ),
            (plain, ["s1", "", "1"], "c.csv:2:2: date is blank"),
            (plain, ["s1", "合计", "1"], "c.csv:2:2: date \"合计\" is no time"),
            (
                plain,
                ["s1", "2026-02-30", "1"],
                "c.csv:2:2: date \"2026-02-30\" is a date or a time of day that",
            ),
            (
                ["streamer_id", "date", "x"],
                ["s1", "2026-03-02", "1"],
                "c.csv:1:1: missing column `cost` (or spend, 消耗",
            ),
            (["x", "date", "cost"], ["s1", "2026-03-02", "1"], "c.csv:1:1: missing column `streamer_id` (or"),
        ] {
            let error = read(&header, &[&row]).unwrap_err();
            assert!(error.starts_with(word), "{error}");
        }
    }
}
