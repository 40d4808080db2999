//! A world's exports as files, and the library's answer to a question about them.

use std::sync::LazyLock;

use gmv::calendar::{Calendar, DateRange, PeriodKind};
use gmv::engine::local::{Extent, LocalSettings, aggregate, read};
use gmv::engine::reconciliation::RunReport;
use gmv::engine::{Aggregate, EngineError, Grouping};
use gmv::input::container::Opening;
use gmv::input::files::Source;
use gmv::input::lives::Lives;
use gmv::input::rejects::MaxBad;
use gmv::input::settings::ReadSettings;
use gmv::input::streamers::Streamers;
use gmv::journey::rules::{Attribution, Basis, DomainRule, UnknownStatus};
use gmv::units::Seconds;
use jiff::civil::{Time, Weekday};

use crate::world::{Question, Tie, World, date};
use crate::{Scratch, Way, zone};

/// The table of streamers, which is that of every world.
static STREAMERS: LazyLock<Streamers> = LazyLock::new(|| {
    let mut scratch = Scratch::default();
    let path = scratch.hold(World::default().files().streamers.as_bytes());
    Streamers::read(&path, Opening::default()).expect("a table without faults")
});

/// The files that worlds are written to.
#[derive(Default)]
pub struct Places {
    files: Vec<Scratch>,
    taken: usize,
}

/// A world's exports.
pub struct Written {
    orders: Vec<Source>,
    sessions: Option<Vec<Source>>,
    refunds: Option<Vec<Source>>,
    lives: Option<Lives>,
}

impl Places {
    fn next(&mut self, text: &str) -> Source {
        if self.taken == self.files.len() {
            self.files.push(Scratch::default());
        }
        self.taken += 1;
        self.files[self.taken - 1].source(text.as_bytes())
    }

    fn all(&mut self, texts: &[String]) -> Option<Vec<Source>> {
        (!texts.is_empty()).then(|| texts.iter().map(|text| self.next(text)).collect())
    }

    /// Writes a world; what was written before is gone.
    pub fn write(&mut self, world: &World) -> Written {
        self.taken = 0;
        let files = world.files();
        let lives = files.lives.map(|text| {
            let source = self.next(&text);
            Lives::read(&[source.name], &Way::PLAIN.settings()).expect("a table without faults")
        });
        Written {
            orders: self.all(&files.orders).unwrap_or_default(),
            sessions: self.all(&files.sessions),
            refunds: self.all(&files.refunds),
            lives,
        }
    }
}

impl Written {
    /// The library's answer to a question.
    pub fn ask(&self, question: &Question, way: Way) -> Result<(Aggregate, RunReport), EngineError> {
        let settings = self.settings(question, way);
        let mut inputs = read(&settings, Extent::InRange, &|_| {})?;
        let (aggregate, mut report) = aggregate(&mut inputs, &settings)?;
        assert!(report.closes(), "the reconciliation does not close: {report:?}");
        // That rows went through files is said, and differs.
        report.of_the_machine.clear();
        Ok((aggregate, report))
    }

    fn settings(&self, question: &Question, way: Way) -> LocalSettings {
        let by: Vec<String> = question.by.iter().map(|by| by.word().to_owned()).collect();
        let grouping = Grouping::parse(&by, &STREAMERS).expect("groups that are known");
        let read = ReadSettings {
            max_session: Seconds(question.max_session),
            dimensions: grouping.dimensions(),
            refund_within: question.refund_within.filter(|_| question.net).map(Seconds),
            ..way.settings()
        };
        LocalSettings {
            read,
            orders: self.orders.clone(),
            sessions: self.sessions.clone(),
            refunds: self.refunds.clone(),
            streamers: STREAMERS.clone(),
            computes_tiers: false,
            lives: self.lives.clone(),
            spend: None,
            max_bad: MaxBad::Rows(0),
            grouping,
            period: period(question),
            ranges: None,
            calendar: calendar(question),
            range: (question.from.map(date), question.to.map(date)),
            covers: question.covers.map(|(first, last)| DateRange { first: date(first), last: date(last) }),
            basis: if question.net { Basis::Net } else { Basis::Paid },
            attribution: attribution(question),
            domain_rule: match question.rule {
                "first" => DomainRule::First,
                "longest" => DomainRule::Longest,
                _ => DomainRule::AnyPrivate,
            },
            unknown_status: if question.unknown_counts { UnknownStatus::Count } else { UnknownStatus::Skip },
            price_bands: gmv::cli::values::price_bands(question.bands).expect("bands without faults"),
            moments: true,
            follows_buyers: false,
        }
    }
}

fn period(question: &Question) -> PeriodKind {
    match question.period {
        "day" => PeriodKind::Day,
        "week" => PeriodKind::Week,
        "month" => PeriodKind::Month,
        "quarter" => PeriodKind::Quarter,
        "year" => PeriodKind::Year,
        _ => PeriodKind::All,
    }
}

fn calendar(question: &Question) -> Calendar {
    let minutes = question.day_start / 60;
    let day_start = Time::new((minutes / 60) as i8, (minutes % 60) as i8, 0, 0).expect("a time of day");
    let week_start = if question.sunday { Weekday::Sunday } else { Weekday::Monday };
    Calendar { zone: zone(), day_start, week_start }
}

fn attribution(question: &Question) -> Attribution {
    match question.tie {
        Tie::Period => Attribution::Period,
        Tie::Window(seconds) => Attribution::Window(Seconds(seconds)),
        Tie::Carrier => Attribution::Carrier,
        Tie::All => Attribution::All,
    }
}
