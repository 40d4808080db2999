//! The sample that is measured on: some 100,000 sessions and 10,000 orders, the same to the byte on every machine.

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use gmv::calendar::Calendar;
use gmv::input::broadcasts::BroadcastNumbers;
use gmv::input::container::Opening;
use gmv::input::dictionary::Dictionary;
use gmv::input::encoding::TextEncoding;
use gmv::input::files::Source;
use gmv::input::orders::{NONE, OrderCodes, Orders, dimensions, divide, read_orders};
use gmv::input::sessions::{Sessions, read_sessions};
use gmv::input::settings::{FurtherColumns, ReadSettings, WithoutDimension};
use gmv::memory::Memory;
use gmv::sample::{SampleSettings, write_sample};
use gmv::units::Seconds;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use tempfile::TempDir;

/// The exports, in memory and in files that the system has in its cache.
pub struct Shop {
    folder: TempDir,
    pub sessions: Export,
    pub orders: Export,
}

/// The text of an export.
pub struct Export {
    header: String,
    /// Everything below the header.
    pub rows: Vec<u8>,
}

pub static SHOP: LazyLock<Shop> = LazyLock::new(Shop::new);

impl Shop {
    fn new() -> Self {
        let settings =
            SampleSettings { sessions: 100_000, streamers: 50, weeks: 4, seed: 11, ..Default::default() };
        let (mut sessions, mut orders) = (Vec::new(), Vec::new());
        write_sample(&settings, &mut sessions, &mut orders, &mut |_| {}).unwrap();
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("sessions.csv"), &sessions).unwrap();
        std::fs::write(folder.path().join("orders.csv"), &orders).unwrap();
        Self { folder, sessions: Export::new(&sessions), orders: Export::new(&orders) }
    }

    fn source(&self, name: &str) -> Vec<Source> {
        vec![Source::named(&self.folder.path().join(name).display().to_string())]
    }
}

impl Export {
    fn new(text: &[u8]) -> Self {
        let (header, rows) = text.split_at(memchr::memchr(b'\n', text).unwrap() + 1);
        Self { header: String::from_utf8(header.to_vec()).unwrap(), rows: rows.to_vec() }
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        memchr::memchr_iter(b'\n', &self.rows).count()
    }

    /// The cells of a column that are not blank.
    pub fn column(&self, name: &str) -> Vec<Vec<u8>> {
        let column = self.header.trim_end().split(',').position(|column| column == name).unwrap();
        let lines = self.rows.split(|&byte| byte == b'\n');
        let cells = lines.filter_map(|line| line.split(|&byte| byte == b',').nth(column));
        cells.filter(|cell| !cell.is_empty()).map(<[u8]>::to_vec).collect()
    }
}

/// What rows are read with and into: the codes of what repeats.
pub struct Reading {
    settings: ReadSettings,
    pub streamers: Dictionary,
    pub dimensions: Dictionary,
    pub broadcasts: BroadcastNumbers,
}

impl Default for Reading {
    fn default() -> Self {
        let (streamers, broadcasts) = (Dictionary::with(&[NONE]), BroadcastNumbers::default());
        Self { settings: settings(), streamers, dimensions: dimensions(), broadcasts }
    }
}

impl Reading {
    pub fn sessions(&self) -> Sessions {
        let sources = SHOP.source("sessions.csv");
        read_sessions(&sources, &self.settings, &self.streamers, &self.broadcasts, &|_| {}).unwrap()
    }

    pub fn orders(&self) -> Orders {
        let Self { settings, streamers, dimensions, broadcasts } = self;
        read_orders(&SHOP.source("orders.csv"), settings, streamers, dimensions, broadcasts, &|_| {}).unwrap()
    }

    /// How many streamers were read, the streamer of each broadcast, and the codes of orders' rows.
    pub fn finish(self) -> (u32, Vec<u32>, OrderCodes) {
        let streamer_of = self.broadcasts.into_broadcasts().iter().map(|one| one.streamer).collect();
        (self.streamers.into_texts().len() as u32, streamer_of, divide(self.dimensions).0)
    }
}

/// As `gmv decompose` reads, on one thread; the encoding and the profile are named, so that only rows are measured.
fn settings() -> ReadSettings {
    ReadSettings {
        profile: Some("canonical".to_owned()),
        zone: zone(),
        max_session: Seconds(Seconds::PER_DAY),
        allow_mangled_ids: false,
        threads: NonZeroUsize::MIN,
        memory: Memory::default(),
        block_size: ReadSettings::BLOCK_SIZE,
        opening: Opening { encoding: Some(TextEncoding::UTF_8), ..Opening::default() },
        delimiter: None,
        list_rejects: false,
        constants: Vec::new(),
        dimensions: Vec::new(),
        without_dimension: WithoutDimension::Refused,
        refund_within: None,
        persons_optional: false,
        specimens: 0,
        further: FurtherColumns::Dimensions,
        pseudonyms: None,
        broadcast_days: Some(calendar()),
        reach: None,
        paid: None,
    }
}

pub fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

pub fn calendar() -> Calendar {
    Calendar { zone: zone(), day_start: Time::midnight(), week_start: Weekday::Monday }
}
