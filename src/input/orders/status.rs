//! Statuses of orders, coded with what their file's profile says of them.

use crate::input::profile::Status;

/// What a status means for counting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusMeaning {
    /// A canonical status.
    Known(Status),
    /// The export has no status: everything with a payment time counts.
    NoColumn,
    /// A word outside of the profile's mapping.
    Unknown(String),
}

/// A status travels through its dictionary with what its file's profile says of it.
pub(super) fn status_key(meaning: Option<Status>, word: &[u8]) -> Vec<u8> {
    let mark = match meaning {
        None => b'?',
        Some(status) => b'0' + STATUSES.iter().position(|known| *known == status).unwrap_or_default() as u8,
    };
    [&[mark], word].concat()
}

const STATUSES: [Status; 7] = [
    Status::Paid,
    Status::Shipped,
    Status::Completed,
    Status::Refunded,
    Status::ClosedPaid,
    Status::Pending,
    Status::Cancelled,
];

pub(super) fn meaning(key: &str) -> StatusMeaning {
    let (mark, word) = key.split_at(key.len().min(1));
    match mark.as_bytes().first() {
        Some(b'?') if word.is_empty() => StatusMeaning::Unknown("(blank)".to_owned()),
        Some(b'?') => StatusMeaning::Unknown(word.to_owned()),
        Some(digit) => STATUSES
            .get(usize::from(digit - b'0'))
            .copied()
            .map_or(StatusMeaning::NoColumn, StatusMeaning::Known),
        None => StatusMeaning::NoColumn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_travel_with_their_meaning() {
        for (status, word) in
            [(Some(Status::Paid), "已支付"), (Some(Status::Cancelled), ""), (None, "x"), (None, "")]
        {
            let key = String::from_utf8(status_key(status, word.as_bytes())).unwrap();
            let expected = match status {
                Some(status) => StatusMeaning::Known(status),
                None if word.is_empty() => StatusMeaning::Unknown("(blank)".into()),
                None => StatusMeaning::Unknown(word.into()),
            };
            assert_eq!(meaning(&key), expected);
        }
        assert_eq!(meaning(""), StatusMeaning::NoColumn);
    }
}
