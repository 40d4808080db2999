//! gzip: members one after the other, and the zeros with which tapes and some copies fill up the last block, as gzip itself reads them.

use std::io::{BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

/// The data of all members of a file.
pub struct GzipMembers<R: Read> {
    /// `None` at the end.
    member: Option<GzDecoder<BufReader<R>>>,
}

impl<R: Read> GzipMembers<R> {
    /// The members of `file`.
    pub fn new(file: R) -> Self {
        Self { member: Some(GzDecoder::new(BufReader::with_capacity(32 << 10, file))) }
    }
}

impl<R: Read> Read for GzipMembers<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            let ended = self.member.take().map(GzDecoder::into_inner);
            if let Some(mut rest) = ended
                && skip_zeros(&mut rest)?
            {
                self.member = Some(GzDecoder::new(rest));
            }
        }
        Ok(0)
    }
}

/// Skips zeros; returns whether anything follows.
fn skip_zeros(rest: &mut impl BufRead) -> std::io::Result<bool> {
    loop {
        let bytes = rest.fill_buf()?;
        if bytes.is_empty() {
            return Ok(false);
        }
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        let more = zeros < bytes.len();
        rest.consume(zeros);
        if more {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(text).unwrap();
        writer.finish().unwrap()
    }

    fn unpacked(bytes: &[u8]) -> std::io::Result<String> {
        std::io::read_to_string(GzipMembers::new(bytes))
    }

    #[test]
    fn members_and_zeros_after_them() {
        let (a, b) = (packed(b"a,b\n"), packed(b"1,2\n"));
        assert_eq!(unpacked(&a).unwrap(), "a,b\n");
        assert_eq!(unpacked(&[&a[..], &b].concat()).unwrap(), "a,b\n1,2\n");
        assert_eq!(unpacked(&[&a[..], &packed(b""), &b].concat()).unwrap(), "a,b\n1,2\n");
        for zeros in [1, 512, 100_000] {
            assert_eq!(unpacked(&[&a[..], &b, &vec![0; zeros]].concat()).unwrap(), "a,b\n1,2\n");
            assert_eq!(unpacked(&[&a[..], &vec![0; zeros], &b].concat()).unwrap(), "a,b\n1,2\n");
        }
    }

    #[test]
    fn what_is_cut_or_follows_is_an_error() {
        let a = packed(b"a,b\n");
        for length in 1..a.len() {
            assert!(unpacked(&a[..length]).is_err(), "{length}");
        }
        assert!(unpacked(&[&a[..], b"\0\0and more"].concat()).is_err());
    }
}
