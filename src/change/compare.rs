//! A comparison: what each factor did to each row, how sure that is, and whether it is more than what periods do.

use super::bootstrap::{Bootstrap, intervals};
use super::effect::{Effect, PerEffect};
use super::influence::{Squaring, errors, errors_elsewhere, errors_of_moments};
use super::method::Method;
use super::pair::Pair;
use super::rounding::rounded;
use super::rows::{RowEffects, Status, Table};
use super::yardstick::unusual;
use crate::engine::EngineError;
use crate::engine::leaves::{Leaves, LocalLeaves};
use crate::factor::quantile;
use crate::sums::Sums;
use crate::units::{Level, nearest};

/// How an effect is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// The ends of the interval, in minor units.
    pub interval: (i128, i128),
    /// Whether the interval leaves zero out. This knows only chance between viewers.
    pub beyond_sampling: bool,
    /// Whether it is more than what preceding periods did; `None` where too few of them are known.
    pub unusual: Option<bool>,
}

impl Judgement {
    /// Both; `None` where it is not known what is usual.
    #[must_use]
    pub fn significant(&self) -> Option<bool> {
        self.unusual.map(|unusual| unusual && self.beyond_sampling)
    }
}

/// One row of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct RowChange {
    /// Its place among the rows of the leaves.
    pub row: u32,
    /// Where it is.
    pub status: Status,
    /// The effects, in minor units; `None` where they cannot be known.
    pub effects: PerEffect<Option<i128>>,
    /// How each is judged; `None` where nothing can be said.
    pub judged: PerEffect<Option<Judgement>>,
    /// The sums before and after; `None` where there is nothing.
    pub sums: [Option<Sums>; 2],
}

impl RowChange {
    fn money(&self, of: impl Fn(&Sums) -> Option<i128>) -> [Option<i128>; 2] {
        // Of a group that is not there, nothing was sold.
        self.sums.each_ref().map(|sums| sums.as_ref().map_or(Some(0), &of))
    }

    /// GMV before and after, in minor units.
    #[must_use]
    pub fn gmv(&self) -> [Option<i128>; 2] {
        self.money(|sums| sums.gmv)
    }

    /// Off-live money before and after, in minor units; `None` where it is not known.
    #[must_use]
    pub fn off_live(&self) -> [Option<i128>; 2] {
        self.money(|sums| sums.off_live_gmv)
    }

    /// All counted money before and after, in minor units; `None` where it is not known.
    #[must_use]
    pub fn total(&self) -> [Option<i128>; 2] {
        self.money(Sums::gmv_total)
    }
}

/// The difference of what is known on both sides.
#[must_use]
pub fn difference([before, after]: [Option<i128>; 2]) -> Option<i128> {
    Some(after? - before?)
}

/// Where intervals come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Precision {
    /// No intervals.
    None,
    /// The influence of each person, of this level.
    Influence(Level),
    /// Replicates, of this level.
    Bootstrap(Bootstrap, Level),
}

/// The sums that are compared.
pub enum Compared<'a> {
    /// Of exports, whose persons can be looked at.
    Persons(&'a LocalLeaves<'a>),
    /// Of tables elsewhere, whose persons can be asked about.
    Elsewhere(&'a Leaves, &'a Squaring<'a>),
    /// Sums alone.
    Sums(&'a Leaves),
}

impl<'a> Compared<'a> {
    /// The leaves.
    #[must_use]
    pub fn leaves(&self) -> &'a Leaves {
        match self {
            Self::Persons(local) => &local.leaves,
            Self::Sums(leaves) | Self::Elsewhere(leaves, _) => leaves,
        }
    }
}

/// The rows of a comparison, sorted by the size of the change of all money, then of GMV, then by their keys.
///
/// # Errors
/// When a sum does not fit, or a temporary file fails.
pub fn compare(
    compared: &Compared<'_>,
    pair: Pair,
    method: &Method,
    precision: Precision,
) -> Result<Vec<RowChange>, EngineError> {
    let leaves = compared.leaves();
    let table = Table::new(leaves, method);
    let periods = [pair.before, pair.after];
    let ends = ends(compared, &table, pair, precision)?;
    let known = Known::new(&table);
    let mut rows = Vec::new();
    for row in 0..leaves.rows.len() as u32 {
        let sums = periods.map(|period| table.row_sums(row, periods, period));
        if sums.iter().all(Option::is_none) {
            continue;
        }
        let found = table.row(row, periods);
        let untold = |effect: Effect, part: &str| EngineError::Untold {
            figure: format!("{}{part}", effect.name()),
            group: leaves.row_name(row),
        };
        if let Some(effect) = Effect::ALL.into_iter().find(|effect| nearest(found.effects[*effect]).is_none())
        {
            return Err(untold(effect, ""));
        }
        let change = found.gmv[1] - found.gmv[0];
        let cents = rounded(&found.effects, change);
        let shown = |effect: Effect| known.has(effect).then_some(cents[effect]);
        let ends = ends.get(row as usize).and_then(|ends| ends.as_ref());
        let judged = match ends.filter(|_| table.has_intervals(row, periods)) {
            Some(ends) => judge(&table, row, pair, &found, ends, &known)
                .map_err(|effect| untold(effect, "_lo and _hi"))?,
            None => PerEffect::default(),
        };
        let effects = PerEffect(Effect::ALL.map(shown));
        rows.push(RowChange { row, status: found.status, effects, judged, sums });
    }
    let size = |row: &RowChange| {
        let change = |sides| difference(sides).map(i128::abs);
        (change(row.total()).or(change(row.gmv())), change(row.gmv()))
    };
    let keys = |row: &RowChange| leaves.rows[row.row as usize].keys.clone();
    rows.sort_by_cached_key(|row| (std::cmp::Reverse(size(row)), keys(row)));
    Ok(rows)
}

/// Which effects the input can tell.
struct Known {
    viewing: bool,
    parts: bool,
    live: bool,
}

impl Known {
    fn new(table: &Table<'_>) -> Self {
        let viewing = table.viewing;
        let persons = table.leaves.persons.is_some() || !table.leaves.sums_leaves();
        Self { viewing, parts: viewing && table.sums_leaves && persons, live: viewing && table.live }
    }

    fn has(&self, effect: Effect) -> bool {
        match effect {
            Effect::Viewers | Effect::Watch | Effect::ViewerConversion => self.viewing,
            Effect::Scale | Effect::Overlap | Effect::Mix => self.parts,
            Effect::LiveHours | Effect::PerLiveHour => self.live,
            Effect::Conversion | Effect::OrderValue | Effect::Repurchase | Effect::Change => true,
        }
    }
}

/// How far the ends of each effect's interval lie from it, or where they lie.
#[derive(Debug, Clone, Copy)]
enum Reach {
    /// So far on both sides.
    Around([f64; Effect::COUNT]),
    /// There.
    At([(f64, f64); Effect::COUNT]),
}

fn ends(
    compared: &Compared<'_>,
    table: &Table<'_>,
    pair: Pair,
    precision: Precision,
) -> Result<Vec<Option<Reach>>, EngineError> {
    let around = |level: Level, errors: [f64; Effect::COUNT]| {
        Reach::Around(errors.map(|error| error * quantile(level)))
    };
    Ok(match (precision, compared) {
        (Precision::None, _) => Vec::new(),
        (Precision::Influence(level), Compared::Persons(local)) => {
            errors(local, table, pair)?.into_iter().map(|errors| Some(around(level, errors))).collect()
        }
        // Nobody draws persons elsewhere, so that asking for that is refused before.
        (Precision::Influence(level) | Precision::Bootstrap(_, level), Compared::Elsewhere(_, squares)) => {
            let errors = errors_elsewhere(squares, table, pair)?;
            errors.into_iter().map(|errors| Some(around(level, errors))).collect()
        }
        (Precision::Influence(level) | Precision::Bootstrap(_, level), Compared::Sums(_)) => {
            let errors = errors_of_moments(table, pair).into_iter();
            errors.map(|errors| errors.map(|errors| around(level, errors))).collect()
        }
        (Precision::Bootstrap(bootstrap, level), Compared::Persons(local)) => {
            let found = intervals(local, table, pair, bootstrap, level)?;
            found.into_iter().map(|ends| Some(Reach::At(ends))).collect()
        }
    })
}

fn judge(
    table: &Table<'_>,
    row: u32,
    pair: Pair,
    found: &RowEffects,
    reach: &Reach,
    known: &Known,
) -> Result<PerEffect<Option<Judgement>>, Effect> {
    let unusual = unusual(table, row, pair, found);
    let mut all = PerEffect::default();
    for effect in Effect::ALL.into_iter().filter(|effect| known.has(*effect)) {
        let value = found.effects[effect];
        let (low, high) = match reach {
            Reach::Around(reach) => (value - reach[effect as usize], value + reach[effect as usize]),
            Reach::At(ends) => ends[effect as usize],
        };
        let interval = nearest(low).zip(nearest(high)).ok_or(effect)?;
        let unusual = unusual.as_ref().and_then(|unusual| unusual[effect]);
        all[effect] = Some(Judgement { interval, beyond_sampling: low > 0.0 || high < 0.0, unusual });
    }
    Ok(all)
}
