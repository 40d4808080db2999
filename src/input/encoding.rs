//! Which encoding a text is in, by its bytes, and its way to UTF-8; what is malformed is never replaced.

mod decoding;

use std::fmt;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, DecoderResult, EUC_JP, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE,
};

pub use decoding::{Decoding, Filled};

/// An encoding of text, of those that browsers know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEncoding(&'static Encoding);

/// The encoding of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detected {
    /// The encoding.
    pub encoding: TextEncoding,
    /// Whether statistics chose it: neither a byte order mark, nor validity, nor somebody who said so.
    pub guessed: bool,
    /// The length of the byte order mark.
    pub mark: usize,
}

/// The bytes that decide the encoding: a header may be ASCII, and so may thousands of rows.
pub const SAMPLE: usize = 1 << 20;

/// Names to suggest for a typing error.
const NAMES: [&str; 16] = [
    "utf-8",
    "gb18030",
    "gbk",
    "gb2312",
    "big5",
    "utf-16le",
    "utf-16be",
    "utf-16",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "windows-1252",
    "windows-1251",
    "windows-874",
    "windows-1258",
    "iso-8859-1",
];

impl TextEncoding {
    /// UTF-8.
    pub const UTF_8: Self = Self(UTF_8);

    /// The encoding of a label of the WHATWG standard, such as `gbk`; else a sentence with the nearest names.
    ///
    /// # Errors
    /// When there is no such label.
    pub fn named(label: &str) -> Result<Self, String> {
        if let Some(encoding) = Encoding::for_label_no_replacement(label.as_bytes()) {
            return Ok(Self(encoding));
        }
        let wanted = label.trim().to_lowercase();
        // Letters in another order are one slip, which the likeness of beginnings does not see.
        let likeness = |name: &str| {
            let slips = strsim::normalized_damerau_levenshtein(name, &wanted) + 0.1;
            strsim::jaro_winkler(name, &wanted).max(slips)
        };
        let mut near: Vec<(f64, &str)> = NAMES.iter().map(|name| (likeness(name), *name)).collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        let nearest: Vec<&str> =
            near.iter().filter(|(score, _)| *score > 0.7).take(3).map(|(_, name)| *name).collect();
        let names = if nearest.is_empty() { NAMES.join(", ") } else { nearest.join(", ") };
        let what = if nearest.is_empty() { "known are" } else { "did you mean" };
        let end = if nearest.is_empty() { "" } else { "?" };
        Err(format!("no such encoding; {what} {names}{end}"))
    }

    /// Whether it is UTF-8, which needs no decoding.
    #[must_use]
    pub fn is_utf_8(self) -> bool {
        self.0 == UTF_8
    }
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 == GB18030 { "GB18030" } else { self.0.name() })
    }
}

/// The encoding of a text that begins with `sample`; `whole` says that this is all of it.
#[must_use]
pub fn detect(sample: &[u8], whole: bool, named: Option<TextEncoding>) -> Detected {
    // As in browsers, a byte order mark is stronger than what was said: one --encoding serves many files.
    if let Some((encoding, mark)) = Encoding::for_bom(sample) {
        return Detected { encoding: TextEncoding(encoding), guessed: false, mark };
    }
    let certain = |encoding| Detected { encoding, guessed: false, mark: 0 };
    if let Some(named) = named {
        return certain(named);
    }
    if is_plainly_utf_8(sample, whole) {
        return certain(TextEncoding::UTF_8);
    }
    if let Some(encoding) = without_mark(sample) {
        return Detected { encoding: TextEncoding(encoding), guessed: true, mark: 0 };
    }
    let sample = if whole { finished(sample) } else { sample };
    let (pairs, longer, invalid) = multi_byte(sample, whole);
    // A text of UTF-8 with a damaged byte stays what it is: the byte is an error, not a reason to read all else wrongly. A pair may be
    // valid by chance in GB18030 (省 is), what is longer hardly.
    if invalid == 0 || longer > invalid || pairs > 10 * invalid {
        return certain(TextEncoding::UTF_8);
    }
    Detected { encoding: TextEncoding(guess(sample, whole)), guessed: true, mark: 0 }
}

/// Whether a sample is what most are, seen at a glance: valid to its end, and without a NUL, of which UTF-16 is full.
fn is_plainly_utf_8(sample: &[u8], whole: bool) -> bool {
    let is_valid = || match std::str::from_utf8(sample) {
        Ok(_) => true,
        Err(error) => !whole && error.error_len().is_none(),
    };
    memchr::memchr(0, sample).is_none() && is_valid()
}

/// UTF-16 without a byte order mark: digits, delimiters and line ends leave a NUL in every second place, as no other text does. Of the other
/// order only delimiters and line ends speak, which would be no characters in this one: 一, 最 and 开 read as N, g and _ in the other.
fn without_mark(sample: &[u8]) -> Option<&'static Encoding> {
    let (units, _) = sample.as_chunks::<2>();
    let count = |is_it: fn(&[u8; 2]) -> bool| units.iter().filter(|unit| is_it(unit)).count();
    let high = count(|unit| unit[0] == 0 && unit[1] != 0);
    let low = count(|unit| unit[1] == 0 && unit[0] != 0);
    let high_marks = count(|unit| unit[0] == 0 && b",\t\r\n".contains(&unit[1]));
    let low_marks = count(|unit| unit[1] == 0 && b",\t\r\n".contains(&unit[0]));
    let plain = |many: usize, few: usize| many > 0 && many >= units.len() / 8 && few <= many / 100;
    if plain(low, high_marks) {
        Some(UTF_16LE)
    } else if plain(high, low_marks) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The lines of a whole text without an unfinished last one, which may be cut within a character: it says nothing where the others
/// hold characters beyond ASCII.
fn finished(text: &[u8]) -> &[u8] {
    let lines = memchr::memrchr(b'\n', text).map_or(text, |end| &text[..=end]);
    if lines.is_ascii() { text } else { lines }
}

/// How many characters of two and of more bytes are valid UTF-8, and how many sequences are not.
fn multi_byte(sample: &[u8], whole: bool) -> (usize, usize, usize) {
    let (mut pairs, mut longer, mut invalid) = (0, 0, 0);
    let mut chunks = sample.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        pairs += chunk.valid().chars().filter(|c| c.len_utf8() == 2).count();
        longer += chunk.valid().chars().filter(|c| c.len_utf8() > 2).count();
        let unfinished = !whole || longer > 0;
        let cut_off = unfinished && chunks.peek().is_none() && is_cut_off(chunk.invalid());
        invalid += usize::from(!chunk.invalid().is_empty() && !cut_off);
    }
    (pairs, longer, invalid)
}

/// Whether bytes begin a character that the end of the sample has cut off.
fn is_cut_off(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// With fewer different pairs of bytes than this, a text is Chinese if it can be: a few names, however often they stand, look like words of
/// any language.
const ENOUGH: usize = 32;

/// How many different pairs of bytes stand for characters, if those begin beyond ASCII; no more than are [`ENOUGH`] are counted.
fn distinct_pairs(sample: &[u8]) -> usize {
    let mut pairs = Vec::with_capacity(ENOUGH);
    let mut rest = sample;
    while let [first, tail @ ..] = rest
        && pairs.len() < ENOUGH
    {
        match tail {
            [second, after @ ..] if !first.is_ascii() => {
                if !pairs.contains(&(first, second)) {
                    pairs.push((first, second));
                }
                rest = after;
            }
            _ => rest = tail,
        }
    }
    pairs.len()
}

/// The likeliest encoding of a text that is not UTF-8; Chinese where the bytes leave it open.
fn guess(sample: &[u8], whole: bool) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, whole);
    let chinese = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    let anywhere = detector.guess(None, Utf8Detection::Deny);
    let guess = if anywhere.is_single_byte() || distinct_pairs(sample) < ENOUGH { chinese } else { anywhere };
    let candidates = [guess, GB18030, BIG5, SHIFT_JIS, EUC_KR, EUC_JP];
    let found = candidates.into_iter().find(|encoding| decodes(encoding, sample, whole)).unwrap_or(guess);
    // One decoder serves both; the larger name is the truer one.
    if found == GBK { GB18030 } else { found }
}

/// Whether a sample is well-formed in an encoding.
fn decodes(encoding: &'static Encoding, sample: &[u8], whole: bool) -> bool {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut out = vec![0; 64 << 10];
    let mut rest = sample;
    loop {
        match decoder.decode_to_utf8_without_replacement(rest, &mut out, whole) {
            (DecoderResult::InputEmpty, ..) => return true,
            (DecoderResult::OutputFull, read, _) => rest = &rest[read..],
            (DecoderResult::Malformed(..), ..) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> String {
        detect(bytes, true, None).encoding.to_string()
    }

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        let (bytes, _, lost) = encoding.encode(text);
        assert!(!lost, "{text}");
        bytes.into_owned()
    }

    #[test]
    fn headers_and_single_words_of_chinese_exports_are_gb18030() {
        let headers = [
            "主订单编号,子订单编号,选购商品,商品单价,订单应付金额,支付完成时间,订单状态\n",
            "订单编号\t买家实际支付金额\t订单付款时间\n1\t2\t3\n",
            "streamer_id,streamer_name\ns1,主播\n",
            "a,b\n1,无\n",
            "id,name\n1,老板娘\n2,李佳琦\n3,老板娘\n4,老板娘\n5,李佳琦\n6,老板娘\n7,李佳琦\n",
            "order_id,province\n1,浙江省\n2,广东省\n",
            "order_id,status\n1,已发货\n2,交易成功\n3,\"￥1，299.90\"\n",
        ];
        for text in headers {
            assert_eq!(found(&encoded(text, GBK)), "GB18030", "{text}");
            assert_eq!(found(text.as_bytes()), "UTF-8", "{text}");
        }
    }

    #[test]
    fn texts_of_other_scripts_are_told_apart_where_there_is_enough_of_them() {
        let japanese = "注文番号,配信者,支払日時,商品の名前と説明\n1,ライブコマースの配信者です,2026-03-02\n2,カタカナとひらがな,2026-03-02\n";
        assert_eq!(found(&encoded(japanese, SHIFT_JIS)), "Shift_JIS");
        let korean = "주문번호,판매자,결제일시\n1,라이브 방송 판매자입니다,2026-03-02\n2,안녕하세요 여러분 오늘도 감사합니다 주문하신 상품은 내일 배송됩니다,2026-03-02\n";
        assert_eq!(found(&encoded(korean, EUC_KR)), "EUC-KR");
        let french = "commande,vendeur,état\n1,Amélie Lefèvre,payé\n2,Zoé Hélène,expédié à l'étranger\n";
        assert_eq!(found(&encoded(french, encoding_rs::WINDOWS_1252)), "windows-1252");
        let traditional = "訂單編號,買家帳號,直播間名稱\n1,會員,臺灣的直播間與觀眾\n2,會員,這個商品還沒有發貨，請耐心等候我們的通知\n";
        assert_eq!(found(&encoded(traditional, BIG5)), "Big5");
    }

    #[test]
    fn utf_8_with_a_damaged_byte_stays_utf_8() {
        let mut text = "streamer,状态\n主播,已发货\n主播,已完成\n".as_bytes().to_vec();
        text[20] = 0xFF;
        assert_eq!(found(&text), "UTF-8");
        let cut = "甲".as_bytes();
        assert_eq!(detect(&[b"a,", &cut[..2]].concat(), false, None).encoding, TextEncoding::UTF_8);
        assert_eq!(found(b"a,b\n1,2\n"), "UTF-8");
        assert_eq!(found(b""), "UTF-8");
    }

    #[test]
    fn utf_16_is_found_whatever_its_characters_are() {
        let rows = |row: &str| format!("order_id,streamer,status\r\n{}", format!("{row}\r\n").repeat(200));
        for text in [
            rows("1,第一最爱开心一店,已开始最后一天"),
            rows("1,一一一,最最最最"),
            rows("1,\u{3000}\u{3000}\u{3000},开\u{2200}\u{2000}"),
            rows("123,shop,done"),
            "a\t一\n".to_owned(),
        ] {
            let low: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let high: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!((found(&low), found(&high)), ("UTF-16LE".to_owned(), "UTF-16BE".to_owned()), "{text}");
        }
    }

    #[test]
    fn labels_are_those_of_the_web() {
        for (label, name) in [
            ("GBK", "GBK"),
            (" gb2312 ", "GBK"),
            ("GB18030", "GB18030"),
            ("utf-16", "UTF-16LE"),
            ("utf8", "UTF-8"),
        ] {
            assert_eq!(TextEncoding::named(label).unwrap().to_string(), name);
        }
        assert_eq!(
            TextEncoding::named("utf-8x").unwrap_err(),
            "no such encoding; did you mean utf-8, utf-16, utf-16le?"
        );
        assert!(TextEncoding::named("gkb").unwrap_err().contains("did you mean gbk"));
        assert!(TextEncoding::named("iso-2022-kr").is_err());
    }
}
