//! Finding the delimiters and line ends of a block, 64 bytes at a time.

use wide::u8x16;

/// The places of delimiters and line ends in a block; keeps its memory from block to block.
#[derive(Debug, Default)]
pub struct Positions {
    at: Vec<u32>,
    lines: Vec<u32>,
}

/// Where cells and lines end.
#[derive(Debug)]
pub struct Found<'a> {
    /// The ends of all cells in ascending order, behind the place before the text (`u32::MAX`): a cell begins one after the entry before
    /// its end. Behind them are [`ROOM`] entries more, of `u32::MAX`.
    pub at: &'a mut [u32],
    /// Of them those that end a line; the last is the end of a text that does not end with a line end.
    pub lines: &'a [u32],
}

/// Entries that may be read behind the last end.
pub const ROOM: usize = 129;

/// Bytes that are looked at together, and the most places that they can give.
const STRIDE: usize = 64;
/// Ends of cells that are written at a time: with short cells, 64 bytes mostly hold fewer, and the loop then has no branch to foresee.
const CELLS: usize = 8;
/// The same of ends of lines.
const LINES: usize = 2;

impl Positions {
    /// The places of a delimiter and of line ends in `text`.
    ///
    /// `memchr2_iter` starts its search anew for every hit, and cells are short: on 830 MB of sessions it takes 0.46 s, this 0.07 s.
    pub fn find(&mut self, text: &[u8], delimiter: u8) -> Found<'_> {
        let room = text.len() + STRIDE + ROOM;
        if self.at.len() < room {
            self.at.resize(room, 0);
            self.lines.resize(room, 0);
        }
        self.at[0] = u32::MAX;
        let (blocks, rest) = text.as_chunks::<STRIDE>();
        let (found, lines) = find(blocks, delimiter, &mut self.at[1..], &mut self.lines);
        let (mut found, mut lines) = (found + 1, lines);
        let begun = text.len() - rest.len();
        let last = (text.last().is_some_and(|&last| last != b'\n')).then_some((text.len(), b'\n'));
        for (at, byte) in rest.iter().enumerate().map(|(at, &byte)| (begun + at, byte)).chain(last) {
            if byte == delimiter || byte == b'\n' {
                self.at[found] = at as u32;
                found += 1;
            }
            if byte == b'\n' {
                self.lines[lines] = at as u32;
                lines += 1;
            }
        }
        // What is left of earlier blocks ends no line of this one.
        self.at[found..found + ROOM].fill(u32::MAX);
        Found { at: &mut self.at[..found + ROOM], lines: &self.lines[..lines] }
    }
}

/// Writes the places of both in whole blocks, and returns how many there are. Counting bits and finding them are single instructions of
/// all processors of the last ten years, and comparing 64 bytes is one of newer ones.
#[multiversion::multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq+bmi1+bmi2+lzcnt+popcnt",
    "x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"
))]
fn find(blocks: &[[u8; STRIDE]], delimiter: u8, at: &mut [u32], ends: &mut [u32]) -> (usize, usize) {
    let (a, b) = (u8x16::splat(delimiter), u8x16::splat(b'\n'));
    let (mut found, mut lines) = (0, 0);
    for (number, block) in blocks.iter().enumerate() {
        let (cells, line_ends) = hits(block, a, b);
        let base = (number * STRIDE) as u32;
        found = write::<CELLS>(at, found, cells, base);
        lines = write::<LINES>(ends, lines, line_ends, base);
    }
    (found, lines)
}

/// Which of 64 bytes are one of the two, and which the second, by bits from the lowest.
#[inline(always)]
#[expect(clippy::inline_always, reason = "compiled for the processor, as what calls it")]
fn hits(block: &[u8; STRIDE], a: u8x16, b: u8x16) -> (u64, u64) {
    let (halves, _) = block.as_chunks::<32>();
    let (mut either, mut second) = (0_u64, 0_u64);
    for (at, half) in halves.iter().enumerate() {
        // Two halves of 32 bits each, which AVX2 finds at once.
        let (lanes, _) = half.as_chunks::<16>();
        let (mut of_either, mut of_second) = (0_u32, 0_u32);
        for (at, lane) in lanes.iter().enumerate() {
            let bytes = u8x16::new(*lane);
            let ends = bytes.simd_eq(b);
            of_either |= ((bytes.simd_eq(a) | ends).to_bitmask() & 0xFFFF) << (16 * at);
            of_second |= (ends.to_bitmask() & 0xFFFF) << (16 * at);
        }
        either |= u64::from(of_either) << (32 * at);
        second |= u64::from(of_second) << (32 * at);
    }
    (either, second)
}

/// Whether all bytes are ASCII.
#[must_use]
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2"))]
pub fn is_ascii(text: &[u8]) -> bool {
    let (blocks, rest) = text.as_chunks::<STRIDE>();
    let mut seen = [0_u8; STRIDE];
    for block in blocks {
        for (seen, byte) in seen.iter_mut().zip(block) {
            *seen |= byte;
        }
    }
    seen.is_ascii() && rest.is_ascii()
}

/// Writes the places of the bits that are set behind those `before`, `N` at a time, and returns how many there are then; what it writes
/// beyond them is overwritten by the next.
#[inline(always)]
#[expect(clippy::inline_always, reason = "compiled for the processor, as what calls it")]
fn write<const N: usize>(places: &mut [u32], before: usize, mut hits: u64, base: u32) -> usize {
    let count = before + hits.count_ones() as usize;
    let mut at = before;
    while let Some(group) = places.get_mut(at..at + N) {
        for place in group {
            *place = base.wrapping_add(hits.trailing_zeros());
            hits &= hits.wrapping_sub(1);
        }
        if hits == 0 {
            break;
        }
        at += N;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_memchr(text in prop::collection::vec(prop::sample::select(vec![b',', b'\n', b'a', 0, 0xFF]), 0..300), again in 0_usize..100) {
            let mut positions = Positions::default();
            for text in [&text[..], &text[again.min(text.len())..]] {
                let end = text.last().is_some_and(|&last| last != b'\n').then_some(text.len());
                let lines: Vec<u32> = memchr::memchr_iter(b'\n', text).chain(end).map(|at| at as u32).collect();
                let mut at = vec![u32::MAX];
                at.extend(memchr::memchr2_iter(b',', b'\n', text).chain(end).map(|at| at as u32));
                let found = positions.find(text, b',');
                prop_assert_eq!(&found.at[..found.at.len() - ROOM], &at[..]);
                prop_assert!(found.at[found.at.len() - ROOM..].iter().all(|&at| at == u32::MAX));
                prop_assert_eq!(found.lines, &lines[..]);
                prop_assert_eq!(is_ascii(text), text.is_ascii());
            }
        }
    }
}
