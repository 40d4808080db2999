//! Words that a profile does not map, beside the canonical ones in one column: they are stored as they are, but one that could be
//! taken for a canonical word is marked.

use std::borrow::Cow;

use crate::input::profile::{Carrier, Status, Traffic};

/// What stands before an unmapped word that would read as a mapped one.
const MARK: u8 = b'?';

/// The canonical words of a status.
#[must_use]
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Paid => "paid",
        Status::Shipped => "shipped",
        Status::Completed => "completed",
        Status::Refunded => "refunded",
        Status::ClosedPaid => "closed_paid",
        Status::Pending => "pending",
        Status::Cancelled => "cancelled",
    }
}

/// The status of a canonical word; `None` of any other.
#[must_use]
pub fn known_status(word: &[u8]) -> Option<Status> {
    Status::ALL.into_iter().find(|known| status(*known).as_bytes() == word)
}

/// The canonical word of a carrier; none for a blank.
#[must_use]
pub fn carrier(carrier: Option<Carrier>) -> &'static str {
    match carrier {
        None => "",
        Some(Carrier::Live) => "live",
        Some(Carrier::Video) => "video",
        Some(Carrier::Card) => "card",
        Some(Carrier::Other) => "other",
    }
}

/// The word that a store keeps for a kind of traffic.
#[must_use]
pub fn traffic(traffic: Traffic) -> &'static str {
    match traffic {
        Traffic::Private => "private",
        Traffic::Organic => "organic",
        Traffic::Paid => "paid",
    }
}

/// All words that a store gives a meaning.
const CANONICAL: [&str; 9] =
    ["paid", "shipped", "completed", "refunded", "closed_paid", "pending", "cancelled", "private", "organic"];

/// An unmapped word as it is stored.
#[must_use]
pub fn stored(word: &[u8]) -> Cow<'_, [u8]> {
    let ambiguous = CANONICAL.iter().any(|canonical| canonical.as_bytes() == word);
    if ambiguous || word.first() == Some(&MARK) {
        Cow::Owned([&[MARK], word].concat())
    } else {
        Cow::Borrowed(word)
    }
}

/// The word of an export, from an unmapped word as it is stored.
#[must_use]
pub fn word(stored: &[u8]) -> &[u8] {
    stored.strip_prefix(&[MARK]).unwrap_or(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unmapped_words_come_back_and_never_mean_anything() {
        for text in ["paid", "?paid", "organic", "?", "已完成", "", "Paid"] {
            let stored = stored(text.as_bytes());
            assert!(!CANONICAL.iter().any(|canonical| canonical.as_bytes() == &*stored), "{text}");
            assert_eq!(word(&stored), text.as_bytes());
        }
    }
}
