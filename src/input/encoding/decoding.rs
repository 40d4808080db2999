//! The way of a text to UTF-8; what is malformed is never replaced.

use std::io::Read;

use encoding_rs::DecoderResult;

use super::TextEncoding;

/// Why a filling ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// There is as much as was asked for.
    Enough,
    /// The text has ended.
    Ended,
    /// The text has ended within a character, which began with this byte.
    CutOff(u8),
    /// The text goes on with a byte that begins nothing in its encoding.
    Malformed(u8),
}

/// A text on its way to UTF-8.
pub struct Decoding {
    decoder: encoding_rs::Decoder,
    /// Bytes as they were read; those before `from` are done, and the last of them are kept to name a malformed one.
    raw: Vec<u8>,
    from: usize,
    ended: bool,
}

impl Decoding {
    /// The bytes that are read at once.
    const CHUNK: usize = 64 << 10;
    /// More than any malformed sequence is long.
    const KEPT: usize = 16;

    /// From the beginning, after the byte order mark.
    #[must_use]
    pub fn new(encoding: TextEncoding) -> Self {
        let decoder = encoding.0.new_decoder_without_bom_handling();
        Self { decoder, raw: Vec::new(), from: 0, ended: false }
    }

    /// Decodes until `out` holds `size` bytes, or a few more; less only at the end, or before what is malformed.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn fill(&mut self, reader: &mut dyn Read, out: &mut Vec<u8>, size: usize) -> std::io::Result<Filled> {
        while out.len() < size {
            if self.from == self.raw.len() && !self.ended {
                self.raw.drain(..self.raw.len().saturating_sub(Self::KEPT));
                self.from = self.raw.len();
                let chunk = Self::CHUNK as u64;
                self.ended = reader.take(chunk).read_to_end(&mut self.raw)? < Self::CHUNK;
            }
            let start = out.len();
            out.resize(size + Self::KEPT, 0);
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(
                &self.raw[self.from..],
                &mut out[start..],
                self.ended,
            );
            out.truncate(start + written);
            self.from += read;
            match result {
                DecoderResult::Malformed(length, after) => {
                    let at = self.from.checked_sub(usize::from(length) + usize::from(after));
                    let last = at.and_then(|at| self.raw.get(at..)).unwrap_or_default();
                    let byte = last.first().copied().unwrap_or_default();
                    let cut_off = self.ended && self.is_unfinished(last);
                    return Ok(if cut_off { Filled::CutOff(byte) } else { Filled::Malformed(byte) });
                }
                DecoderResult::InputEmpty if self.ended => return Ok(Filled::Ended),
                DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
            }
        }
        Ok(Filled::Enough)
    }

    /// Whether the last bytes of a text begin a character, and no more.
    fn is_unfinished(&self, last: &[u8]) -> bool {
        let mut decoder = self.decoder.encoding().new_decoder_without_bom_handling();
        let (result, _, written) =
            decoder.decode_to_utf8_without_replacement(last, &mut [0; Self::KEPT], false);
        result == DecoderResult::InputEmpty && written == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::encoding::detect;
    use encoding_rs::{BIG5, Encoding, GB18030, GBK, SHIFT_JIS, UTF_16BE, UTF_16LE};
    use proptest::prelude::*;

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        let (bytes, _, lost) = encoding.encode(text);
        assert!(!lost, "{text}");
        bytes.into_owned()
    }

    /// A reader that gives a few bytes at a time.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let size = self.1.min(self.0.len()).min(buffer.len());
            let (now, rest) = self.0.split_at(size);
            buffer[..size].copy_from_slice(now);
            self.0 = rest;
            Ok(size)
        }
    }

    fn decoded(bytes: &[u8], encoding: &'static Encoding, drop: usize, step: usize) -> (String, Option<u8>) {
        let mut decoding = Decoding::new(TextEncoding(encoding));
        let mut reader = Drops(bytes, drop);
        let mut out = Vec::new();
        loop {
            let size = out.len() + step;
            match decoding.fill(&mut reader, &mut out, size).unwrap() {
                Filled::Enough => assert!(out.len() >= size),
                Filled::Ended => return (String::from_utf8(out).unwrap(), None),
                Filled::CutOff(byte) | Filled::Malformed(byte) => {
                    return (String::from_utf8(out).unwrap(), Some(byte));
                }
            }
        }
    }

    #[test]
    fn characters_across_the_bytes_that_are_read_at_once_stay_whole() {
        // One ASCII character first, so that every pair lies across an even border.
        let text = format!("a{}", "甲㐀".repeat(40_000));
        for encoding in [GB18030, SHIFT_JIS, BIG5] {
            let text = if encoding == GB18030 { text.clone() } else { text.replace('㐀', "乙") };
            assert_eq!(decoded(&encoded(&text, encoding), encoding, 7, 1000), (text, None));
        }
        let mut bytes = vec![b'a'; Decoding::CHUNK - 1];
        bytes.extend_from_slice(b"\xBC\xFF,1");
        assert_eq!(decoded(&bytes, GBK, 4096, 1 << 20).1, Some(0xBC));
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_any_steps(text in "[a-c,\n甲主播😀é]{0,80}", drop in 1_usize..9, step in 1_usize..40) {
            prop_assert_eq!(decoded(&encoded(&text, GB18030), GB18030, drop, step), (text.clone(), None));
            for (encoding, bytes) in [
                (UTF_16LE, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()),
                (UTF_16BE, text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            ] {
                prop_assert_eq!(decoded(&bytes, encoding, drop, step), (text.clone(), None));
            }
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), drop in 1_usize..9, step in 1_usize..40) {
            let encoding = detect(&bytes, true, None).encoding;
            let _ = decoded(&bytes, encoding.0, drop, step);
        }
    }
}
