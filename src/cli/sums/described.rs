//! What of the sums a file carries with it: the files that are read, options and definitions.

use std::path::PathBuf;

use super::{Persons, SumArguments, Work};
use crate::cli::words::name;
use crate::cli::{SettingsError, definitions};
use crate::concentration::{HEAD, MID};
use crate::engine::Grouping;
use crate::engine::cluster::ClusterSettings;
use crate::engine::local::LocalSettings;
use crate::input::files::{Source, discover};
use crate::journey::rules::Attribution;

impl SumArguments {
    /// Every file that is read.
    pub(in crate::cli) fn inputs(&self) -> Result<Vec<PathBuf>, SettingsError> {
        let mut inputs = self.input.files_beside()?;
        let others: Vec<String> =
            self.facts.iter().chain(&self.rooms).chain(&self.input.lives).cloned().collect();
        inputs.extend(discover(&others)?.into_iter().filter_map(|source| source.path));
        if !self.input.orders.is_empty() || self.input.store.is_some() {
            let (orders, sessions) = self.input.sources()?;
            let refunds = self.input.refunds()?;
            let sources = orders.into_iter().chain(sessions.into_iter().chain(refunds).flatten());
            inputs.extend(sources.filter_map(|source| source.path));
        }
        Ok(inputs)
    }

    /// The exports, and the tables beside them, with what they hold.
    pub(in crate::cli) fn named_inputs(&self) -> Result<Vec<(&'static str, PathBuf)>, SettingsError> {
        let input = &self.input;
        let (orders, sessions) = input.sources()?;
        let streamers: Vec<String> = input.streamers.iter().cloned().collect();
        let all = [
            ("orders", orders),
            ("sessions", sessions.unwrap_or_default()),
            ("refunds", input.refunds()?.unwrap_or_default()),
            ("streamers", discover(&streamers)?),
            ("lives", discover(&input.lives)?),
        ];
        let of = |(name, sources): (&'static str, Vec<Source>)| {
            sources.into_iter().filter_map(move |source| Some((name, source.path?)))
        };
        Ok(all.into_iter().flat_map(of).collect())
    }

    /// Options and definitions that a file carries with it.
    pub(in crate::cli) fn metadata(&self, work: &Work) -> Vec<(String, String)> {
        match work {
            Work::Exports(settings) => described(|add| self.exports_described(settings, add)),
            Work::Cluster(settings) => described(|add| self.cluster_described(settings, add)),
            Work::Rooms(settings) => described(|add| {
                add("by", settings.grouping.describe());
                add("period", settings.period.name().to_owned());
                add("basis", name(&self.counting.basis));
                self.groups.describe(&settings.calendar, add);
            }),
            Work::Facts(_) => described(|_| {}),
        }
    }

    /// The same where there are persons.
    pub(in crate::cli) fn metadata_of(&self, persons: &Persons) -> Vec<(String, String)> {
        match persons {
            Persons::Exports(settings) => described(|add| self.exports_described(settings, add)),
            Persons::Cluster(settings) => described(|add| self.cluster_described(settings, add)),
        }
    }

    fn exports_described(&self, settings: &LocalSettings, add: &mut Adding<'_>) {
        add("by", settings.grouping.describe());
        add("period", settings.period.name().to_owned());
        add("basis", name(&self.counting.basis));
        let within = settings.read.refund_within;
        add("refund_within", within.map_or(String::new(), |within| format!("{}s", within.0)));
        add("attribution", attribution_text(settings.attribution));
        add("domain_rule", name(&self.counting.domain_rule));
        if settings.computes_tiers {
            add("tiers", tiers_text());
        }
        self.groups.describe(&settings.calendar, add);
        add("max_session_seconds", settings.read.max_session.0.to_string());
        add("price_bands", self.groups.price_bands.clone());
    }

    fn cluster_described(&self, settings: &ClusterSettings, add: &mut Adding<'_>) {
        let rules = &settings.rules;
        self.engine.describe(add);
        add("by", rules.grouping.describe());
        add("period", rules.period.name().to_owned());
        add("basis", name(&self.counting.basis));
        add("refund_within", String::new());
        add("attribution", attribution_text(rules.attribution));
        add("domain_rule", name(&self.counting.domain_rule));
        let known = &settings.cluster.known;
        let typed = Grouping::parse(&self.groups.words(), known);
        if settings.computes_tiers || typed.is_ok_and(|typed| typed.wants_tiers(known)) {
            add("tiers", tiers_text());
        }
        self.groups.describe(&rules.calendar, add);
        add("max_session_seconds", settings.read.max_session.0.to_string());
        add("price_bands", self.groups.price_bands.clone());
    }
}

fn tiers_text() -> String {
    format!("by counted gmv of the range: head to {HEAD}, mid to {MID}")
}

/// The version, these options, and what columns mean.
fn described(options: impl Fn(&mut Adding<'_>)) -> Vec<(String, String)> {
    let mut metadata = vec![("gmv.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
    let mut add = |key: &str, value: String| metadata.push((format!("gmv.{key}"), value));
    options(&mut add);
    for (key, text) in definitions::DEFINITIONS {
        add(&format!("definition.{key}"), (*text).to_owned());
    }
    metadata
}

/// Takes an option and what it is.
pub(in crate::cli) type Adding<'a> = dyn FnMut(&str, String) + 'a;

fn attribution_text(attribution: Attribution) -> String {
    match attribution {
        Attribution::Period => "period".to_owned(),
        Attribution::Window(length) => format!("window:{}s", length.0),
        Attribution::Carrier => "carrier".to_owned(),
        Attribution::All => "all".to_owned(),
    }
}
