//! Containers that are cut, empty or of another kind.

use std::io::Write;

use super::{Case, case};
use crate::shop::ORDERS;

fn file(name: &'static str, file: &'static str, bytes: impl AsRef<[u8]>, expected: &'static str) -> Case {
    case(name, file, bytes, expected).with(format!("--orders {file} --sessions sessions.csv"))
}

fn gz() -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(ORDERS.as_bytes()).unwrap();
    writer.finish().unwrap()
}

pub fn cut_and_damaged() -> Vec<Case> {
    let (gz, zst) = (gz(), zstd::encode_all(ORDERS.as_bytes(), 3).unwrap());
    let mut sum = gz.clone();
    let at = sum.len() - 6;
    sum[at] ^= 0xFF;
    vec![
        file(
            "gz cut",
            "o.csv.gz",
            &gz[..gz.len() / 2],
            "1 o.csv.gz: this is a compressed file that ends before its data do (incomplete deflate stream); export it, or copy it, again",
        ),
        file(
            "gz without its end",
            "o.csv.gz",
            &gz[..gz.len() - 4],
            "1 o.csv.gz: this is a compressed file that ends before its data do (unexpected end of file); export it, or copy it, again",
        ),
        file(
            "gz with a wrong checksum",
            "o.csv.gz",
            &sum,
            "1 o.csv.gz: this is a compressed file that is damaged (corrupt gzip stream does not have a matching checksum); export it, or copy it, again",
        ),
        file(
            "zst cut",
            "o.csv.zst",
            &zst[..zst.len() / 2],
            "1 o.csv.zst: this is a compressed file that ends before its data do (incomplete frame); export it, or copy it, again",
        ),
        file(
            "gz of nothing but its name",
            "o.csv.gz",
            "",
            "1 o.csv.gz: the file is empty (0 bytes), without even a header; export it again",
        ),
        file(
            "UTF-16 of odd length",
            "o.csv",
            b"\xFF\xFEo\0r\0d\0e",
            "1 o.csv:1:1: byte 0x65 is not UTF-16LE, which the file was taken for; name its encoding with --encoding NAME (often gb18030), or save it as \"CSV UTF-8\"",
        ),
    ]
}

pub fn what_stands_beside_the_data() -> Vec<Case> {
    let (gz, zst) = (gz(), zstd::encode_all(ORDERS.as_bytes(), 3).unwrap());
    let empty = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()).finish().unwrap();
    let skipped: &[u8] = b"\x5A\x2A\x4D\x18\x03\0\0\0abc";
    vec![
        file("gz with zeros after it", "o.csv.gz", [&gz[..], &[0; 1000]].concat(), "0 · 9 · 9"),
        file("gz with zeros between members", "o.csv.gz", [&empty[..], &[0; 512], &gz].concat(), "0 · 9 · 9"),
        file(
            "gz with more after it",
            "o.csv.gz",
            [&gz[..], b"more"].concat(),
            "1 o.csv.gz: this is a compressed file that ends before its data do (unexpected end of file); export it, or copy it, again",
        ),
        file("zst that begins with a frame to skip", "o.csv.zst", [skipped, &zst[..]].concat(), "0 · 9 · 9"),
        file("zst that ends with a frame to skip", "o.csv.zst", [&zst[..], skipped].concat(), "0 · 9 · 9"),
    ]
}
