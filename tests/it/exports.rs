//! A world's exports on disk, and the library's answer on them.

use clap::Parser;
use gmv::cli::{Arguments, Command, Work as CommandWork};
use gmv::engine::Aggregate;
use gmv::engine::local::{Extent, aggregate, read};
use gmv::engine::reconciliation::RunReport;

use crate::support::Work;
use crate::world::{Question, World};

/// The exports of a world on disk.
pub struct Exports {
    work: Work,
    pub orders: Vec<String>,
    pub sessions: Vec<String>,
    pub refunds: Vec<String>,
    lives: Option<String>,
}

impl Exports {
    /// Writes them.
    pub fn write(world: &World) -> Self {
        let work = Work::new();
        let (orders, sessions, refunds) = (Vec::new(), Vec::new(), Vec::new());
        let mut exports = Self { work, orders, sessions, refunds, lives: None };
        let files = world.files();
        for (at, text) in files.sessions.iter().enumerate() {
            let name = exports.file(&format!("sessions{at}.csv"), text);
            exports.sessions.push(name);
        }
        for (at, text) in files.orders.iter().enumerate() {
            let name = exports.file(&format!("orders{at}.csv"), text);
            exports.orders.push(name);
        }
        for (at, text) in files.refunds.iter().enumerate() {
            let name = exports.file(&format!("refunds{at}.csv"), text);
            exports.refunds.push(name);
        }
        exports.lives = files.lives.map(|text| exports.file("lives.csv", &text));
        exports.file("streamers.csv", &files.streamers);
        exports
    }

    /// Writes a file; returns its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        self.work.write(name, text);
        self.work.path(name).to_str().unwrap().to_owned()
    }

    /// The options that name the exports.
    pub fn named(&self) -> Vec<String> {
        [self.orders_and_sessions(), self.after_sales()].concat()
    }

    /// The options that name what a store may hold.
    fn orders_and_sessions(&self) -> Vec<String> {
        let mut line = vec!["--orders".to_owned()];
        line.extend_from_slice(&self.orders);
        if !self.sessions.is_empty() {
            line.push("--sessions".to_owned());
            line.extend_from_slice(&self.sessions);
        }
        line
    }

    /// The option that names the after-sales exports, if there are any.
    pub fn after_sales(&self) -> Vec<String> {
        let option = (!self.refunds.is_empty()).then(|| "--refunds".to_owned());
        option.into_iter().chain(self.refunds.iter().cloned()).collect()
    }

    /// Ingests the exports into a store, with a profile that maps all of their columns; returns its path.
    pub fn ingest(&self) -> String {
        let canonical = include_str!("../../src/input/profiles/canonical.toml");
        let profile = canonical.replacen("[orders.columns]", "[orders.columns]\nbrand = \"brand\"", 1);
        let (profile, store) = (self.file("brands.toml", &profile), self.work.path("store"));
        let store = store.to_str().unwrap().to_owned();
        let mut line = vec!["ingest", "--max-bad=0", "--store", &store, "--profile", &profile];
        let named = self.orders_and_sessions();
        line.extend(named.iter().map(String::as_str));
        self.work.ok(&line);
        store
    }

    /// The library's answer, with more options.
    pub fn ask(&self, question: &Question, more: &[&str]) -> (Aggregate, RunReport) {
        self.ask_of(self.named(), question, more)
    }

    /// The library's answer on what these options name.
    pub fn ask_of(&self, named: Vec<String>, question: &Question, more: &[&str]) -> (Aggregate, RunReport) {
        let mut line = vec!["gmv".to_owned(), "decompose".to_owned()];
        line.extend(named);
        line.extend(self.lives.iter().flat_map(|lives| ["--lives".to_owned(), lives.clone()]));
        let streamers = self.work.path("streamers.csv");
        line.extend(["--streamers".to_owned(), streamers.to_str().unwrap().to_owned()]);
        line.extend(["--moments".to_owned(), "--max-bad=0".to_owned()]);
        line.extend(question.options());
        line.extend(more.iter().map(|option| (*option).to_owned()));
        let Command::Decompose(arguments) = Arguments::try_parse_from(line).unwrap().command else {
            panic!("decompose was typed");
        };
        let settings = arguments.resolve().unwrap();
        let CommandWork::Exports(exports) = &settings.work else { panic!("exports were given") };
        let mut inputs = read(exports, Extent::InRange, &|_| {}).unwrap();
        aggregate(&mut inputs, exports).unwrap()
    }
}
