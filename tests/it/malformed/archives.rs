//! ZIP archives whose directory lies, whose members have odd names, or that are something else.

use super::{Case, case};
use crate::containers::zip;
use crate::shop::ORDERS;

fn archive(name: impl Into<String>, bytes: impl AsRef<[u8]>, expected: impl Into<String>) -> Case {
    case(name, "o.zip", bytes, expected).with("--orders o.zip --sessions sessions.csv")
}

const FINE: &str = "0 · 9 · 9";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";

/// An archive of the orders with other bytes at a place behind a signature.
fn lying(signature: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip(&[("o.csv", ORDERS.as_bytes())]);
    let place = archive.windows(4).rposition(|window| window == signature).unwrap() + at;
    archive[place..place + bytes.len()].copy_from_slice(bytes);
    archive
}

/// An archive of two members, of which the second is given the name of the first.
fn twice() -> Vec<u8> {
    let mut archive = zip(&[("o.csv", ORDERS.as_bytes()), ("p.csv", b"order_id\n")]);
    for at in 0..archive.len() - 5 {
        if &archive[at..at + 5] == b"p.csv" {
            archive[at] = b'o';
        }
    }
    archive
}

pub fn archives_that_are_cut_or_joined() -> Vec<Case> {
    let sound = zip(&[("o.csv", ORDERS.as_bytes())]);
    let lies = |name, signature, at, bytes: &[u8], expected: &str| {
        archive(name, lying(signature, at, bytes), expected)
    };
    vec![
        archive(
            "cut in the middle",
            &sound[..sound.len() / 2],
            "1 o.zip: this is a damaged ZIP archive or workbook (invalid Zip archive: Could not find EOCD); export it again",
        ),
        archive(
            "cut in its end",
            &sound[..sound.len() - 10],
            "1 o.zip: this is a damaged ZIP archive or workbook (invalid Zip archive: Unexpected end of zip::format::blocks::Zip32CDEBlock); export it again",
        ),
        archive(
            "without its last byte",
            &sound[..sound.len() - 1],
            "1 o.zip: this is a damaged ZIP archive or workbook (invalid Zip archive: Unexpected end of zip::format::blocks::Zip32CDEBlock); export it again",
        ),
        archive(
            "behind other bytes",
            [b"no archive\n", &sound[..]].concat(),
            "1 o.zip:1: missing columns `order_id`, `buyer_id`, `streamer_id`, `paid_at`, `amount` (profile canonical); the header has: names that no profile knows, which are not shown since they may be data; is the first line a header?; map the columns with --profile FILE, or supply one with --set COLUMN=VALUE; where the platform gives no buyers, live sessions exported as aggregates (--rooms FILE) give the five factors, and --set buyer_id= counts every order as off-live (also those of files that have buyers: `gmv ingest` each kind apart then, and give --store)",
        ),
        archive("before other bytes", [&sound[..], b"no archive\n"].concat(), FINE),
        archive(
            "two files of one name",
            twice(),
            "1 o.zip: this is a ZIP archive with two files of one name; unpack it and give the right one",
        ),
        lies("a size of 2 GiB", CENTRAL, 24, &[0, 0, 0, 0x80], FINE),
        lies("a size of ten bytes", CENTRAL, 24, &[10, 0, 0, 0], FINE),
        lies(
            "ten packed bytes",
            CENTRAL,
            20,
            &[10, 0, 0, 0],
            "1 o.zip#o.csv: this is a compressed file that ends before its data do (incomplete deflate stream); export it, or copy it, again",
        ),
    ]
}

pub fn archives_of_which_the_directory_lies() -> Vec<Case> {
    let lies = |name, signature, at, bytes: &[u8], expected: &str| {
        archive(name, lying(signature, at, bytes), expected)
    };
    vec![
        lies("2 GiB of packed bytes", CENTRAL, 20, &[0, 0, 0, 0x80], FINE),
        lies(
            "beyond the end",
            CENTRAL,
            42,
            &[0, 0, 0, 0x80],
            "1 o.zip: this is a damaged ZIP archive (invalid Zip archive: Unexpected end of zip::format::blocks::ZipLocalEntryBlock); export it again",
        ),
        lies(
            "within itself",
            CENTRAL,
            42,
            &[5, 0, 0, 0],
            "1 o.zip: this is a damaged ZIP archive (invalid Zip archive: Invalid local file header); export it again",
        ),
        lies(
            "another checksum",
            CENTRAL,
            16,
            &[1, 2, 3, 4],
            "1 o.zip#o.csv: this is a compressed file that is damaged (its checksum differs); export it, or copy it, again",
        ),
        lies(
            "packed in no way",
            CENTRAL,
            10,
            &[0, 0],
            "1 o.zip#o.csv: this is a compressed file that is damaged (its checksum differs); export it, or copy it, again",
        ),
        lies(
            "packed by nobody",
            CENTRAL,
            10,
            &[77, 0],
            "1 o.zip#o.csv: this is packed by Unknown, which is not read; unpack it and give the file inside",
        ),
    ]
}

pub fn members_of_which_the_directory_lies() -> Vec<Case> {
    let lies = |name, signature, at, bytes: &[u8], expected: &str| {
        archive(name, lying(signature, at, bytes), expected)
    };
    vec![
        lies(
            "with a password",
            CENTRAL,
            8,
            &[1, 0],
            "1 o.zip#o.csv: this is a member of a ZIP archive with a password; unpack it and give the file inside",
        ),
        lies(
            "five hundred members",
            END,
            8,
            &[0xF4, 1, 0xF4, 1],
            "1 o.zip: this is a damaged ZIP archive or workbook (invalid Zip archive: Unexpected end of zip::format::blocks::ZipCentralEntryBlock); export it again",
        ),
        lies(
            "a remark that is not there",
            END,
            20,
            &[0xFF, 0xFF],
            "1 o.zip: this is a damaged ZIP archive or workbook (invalid Zip archive: EOCD comment exceeds file boundary); export it again",
        ),
        archive(
            "nothing",
            [END, &[0; 18]].concat(),
            "1 o.zip: this is a ZIP archive without any file in it; export it again",
        ),
    ]
}

pub fn members_of_odd_names() -> Vec<Case> {
    let named = |name: &str| archive(format!("{name:?}"), zip(&[(name, ORDERS.as_bytes())]), FINE);
    let odd = [
        "/etc/passwd.csv",
        "../../x.csv",
        "..\\..\\x.csv",
        "C:\\con.csv",
        "\u{1b}[2Jx.csv",
        "\u{202e}vsc.csv",
        "a\0b.csv",
        "-rf.csv",
        "x#y#z.csv",
        "甲.csv",
    ];
    odd.into_iter().map(named).collect()
}

pub fn archives_of_several_things() -> Vec<Case> {
    let holds = |name, members: &[(&str, &[u8])], expected: &str| archive(name, zip(members), expected);
    let many: Vec<String> = (0..3000).map(|at| format!("{at}.csv")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    vec![
        holds(
            "a folder",
            &[("a/", b"")],
            "1 o.zip: this is a ZIP archive without any file in it; export it again",
        ),
        holds(
            "two",
            &[("a.csv", b"x"), ("b.csv", b"x")],
            "1 o.zip: this is a ZIP archive of several files: a.csv, b.csv; name one as o.zip#MEMBER",
        ),
        holds(
            "names that differ in their case",
            &[("a.csv", b"x"), ("A.CSV", b"x")],
            "1 o.zip: this is a ZIP archive of several files: a.csv, A.CSV; name one as o.zip#MEMBER",
        ),
        holds(
            "many",
            &many,
            "1 o.zip: this is a ZIP archive of several files: 0.csv, 1.csv, 2.csv, 3.csv, 4.csv, 5.csv, 6.csv, 7.csv, 8.csv, 9.csv, 10.csv, 11.csv, 12.csv, 13.csv, 14.csv, 15.csv, 16.csv, 17.csv, 18.csv, 19.csv and 2980 more; name one as o.zip#MEMBER",
        ),
        holds(
            "a document",
            &[("[Content_Types].xml", b"x"), ("word/document.xml", b"<x/>")],
            "1 o.zip: this is a document of Word or PowerPoint, which is not read; save it as .xlsx or CSV and give that file",
        ),
        holds(
            "slides",
            &[("[Content_Types].xml", b"x"), ("ppt/presentation.xml", b"<x/>")],
            "1 o.zip: this is a document of Word or PowerPoint, which is not read; save it as .xlsx or CSV and give that file",
        ),
        holds(
            "a page",
            &[("o.xls", b"<html><table></table></html>")],
            "1 o.zip#o.xls: this is a table in HTML or XML (often named .xls); open it in a spreadsheet program and save it as .xlsx or CSV",
        ),
    ]
}

pub fn archives_of_other_things() -> Vec<Case> {
    let holds = |name, members: &[(&str, &[u8])], expected: &str| archive(name, zip(members), expected);
    vec![
        holds(
            "an old workbook",
            &[("o.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")],
            "1 o.zip#o.xls: this is an old Excel workbook (.xls), or a workbook with a password; open it in a spreadsheet program and save it as .xlsx without a password, or as CSV",
        ),
        holds(
            "a picture",
            &[("o.png", b"\x89PNG\r\n\x1a\n")],
            "1 o.zip#o.png: this is a picture; export the table as CSV or .xlsx",
        ),
        holds(
            "zeros",
            &[("o.csv", &[0; 64])],
            "1 o.zip#o.csv: this is a file of zero bytes, as a copy that broke off leaves behind; export it, or copy it, again",
        ),
        holds(
            "a bad row",
            &[("o.csv", ORDERS.replacen("1299.90", "x", 1).as_bytes())],
            "1 o.zip#o.csv:4:6: amount \"x\" is no amount of money, such as 1299.90; 1 of 9 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        archive(
            "an archive in an archive",
            zip(&[("i.zip", &zip(&[("o.csv", ORDERS.as_bytes())]))]),
            "1 o.zip#i.zip: this is a ZIP archive within a ZIP archive; unpack it and give the one inside",
        ),
        archive(
            "packed by another program",
            lying(CENTRAL, 10, &[12, 0]),
            "1 o.zip#o.csv: this is packed by Bzip2, which is not read; unpack it and give the file inside",
        ),
    ]
}
