//! Names and words as people read them: exports write the same one with full-width or half-width marks, with or without spaces.

/// The plain form of a name: half-width, without white space, ASCII letters in lower case.
#[must_use]
pub fn plain(name: &str) -> String {
    letters(name).collect()
}

/// Whether two names read the same: have one plain form.
///
/// It is only asked where no name is the same letter by letter, so that two columns of a header never become one.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    // Nearly all names differ in their first letter, and a header may have a million of them.
    if let (Some(first), Some(other)) = (a.as_bytes().first(), b.as_bytes().first())
        && first.is_ascii_graphic()
        && other.is_ascii_graphic()
        && !first.eq_ignore_ascii_case(other)
    {
        return false;
    }
    letters(a).eq(letters(b))
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    let wide = name.chars().map(half_width).filter(|&letter| !is_space(letter));
    wide.map(|letter| letter.to_ascii_lowercase())
}

/// The half-width form of a full-width letter, digit or mark.
fn half_width(letter: char) -> char {
    match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
        '、' => ',',
        _ => letter,
    }
}

/// White space, and marks of no width.
fn is_space(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{200B}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_read_the_same_are_the_same() {
        for (name, other) in [
            ("应付金额（元）", "应付金额(元)"),
            ("收货地址 ", "收货地址"),
            ("技术服务费（将以人气卡形式返还）", "技术服务费 (将以人气卡形式返还)"),
            ("SKU Unit Original Price", "Sku Unit  Original Price"),
            ("预售／承诺发货时间", "预售/承诺发货时间"),
            ("时间：", "时间:"),
            ("已发货，待收货", "已发货,待收货"),
            ("ＩＤ", "id"),
        ] {
            assert_eq!(plain(name), plain(other), "{name}");
            assert!(same(name, other), "{name}");
        }
        for (name, other) in
            [("buyer_id", "Buyer ID"), ("商品实际价格(单件)", "商品实际价格(总共)"), ("a", "ab")]
        {
            assert_ne!(plain(name), plain(other));
            assert!(!same(name, other));
        }
    }
}
