//! `gmv compare`: exports, rooms or facts → sums of leaves → effects → a document.

use anyhow::Result;

use super::Ending;
use super::reading::Reading;
use crate::change::printed::{self, Influences};
use crate::change::{Compared, Pair, compare};
use crate::cli::{self, CompareArguments, CompareSettings, Facts, Form, Work};
use crate::engine::cluster::ClusterSettings;
use crate::engine::leaves::{Leaves, LocalLeaves};
use crate::engine::local::{Journeys, LocalSettings};
use crate::engine::rooms::{self, RoomSettings};
use crate::engine::sql::influence::Weights;
use crate::engine::{Grouping, facts};
use crate::journey::rules::Basis;
use crate::present::compare::{Change, document};
use crate::present::console::Console;
use crate::present::model::currency_sign;
use crate::present::waterfall::Drawing;
use crate::present::{Sink, Target, narrative, render, waterfall};

/// What belongs to the sums that are compared.
struct About {
    currency: Option<String>,
    metadata: Vec<(String, String)>,
    rejected: bool,
    /// Whether intervals can be told of each person.
    has_persons: bool,
    /// Whether a group is the column of the buyers.
    names_persons: bool,
}

/// Runs the command.
pub fn run(arguments: &CompareArguments) -> Result<Ending> {
    let settings = arguments.resolve()?;
    let console = Console::new(settings.presentation.quiet);
    // Opened before the work, so that a place that cannot be written fails at once.
    let sinks = Sinks::open(&settings)?;
    let reading =
        Reading { presentation: &settings.presentation, rejects: settings.rejects.as_deref(), console };
    match &settings.work {
        Work::Exports(exports) => of_exports(exports, &settings, &reading, sinks),
        Work::Facts(facts) => of_facts(facts, &settings, console, sinks),
        Work::Rooms(rooms) => of_rooms(rooms, &settings, &reading, sinks),
        Work::Cluster(cluster) => of_cluster(cluster, &settings, &reading, sinks),
    }
}

/// Where the result and the picture go.
struct Sinks {
    result: Sink,
    chart: Option<Sink>,
}

impl Sinks {
    fn open(settings: &CompareSettings) -> Result<Self> {
        let chart = settings.chart.clone().map(|path| Sink::open(&Target::File(path))).transpose()?;
        Ok(Self { result: Sink::open(&settings.presentation.target)?, chart })
    }
}

fn of_exports(
    exports: &LocalSettings,
    settings: &CompareSettings,
    reading: &Reading<'_>,
    sinks: Sinks,
) -> Result<Ending> {
    let (mut inputs, rejected) = reading.exports(exports)?;
    let (currency, metadata) = (inputs.currency(), inputs.definitions());
    let names_persons = inputs.groups_name_persons();
    let journeys = Journeys::new(&mut inputs, exports)?;
    let (mut local, report) = LocalLeaves::new(journeys, settings.by.clone().unwrap_or_default())?;
    reading.console.report(&report, exports.basis == Basis::Net);
    let pair = pair(&local.leaves, settings)?;
    local.count_persons([pair.before, pair.after])?;
    let about = About { currency, metadata, rejected, has_persons: true, names_persons };
    finish(&Compared::Persons(&local), pair, settings, about, sinks)
}

fn of_facts(facts: &Facts, settings: &CompareSettings, console: Console, sinks: Sinks) -> Result<Ending> {
    if let Some(path) = &settings.influences {
        let influences = Influences::read(path, facts.opening)?;
        return of_influences(facts, settings, &influences, console, sinks);
    }
    let (aggregate, metadata) = facts.read(facts::Use::AsLeaves)?;
    if settings.shows_precision && !aggregate.has_moments() {
        console.warn("the facts hold no second moments (m_11 … m_gg): intervals are empty");
    }
    let viewing = settings.viewing.as_deref().map(|path| cli::viewing(path, facts.opening)).transpose()?;
    let by = settings.by.clone().unwrap_or_else(|| aggregate.grouping.clone());
    let leaves = Leaves::of_facts(aggregate, viewing, by)?;
    leaves.facts.iter().for_each(|fact| console.note(fact));
    let about = About { currency: None, metadata, rejected: false, has_persons: false, names_persons: false };
    finish(&Compared::Sums(&leaves), pair(&leaves, settings)?, settings, about, sinks)
}

/// The same with what another engine told of persons.
fn of_influences(
    facts: &Facts,
    settings: &CompareSettings,
    influences: &Influences,
    console: Console,
    sinks: Sinks,
) -> Result<Ending> {
    let (mut aggregate, metadata) = facts.read(facts::Use::AsAnswer)?;
    influences.inform(&mut aggregate);
    let viewing = settings.viewing.as_deref().map(|path| cli::viewing(path, facts.opening)).transpose()?;
    let by = settings.by.clone().unwrap_or_else(|| aggregate.grouping.clone());
    let mut leaves = Leaves::of_facts(aggregate, viewing, by)?;
    leaves.facts.iter().for_each(|fact| console.note(fact));
    let pair = printed::pair(&mut leaves, settings.asked)?;
    let squares = influences.take(&mut leaves, pair, settings.asked, &settings.method)?;
    let about = About { currency: None, metadata, rejected: false, has_persons: true, names_persons: false };
    finish(&Compared::Elsewhere(&leaves, &|_| Ok(squares.clone())), pair, settings, about, sinks)
}

fn of_rooms(
    rooms: &RoomSettings,
    settings: &CompareSettings,
    reading: &Reading<'_>,
    sinks: Sinks,
) -> Result<Ending> {
    let (inputs, rejected) = reading.rooms(rooms)?;
    let (aggregate, report) = rooms::aggregate(&inputs, rooms)?;
    reading.console.room_report(&report);
    if settings.shows_precision {
        reading.console.warn("broadcasts as sums hold no persons: intervals are empty");
    }
    let by: Grouping = settings.by.clone().unwrap_or_default();
    let leaves = Leaves::of_sums(aggregate, by, &rooms.streamers)?;
    leaves.facts.iter().for_each(|fact| reading.console.note(fact));
    let (currency, metadata) = (inputs.currency(), inputs.definitions(rooms.basis));
    let about = About { currency, metadata, rejected, has_persons: false, names_persons: false };
    finish(&Compared::Sums(&leaves), pair(&leaves, settings)?, settings, about, sinks)
}

fn of_cluster(
    cluster: &ClusterSettings,
    settings: &CompareSettings,
    reading: &Reading<'_>,
    sinks: Sinks,
) -> Result<Ending> {
    let told = reading.told(cluster)?;
    let by = settings.by.clone().unwrap_or_default();
    let mut leaves = reading.cluster(|progress| Leaves::of_cluster(cluster, by, &told.periods, progress))?;
    leaves.facts.iter().for_each(|fact| reading.console.note(fact));
    let pair = pair(&leaves, settings)?;
    let periods = [pair.before, pair.after];
    reading.cluster(|progress| leaves.count_persons(cluster, periods, progress))?;
    let bound = cluster.bound()?;
    let about = About {
        currency: bound.currency,
        metadata: bound.definitions,
        rejected: told.rejected,
        has_persons: true,
        names_persons: cluster.rules.grouping.names_persons || bound.names_persons,
    };
    let squares = |weights: &Weights| reading.cluster(|progress| cluster.squares(weights, progress));
    finish(&Compared::Elsewhere(&leaves, &squares), pair, settings, about, sinks)
}

/// The two periods that were asked for.
fn pair(leaves: &Leaves, settings: &CompareSettings) -> Result<Pair> {
    Ok(Pair::find(&leaves.periods, leaves.period_kind, settings.asked)?)
}

/// Compares, and shows what was asked for.
fn finish(
    compared: &Compared<'_>,
    pair: Pair,
    settings: &CompareSettings,
    about: About,
    sinks: Sinks,
) -> Result<Ending> {
    let rows = compare(compared, pair, &settings.method, settings.precision)?;
    let presentation = &settings.presentation;
    let currency = currency_sign(presentation.currency.as_deref(), about.currency);
    let change = Change {
        leaves: compared.leaves(),
        pair,
        rows: &rows,
        method: &settings.method,
        precision: settings.precision,
        shows_precision: settings.shows_precision,
        has_persons: about.has_persons,
        groups_name_persons: about.names_persons,
        asked: settings.asked,
        currency,
    };
    let options = &presentation.options;
    if let Some(sink) = sinks.chart {
        let picture = waterfall::svg(&waterfall::steps(&change), options.language, &change.currency)?;
        sink.finish_with(|out| Ok(out.write_all(picture.as_bytes())?))?;
    }
    if change.names_persons() {
        sinks.result.make_private()?;
    }
    let metadata = [settings.metadata.clone(), about.metadata].concat();
    match settings.form {
        Form::Narrative => sinks.result.text(&narrative::text(&change, options.language))?,
        Form::Document => sinks.result.finish(&document(&change, metadata), options)?,
        Form::Waterfall => {
            let drawing = Drawing {
                language: options.language,
                width: options.width,
                signs: options.signs,
                currency: &change.currency,
            };
            sinks.result.finish_with(|out| {
                render(&document(&change, metadata), options, out)?;
                writeln!(out)?;
                waterfall::draw(&waterfall::steps(&change), drawing, out)
            })?
        }
    };
    Ok(if about.rejected && settings.strict { Ending::RowsRejected } else { Ending::Done })
}
