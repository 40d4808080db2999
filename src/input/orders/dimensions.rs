//! The codes of what an order's row says besides its sums: its broadcast, and the values of the dimensions.

use std::sync::Arc;

use super::SEPARATOR;
use crate::input::dictionary::Dictionary;

/// The code of a row without a broadcast, where there are no dimensions.
pub const NO_DIMENSIONS: u32 = 0;

/// For each code of a row, the code of its dimensions, and the number of its broadcast.
pub type OrderCodes = Vec<(u32, Option<u32>)>;

/// A dictionary of rows' codes.
#[must_use]
pub fn dimensions() -> Dictionary {
    Dictionary::with(&[""])
}

/// Divides the codes of orders' rows; the texts of the dimensions come by their codes.
#[must_use]
pub fn divide(codes: Dictionary) -> (OrderCodes, Vec<Arc<str>>) {
    let texts = Dictionary::default();
    let code = |text: &Arc<str>| {
        let (broadcast, dimensions) = text.split_once(SEPARATOR).unwrap_or((text, ""));
        (texts.code_of(dimensions), broadcast.parse().ok())
    };
    let codes = codes.into_texts().iter().map(code).collect();
    (codes, texts.into_texts())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_several_broadcasts_share_their_dimensions() {
        let codes = dimensions();
        for text in ["3\u{1F}food\u{1F}x", "\u{1F}food\u{1F}x", "3\u{1F}\u{1F}y", "3"] {
            codes.code_of(text);
        }
        let (codes, texts) = divide(codes);
        assert_eq!(codes, [(0, None), (1, Some(3)), (1, None), (2, Some(3)), (0, Some(3))]);
        assert_eq!(texts.iter().map(|text| &**text).collect::<Vec<_>>(), ["", "food\u{1F}x", "\u{1F}y"]);
    }
}
