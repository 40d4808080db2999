//! A store: exports that were read once, as one Parquet file of canonical columns each, in the order of their ingestion.
//!
//! `DIR/orders/` and `DIR/sessions/` hold the files, by the SHA-256 of the bytes of their exports; `DIR/store.json` marks the
//! directory. Who ingests holds the lock `DIR/.ingesting`; who reads shares the lock `DIR/.reading`, which ingestion takes for the
//! moment in which files appear, all of them by one rename (`pending`).

pub mod about;
mod batch;
pub mod digest;
mod directory;
mod export;
pub mod ingest;
mod lock;
mod order;
mod orders;
mod parquet;
mod pending;
pub mod pruning;
mod seal;
mod sessions;
pub mod slices;
mod standing;
pub mod unmapped;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use about::{About, Counts, Reading};
pub use digest::{Digest, FileDigest, digest_of, hexadecimal};
pub use directory::Store;
pub use slices::CAP;

use self::about::{ABOUT_KEY, FORMAT, ROW};
use self::lock::Lock;
use self::seal::SEAL_KEY;
use self::slices::{SLICES_KEY, SlicesAbout};
use super::binding::Origin;
use super::error::InputError;
use super::files::Source;
use super::parquet::ParquetFile;
use super::parse::id::unguard;
use super::parse::trim;
use super::profile::{Anonymous, ColumnSpec, OrdersProfile, Per, Profile, RowKind, SessionsProfile, Traffic};
use super::pseudonyms::Pseudonyms;
use super::records::Record;

/// What is said of a file whose bytes are not those that were written.
const DAMAGED: &str = "the file is damaged; take it out of the store, and ingest its export again";

/// A file of a store.
#[derive(Debug)]
pub struct StoredFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it says of itself.
    pub about: About,
    /// The canonical profile under the name and currency of the one that its export was read with.
    pub profile: Arc<Profile>,
    slices: Option<String>,
    /// The seal of its bytes.
    seal: String,
    /// Held as long as the file may be read.
    reading: Option<Arc<Lock>>,
}

impl StoredFile {
    /// What the file at a path says of itself, whose place is that of its name.
    ///
    /// # Errors
    /// When it is damaged, or no file of a store.
    fn open(path: &Path, place: &Path, kind: RowKind) -> Result<Self, InputError> {
        let refused = |message: &str| InputError::Store {
            path: path.display().to_string(),
            message: message.to_owned(),
        };
        let source =
            Source { path: Some(path.to_owned()), name: path.display().to_string(), ..Source::default() };
        let metadata = ParquetFile::metadata(&source)?;
        let text = |key: &str| metadata.iter().find(|(known, _)| known == key).map(|(_, text)| text.clone());
        let foreign = "this is no file of a store; take it out of the directory";
        let text_of_about = text(ABOUT_KEY).ok_or_else(|| refused(foreign))?;
        let format = serde_json::from_str::<Form>(&text_of_about).map_err(|_| refused(foreign))?.format;
        if format > FORMAT {
            return Err(refused("a later version of gmv wrote this file; use that one"));
        }
        let seal = text(SEAL_KEY).unwrap_or_default();
        // Files of the first form have no such seal, and are not read.
        if format == FORMAT && !seal::has_its_footer(path, &seal)? {
            return Err(refused(DAMAGED));
        }
        let about: About = serde_json::from_str(&text_of_about).map_err(|_| refused(foreign))?;
        let named = place.file_stem().is_some_and(|stem| stem.to_string_lossy() == about.source_sha256);
        if !named || about.kind != kind.name() {
            return Err(refused("the file was renamed or moved; give it back its name, or take it out"));
        }
        let profile = Arc::new(profile(&about)?);
        let slices = text(SLICES_KEY);
        Ok(Self { path: path.to_owned(), about, profile, slices, seal, reading: None })
    }

    /// The file as an input.
    #[must_use]
    pub fn source(self: &Arc<Self>) -> Source {
        Source {
            path: Some(self.path.clone()),
            name: format!("{} ({})", self.path.display(), self.about.source),
            stored: Some(Arc::clone(self)),
            ..Source::default()
        }
    }

    /// Refuses a file whose bytes are not those that were written.
    ///
    /// # Errors
    /// When it is damaged, or cannot be read.
    pub fn check(&self) -> Result<(), InputError> {
        if seal::is_whole(&self.path, &self.seal)? {
            return Ok(());
        }
        Err(InputError::Store { path: self.path.display().to_string(), message: DAMAGED.to_owned() })
    }

    /// Whether the file is of a form that this version writes; only the name and place of another one are used.
    #[must_use]
    fn is_current(&self) -> bool {
        self.about.format == FORMAT
    }

    /// What is known of its row groups, where it is.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn slices(&self) -> Result<Option<SlicesAbout>, InputError> {
        let damaged = |error: serde_json::Error| InputError::Store {
            path: self.path.display().to_string(),
            message: format!(
                "the description of its row groups is damaged ({error}); ingest its export again"
            ),
        };
        self.slices.as_deref().map(|text| serde_json::from_str(text).map_err(damaged)).transpose()
    }
}

/// The form of a file, which is read before anything else of it.
#[derive(serde::Deserialize)]
struct Form {
    format: u32,
}

/// The profile that a stored file is read with: canonical words alone, and nobody is masked any more.
fn profile(about: &About) -> Result<Profile, InputError> {
    let canonical = Profile::canonical()?;
    let columns = canonical.sessions.as_ref().map(|sessions| sessions.columns.clone()).unwrap_or_default();
    let traffic = [Traffic::Private, Traffic::Organic, Traffic::Paid];
    let sources = traffic.map(|traffic| (traffic, vec![unmapped::traffic(traffic).to_owned()])).into();
    Ok(Profile {
        name: about.profile.clone(),
        currency: about.currency.clone(),
        anonymous: Some(Anonymous::default()),
        orders: canonical.orders.clone().map(|orders| as_it_was(orders, about)),
        sessions: Some(SessionsProfile { columns, sources: Some(sources), ..SessionsProfile::default() }),
        ..canonical.clone()
    })
}

/// What an export of orders is, whatever its columns are called now: lines that repeat amounts of their orders, rows without ids.
fn as_it_was(mut orders: OrdersProfile, about: &About) -> OrdersProfile {
    let per = |order| if order { Per::Order } else { Per::default() };
    (orders.amount_per, orders.refund_per) = (per(about.per_order.0), per(about.per_order.1));
    if about.level == ROW {
        orders.columns.insert("order_id".to_owned(), ColumnSpec::One(ColumnSpec::ROW.to_owned()));
    }
    orders
}

/// An id as it is stored: without guards, unless what is left looks guarded itself, so that reading gives the same id.
fn stored_id(cell: &[u8]) -> Cow<'_, [u8]> {
    let id = unguard(cell);
    if unguard(id) == id { Cow::Borrowed(id) } else { Cow::Owned([b"'", id].concat()) }
}

/// A further column's text as it is stored: one that tells what a person's id tells, as a pseudonym where there are any.
fn further<'a>(
    origin: &'a Origin,
    record: &Record<'a>,
    of_person: &Origin,
    pseudonyms: Option<&Pseudonyms>,
) -> Cow<'a, [u8]> {
    let text = origin.text(record);
    match pseudonyms {
        Some(pseudonyms) if origin.shares(of_person) => {
            Cow::Owned(pseudonyms.in_place_of(&text).into_bytes())
        }
        _ => match text {
            Cow::Borrowed(text) => Cow::Borrowed(trim(text)),
            Cow::Owned(text) => Cow::Owned(trim(&text).to_vec()),
        },
    }
}

/// A person's id as it is stored.
fn person<'a>(cell: &'a [u8], pseudonyms: Option<&Pseudonyms>) -> Cow<'a, [u8]> {
    match pseudonyms {
        None => stored_id(cell),
        Some(pseudonyms) => Cow::Owned(pseudonyms.in_place_of(cell).into_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_id_reads_as_the_id_of_the_export() {
        for cell in ["007", "=\"123\"", "''007", "`'x", "'=\"5\"", " a b ", "='", "'"] {
            assert_eq!(unguard(&stored_id(cell.as_bytes())), unguard(cell.as_bytes()), "{cell}");
        }
    }
}
