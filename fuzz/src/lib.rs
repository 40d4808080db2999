//! What the targets share: files to read, settings, texts that look like exports, and runs that must agree.

pub mod asking;
pub mod exports;
pub mod stored;
pub mod tables;
pub mod text;
pub mod theirs;
pub mod words;
pub mod worlds;

#[path = "../../tests/it/reference/mod.rs"]
pub mod reference;
#[path = "../../tests/it/world/mod.rs"]
pub mod world;

use std::fmt::Debug;
use std::io::{Seek, SeekFrom, Write};
use std::num::NonZeroUsize;
use std::os::fd::AsRawFd;
use std::sync::LazyLock;

use gmv::calendar::{Calendar, PeriodKind};
use gmv::engine::EngineError;
use gmv::input::error::InputError;
use gmv::input::files::Source;
use gmv::input::settings::{FurtherColumns, ReadSettings, WithoutDimension};
use gmv::memory::Memory;
use gmv::units::Seconds;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

/// A file without a name, which goes with the process however it ends; its path is that of its descriptor.
pub struct Scratch(std::fs::File);

impl Default for Scratch {
    fn default() -> Self {
        Self(tempfile::tempfile().expect("a temporary file"))
    }
}

impl Scratch {
    /// Its path, once it holds these bytes and no others.
    pub fn hold(&mut self, bytes: &[u8]) -> String {
        self.0
            .set_len(0)
            .and_then(|()| self.0.seek(SeekFrom::Start(0)))
            .expect("a file that can be rewritten");
        self.0.write_all(bytes).expect("room for a temporary file");
        format!("/proc/self/fd/{}", self.0.as_raw_fd())
    }

    /// The file as an export.
    pub fn source(&mut self, bytes: &[u8]) -> Source {
        Source::named(&self.hold(bytes))
    }
}

/// How an input is read: with how many threads, in blocks of how many bytes, and how many bytes of rows may stay in memory.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    pub threads: usize,
    pub block_size: usize,
    pub rows: u64,
}

impl Way {
    /// More than any input of a target has; not so much more that buffers would take all the time.
    const MANY: u64 = 512 << 10;
    /// So few that the rows of some persons go to temporary files.
    const FEW: u64 = 4 << 10;

    pub const PLAIN: Self = Self { threads: 1, block_size: 32 << 10, rows: Self::MANY };

    /// Another way than the plain one, by a byte: the size of blocks, perhaps hardly any memory, and now and then two threads, since
    /// threads take longer to start than small inputs to read.
    pub fn other(choice: u8) -> Self {
        Self {
            threads: 1 + usize::from(choice.is_multiple_of(9)),
            block_size: usize::from(choice),
            rows: if choice & 2 == 0 { Self::MANY } else { Self::FEW },
        }
    }

    /// Two to five threads, and hardly any memory, or at times none.
    pub fn crowded(choice: u8) -> Self {
        let rows = if choice & 15 == 4 { 0 } else { Self::FEW };
        Self { threads: 2 + usize::from(choice & 3), block_size: usize::from(choice >> 2) * 8, rows }
    }

    /// The settings of it, with the canonical profile, or now and then any that fits, since each that is built in is tried then.
    pub fn of_profile(self, choice: u8) -> ReadSettings {
        let profile = (!choice.is_multiple_of(13)).then(|| "canonical".to_owned());
        ReadSettings { profile, ..self.settings() }
    }

    pub fn settings(self) -> ReadSettings {
        let threads = NonZeroUsize::new(self.threads).unwrap_or(NonZeroUsize::MIN);
        ReadSettings {
            profile: None,
            zone: zone(),
            max_session: Seconds(Seconds::PER_DAY),
            allow_mangled_ids: false,
            threads,
            memory: Memory::new(u64::MAX, threads).with_rows(self.rows),
            block_size: self.block_size.max(1),
            opening: Default::default(),
            delimiter: None,
            list_rejects: true,
            constants: Vec::new(),
            dimensions: Vec::new(),
            without_dimension: WithoutDimension::Refused,
            refund_within: None,
            persons_optional: false,
            specimens: 0,
            further: FurtherColumns::Dimensions,
            pseudonyms: None,
            broadcast_days: None,
            reach: None,
            paid: None,
        }
    }
}

fn zone() -> TimeZone {
    static ZONE: LazyLock<TimeZone> =
        LazyLock::new(|| TimeZone::get("Asia/Shanghai").expect("a zone that is bundled"));
    ZONE.clone()
}

/// The shop's clock; every third has another first hour of the day, and another first day of the week.
pub fn calendar(choice: u8) -> Calendar {
    let day_start = if choice.is_multiple_of(3) { Time::constant(5, 0, 0, 0) } else { Time::midnight() };
    let week_start = if choice.is_multiple_of(3) { Weekday::Sunday } else { Weekday::Monday };
    Calendar { zone: zone(), day_start, week_start }
}

pub fn period(choice: u8) -> PeriodKind {
    [PeriodKind::Day, PeriodKind::Week, PeriodKind::Month, PeriodKind::All][usize::from(choice & 3)]
}

/// A result, which must not depend on threads and blocks; `None` where the input is refused, which must not depend on them either.
pub fn agreed<T: PartialEq + Debug>(choice: u8, run: impl Fn(Way) -> Result<T, EngineError>) -> Option<T> {
    let plain = run(Way::PLAIN);
    let other = run(Way::other(choice));
    match (plain, other) {
        (Ok(plain), Ok(other)) => {
            assert_eq!(plain, other, "the result depends on threads or blocks");
            Some(plain)
        }
        (Err(plain), Err(other)) => {
            // Of several faults that end the reading, blocks decide which is met first.
            if !is_placed(&plain) && !is_placed(&other) {
                assert_eq!(plain.to_string(), other.to_string(), "the error depends on threads or blocks");
            }
            None
        }
        (plain, other) => panic!("refused or not by threads or blocks: {plain:?} {other:?}"),
    }
}

fn is_placed(error: &EngineError) -> bool {
    let EngineError::Input(error) = error else { return false };
    matches!(error, InputError::Encoding { .. } | InputError::OpenQuote { .. } | InputError::LongLine { .. })
}
