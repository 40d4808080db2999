//! Whether an alert fires: its condition for each subject, in Kleene's logic of true, false and unknown.

use jiff::civil::Date;

use super::measure::Measure;
use super::size::Size;
use super::subjects::{Missing, Streamer, Subjects, Value, When};
use super::{Alert, Aspect, Certainty, Comparison, Condition, Scope, Unit};
use crate::change::Status;

/// What came of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is true of something.
    Fired,
    /// It is true of nothing.
    Quiet,
    /// It is true of nothing that could be judged, and something could not be.
    Unknown,
}

impl Outcome {
    /// The word in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fired => "fired",
            Self::Quiet => "quiet",
            Self::Unknown => "unknown",
        }
    }
}

/// An alert that was judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The alert as it was typed.
    pub text: String,
    /// What it looks at.
    pub scope: Scope,
    /// What came of it.
    pub outcome: Outcome,
    /// What it is true of, in the order of the subjects.
    pub hits: Vec<Hit>,
    /// What could not be judged, in the same order, whatever the outcome.
    pub undecided: Vec<Undecided>,
}

/// Something that an alert is true of.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The streamer; `None` for all together.
    pub streamer: Option<Streamer>,
    /// What was looked at and is known, in the order of the condition.
    pub evidence: Vec<Evidence>,
}

/// Something of which it is not known whether an alert is true.
#[derive(Debug, Clone, PartialEq)]
pub struct Undecided {
    /// The streamer; `None` for all together.
    pub streamer: Option<Streamer>,
    /// Why, in the order of the condition.
    pub reasons: Vec<Reason>,
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// Values that were compared.
    Compared {
        /// With what.
        comparison: Comparison,
        /// The value of the period, where it was asked for.
        now: Option<Value>,
        /// That of the period before, where it was asked for; of an effect in hundredths, GMV before.
        before: Option<Value>,
        /// What was held against the number, in its unit; infinite for a change from nothing in hundredths.
        size: f64,
    },
    /// Whether a change is certain.
    Sure(Certainty, Measure, bool),
    /// Whether the streamer came or went.
    Status(Status),
    /// The days without rows.
    Gaps(Vec<Date>),
}

/// Why something is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A value is missing.
    Value(Measure, When, Missing),
    /// The certainty of a change is not known.
    Sure(Certainty, Measure, Unsure),
    /// Whether streamers came or went is not known: there is no period before.
    Status,
    /// No streamer has the id, in either period.
    NoStreamer,
    /// There are no streamers.
    NoStreamers,
}

/// Why the certainty of a change is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsure {
    /// There is no period before.
    NoPeriod,
    /// The streamer was there in one of the periods only.
    CameOrLeft,
    /// There is no interval.
    NoInterval,
    /// There are too few changes before it.
    FewChanges,
}

impl Reason {
    /// Whether nothing is missing: there is nothing to judge.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        matches!(self, Self::Value(_, _, Missing::Nothing) | Self::Sure(_, _, Unsure::CameOrLeft))
    }
}

impl Alert {
    /// Whether it fires. Where any subject could not be judged for want of something, the alert is unknown rather than quiet; one that there
    /// is nothing to judge of (the average of no orders) does not count, unless nothing else is there.
    #[must_use]
    pub fn judge(&self, subjects: &dyn Subjects) -> Judged {
        let mut judged = Judged {
            text: self.text.clone(),
            scope: self.scope.clone(),
            outcome: Outcome::Quiet,
            hits: Vec::new(),
            undecided: Vec::new(),
        };
        let mut is_decided = false;
        let mut look = |streamer: Option<&Streamer>| {
            let mut look = Look { subjects, streamer, evidence: Vec::new() };
            let truth = look.truth(&self.condition);
            let (streamer, evidence) = (streamer.cloned(), look.evidence);
            match truth {
                Truth::Yes => judged.hits.push(Hit { streamer, evidence }),
                Truth::No => is_decided = true,
                Truth::Unknown(reasons) => judged.undecided.push(Undecided { streamer, reasons }),
            }
        };
        let none = match &self.scope {
            Scope::Total => {
                look(None);
                None
            }
            Scope::Streamers => {
                subjects.streamers().iter().for_each(|streamer| look(Some(streamer)));
                subjects.streamers().is_empty().then_some(Reason::NoStreamers)
            }
            Scope::Streamer(id) => match subjects.streamers().iter().find(|streamer| streamer.id == *id) {
                Some(streamer) => {
                    look(Some(streamer));
                    None
                }
                None => Some(Reason::NoStreamer),
            },
        };
        judged.undecided.extend(none.map(|reason| Undecided { streamer: None, reasons: vec![reason] }));
        let is_missing = |one: &Undecided| one.reasons.iter().any(|reason| !reason.is_idle());
        if !judged.hits.is_empty() {
            judged.outcome = Outcome::Fired;
        } else if !is_decided || judged.undecided.iter().any(is_missing) {
            judged.outcome = Outcome::Unknown;
        }
        judged
    }
}

/// True, false or unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    Unknown(Vec<Reason>),
}

impl From<bool> for Truth {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            unknown @ Self::Unknown(_) => unknown,
        }
    }
}

impl Truth {
    /// What several say together: one that decides decides, else the unknown ones leave it unknown.
    fn joined(all: Vec<Self>, decides: &Self) -> Self {
        if all.contains(decides) {
            return decides.clone();
        }
        let mut reasons: Vec<Reason> = Vec::new();
        for one in all {
            if let Self::Unknown(more) = one {
                for reason in more {
                    if !reasons.contains(&reason) {
                        reasons.push(reason);
                    }
                }
            }
        }
        if reasons.is_empty() { !decides.clone() } else { Self::Unknown(reasons) }
    }

    pub(super) fn all(all: Vec<Self>) -> Self {
        Self::joined(all, &Self::No)
    }

    pub(super) fn any(any: Vec<Self>) -> Self {
        Self::joined(any, &Self::Yes)
    }
}

/// A look at one subject.
struct Look<'a> {
    subjects: &'a dyn Subjects,
    streamer: Option<&'a Streamer>,
    evidence: Vec<Evidence>,
}

impl Look<'_> {
    fn truth(&mut self, condition: &Condition) -> Truth {
        match condition {
            Condition::Compare(comparison) => match self.compare(comparison) {
                Ok(yes) => yes.into(),
                Err(reason) => Truth::Unknown(vec![reason]),
            },
            Condition::Sure(certainty, measure) => match self.sure(*certainty, *measure) {
                Ok(yes) => {
                    self.note(Evidence::Sure(*certainty, *measure, yes));
                    yes.into()
                }
                Err(why) => Truth::Unknown(vec![Reason::Sure(*certainty, *measure, why)]),
            },
            Condition::Entered => self.status(Status::Entered),
            Condition::Left => self.status(Status::Left),
            Condition::DataGap => {
                let gaps = self.subjects.gaps();
                self.note(Evidence::Gaps(gaps.to_vec()));
                (!gaps.is_empty()).into()
            }
            Condition::Not(one) => !self.truth(one),
            Condition::All(all) => Truth::all(all.iter().map(|one| self.truth(one)).collect()),
            Condition::Any(any) => Truth::any(any.iter().map(|one| self.truth(one)).collect()),
        }
    }

    fn note(&mut self, evidence: Evidence) {
        if !self.evidence.contains(&evidence) {
            self.evidence.push(evidence);
        }
    }

    fn status(&mut self, wanted: Status) -> Truth {
        match self.streamer.and_then(|streamer| self.subjects.status(streamer)) {
            Some(status) => {
                self.note(Evidence::Status(status));
                (status == wanted).into()
            }
            None => Truth::Unknown(vec![Reason::Status]),
        }
    }

    fn sure(&self, certainty: Certainty, measure: Measure) -> Result<bool, Unsure> {
        let sureness = self.subjects.sureness(self.streamer, measure);
        // As in the columns of the same names, both are known only where it is known what is usual.
        let found = match (certainty, sureness.beyond_sampling, sureness.unusual) {
            (Certainty::BeyondSampling, found, _) | (Certainty::Unusual, _, found) => found,
            (Certainty::Significant, Some(beyond), Some(unusual)) => Some(beyond && unusual),
            (Certainty::Significant, ..) => None,
        };
        let gmv = Measure::named("gmv").unwrap_or(measure);
        found.ok_or_else(|| {
            let status = self.streamer.and_then(|streamer| self.subjects.status(streamer));
            if self.subjects.value(None, gmv, When::Before) == Err(Missing::NoPeriod) {
                Unsure::NoPeriod
            } else if status.is_some_and(|status| status != Status::Both) {
                Unsure::CameOrLeft
            } else if sureness.beyond_sampling.is_none() {
                Unsure::NoInterval
            } else {
                Unsure::FewChanges
            }
        })
    }

    fn value(&self, measure: Measure, when: When) -> Result<Value, Reason> {
        let value = self.subjects.value(self.streamer, measure, when);
        value.map_err(|missing| Reason::Value(measure, when, missing))
    }

    fn compare(&mut self, comparison: &Comparison) -> Result<bool, Reason> {
        let &Comparison { measure, aspect, relation, number, unit } = comparison;
        let number = if unit == Unit::Own { number } else { number.percent() };
        let held = |size: &Size| (size.order(number.fraction(), number.to_f64()), size.to_f64());
        let (now, before, (order, size)) = match aspect {
            Aspect::Now if measure.is_effect() && unit == Unit::Percent => {
                let now = self.value(measure, When::Now)?;
                let gmv = Measure::named("gmv").unwrap_or(measure);
                let before = self.value(gmv, When::Before)?;
                (Some(now), Some(before), held(&Size::part(now, before)))
            }
            Aspect::Now => {
                let now = self.value(measure, When::Now)?;
                (Some(now), None, held(&Size::of(now)))
            }
            Aspect::Before => {
                let before = self.value(measure, When::Before)?;
                (None, Some(before), held(&Size::of(before)))
            }
            Aspect::Change => {
                let (now, before) = (self.value(measure, When::Now)?, self.value(measure, When::Before)?);
                let size = Size::change(now, before, unit == Unit::Percent);
                (Some(now), Some(before), held(&size))
            }
        };
        let size = if unit == Unit::Own { size } else { size * 100.0 };
        self.note(Evidence::Compared { comparison: *comparison, now, before, size });
        Ok(relation.holds(order))
    }
}
