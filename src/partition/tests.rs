//! Rows in memory, in files, and in portions.

use std::num::NonZeroUsize;

use super::*;

type Wide = [u64; 11];

fn key(n: u64) -> IdKey {
    IdKey::new(n.to_string().as_bytes())
}

/// The rows of 0 to `count`, appended by two workers.
fn parts(memory: &Memory, count: u64) -> Parts<Wide> {
    let mut workers = [Partition::new(memory), Partition::new(memory)];
    for n in 0..count {
        workers[usize::from(n % 3 == 0)].push(key(n), [n; 11]);
    }
    Parts::gather(workers).unwrap()
}

/// A bound with room for eight slabs of 16 KiB.
fn tight() -> Memory {
    Memory::default().with_rows(8 << 14)
}

#[test]
fn every_row_is_in_the_part_of_its_key_and_nothing_else_is() {
    for memory in [Memory::default(), tight()] {
        let parts = parts(&memory, 300_000);
        let mut seen = Vec::new();
        for part in 0..PARTS {
            let mut rows = Vec::new();
            parts.read(part, &mut rows).unwrap();
            assert_eq!(rows.len(), parts.len(part));
            assert!(rows.iter().all(|row| part_of(key(row[0])) == part));
            seen.extend(rows.iter().map(|row| row[0]));
        }
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..300_000));
    }
}

#[test]
fn only_what_finds_no_room_is_in_files() {
    let (wide, tight) = (Memory::default(), tight());
    parts(&wide, 300_000);
    assert_eq!(wide.spilled(), None);
    parts(&tight, 300_000);
    let (rows, spilled) = (300_000 * size_of::<Wide>() as u64, tight.spilled().unwrap().0.0);
    assert!(spilled < rows && spilled > rows - (9 << 14), "{spilled} of {rows}");
    assert!(tight.take_slab().is_some(), "slabs are given back");
}

#[test]
fn the_last_parts_stay_in_memory() {
    let bound = 13 << 20;
    let memory = Memory::default().with_rows(bound);
    let parts = parts(&memory, 300_000);
    let stay = 300_000 * size_of::<Wide>() as u64 - memory.spilled().unwrap().0.0;
    // The last time that there was no room, a quarter went to the file; of thirteen slabs, open chunks leave some empty.
    assert!((bound / 2..bound).contains(&stay), "{stay} of {bound}");
    let in_memory = |part| parts.pieces(part).map(<[_]>::len).sum::<usize>();
    assert_eq!(in_memory(PARTS - 1), parts.len(PARTS - 1));
    assert!(in_memory(0) < parts.len(0) / 2);
}

#[test]
fn rows_of_one_worker_stay_in_their_order() {
    let memory = tight();
    let mut worker = Partition::new(&memory);
    for n in 0..100_000_u64 {
        worker.append((n % 7) as usize, [n; 11]);
    }
    let parts = Parts::gather([worker]).unwrap();
    for part in 0..7 {
        let (mut rows, mut pieces) = (Vec::new(), Vec::new());
        parts.read(part, &mut rows).unwrap();
        parts.each_piece(part, |rows| pieces.extend_from_slice(rows)).unwrap();
        assert!(rows.iter().map(|row| row[0]).eq((part as u64..100_000).step_by(7)));
        assert_eq!(rows, pieces);
    }
}

/// The key of a number: of a quarter of them, the same one.
fn owner(n: u64) -> IdKey {
    key(if n.is_multiple_of(4) { 4 } else { n / 8 })
}

#[test]
fn a_part_that_is_too_large_comes_in_portions_with_all_rows_of_a_key_in_one() {
    let memory = tight();
    let (mut wide, mut narrow) = (Partition::new(&memory), Partition::new(&memory));
    for n in 0..60_000_u64 {
        wide.append(5, [n; 11]);
        narrow.append(5, n);
    }
    let (wide, narrow) = (Parts::gather([wide]).unwrap(), Parts::gather([narrow]).unwrap());
    let keys = Keys { first: |row: &Wide| owner(row[0]), second: |n: &u64| owner(*n), of: "person" };
    let (mut seen, mut homes, mut portions) = (Vec::new(), std::collections::HashMap::new(), 0);
    let memory = Memory::new(1 << 24, NonZeroUsize::MIN).with_rows(8 << 14);
    in_portions(&memory, keys, (&wide, &narrow), 5, &mut |wide: &Rows<'_, _>, narrow: &Rows<'_, _>| {
        portions += 1;
        let (mut rows, mut loaded, mut ids) = (Vec::new(), Vec::new(), Vec::new());
        wide.read(&mut rows)?;
        let loaded = wide.load(&mut loaded)?;
        narrow.read(&mut ids)?;
        assert_eq!(wide.pieces(loaded).map(<[_]>::len).sum::<usize>(), rows.len());
        for row in &rows {
            assert_eq!(*homes.entry(owner(row[0])).or_insert(portions), portions);
        }
        let mut wide: Vec<u64> = rows.iter().map(|row| row[0]).collect();
        wide.sort_unstable();
        ids.sort_unstable();
        assert_eq!(wide, ids);
        seen.extend(wide);
        Ok::<_, MemoryError>(())
    })
    .unwrap();
    assert!(portions > 20, "{portions}");
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..60_000));
}

#[test]
fn one_key_with_too_many_rows_says_what_it_needs() {
    let mut worker = Partition::new(&tight());
    (0..60_000_u64).for_each(|n| worker.append(5, [n; 11]));
    let parts = Parts::gather([worker]).unwrap();
    let memory = Memory::new(1 << 23, NonZeroUsize::MIN).with_rows(8 << 14);
    let one: fn(&Wide) -> IdKey = |_| key(1);
    let found = each_portion(&memory, (one, "person"), &parts, 5, &mut |_| Ok::<_, MemoryError>(()));
    let said = found.unwrap_err().to_string();
    let expected = "the rows of one person take 6MiB, which must be in memory at once, and --memory 8MiB has no room for them; allow \
                    --memory 41MiB";
    assert_eq!(said, expected);
}

#[test]
fn a_folder_that_is_not_there_is_one_clear_error() {
    let memory = tight().in_folder("/no/such/folder".into());
    let mut worker = Partition::new(&memory);
    (0..60_000_u64).for_each(|n| worker.push(key(n), [n; 11]));
    let said = Parts::gather([worker]).unwrap_err().to_string();
    assert!(
        said.starts_with("/no/such/folder: rows that --memory leaves no room for cannot be written to"),
        "{said}"
    );
    assert!(said.ends_with("name a folder with room in TMPDIR, or allow more with --memory SIZE"), "{said}");
}

#[test]
fn a_failure_stops_the_work_on_parts() {
    let mut workers = [0, 0];
    let failed = for_each_part(&mut workers, |done, part| {
        *done += 1;
        if part == 7 { Err("seven") } else { Ok(()) }
    });
    assert_eq!(failed, Err("seven"));
}

#[test]
fn what_is_left_of_parts_takes_their_places() {
    let (wide, tight) = (Memory::default(), tight());
    assert!(!parts(&tight, 50_000).can_be_rewritten(&tight));
    let read = parts(&wide, 50_000);
    assert!(read.can_be_rewritten(&wide));
    let mut workers = [Vec::new(), Vec::new(), Vec::new()];
    let left = read.rewritten(&mut workers, |seen, rows, place| {
        seen.extend(rows.iter().map(|row| row[0]));
        let mut rows = rows.to_vec();
        rows.sort_unstable();
        // None of some parts, all of others, pieces of one row and of more.
        rows.retain(|row| row[0] % 7 != 3 && part_of(key(row[0])) > 2 || part_of(key(row[0])) == 9);
        rows.chunks(3).for_each(|rows| place.put(rows));
    });
    let mut seen = workers.concat();
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..50_000));
    for part in 0..PARTS {
        let mut rows = Vec::new();
        left.read(part, &mut rows).unwrap();
        let stays = |n: &u64| part_of(key(*n)) == part && (n % 7 != 3 && part > 2 || part == 9);
        assert!(rows.iter().map(|row| row[0]).eq((0..50_000).filter(stays)), "{part}");
    }
}

#[test]
fn rows_come_in_the_order_in_which_they_were_appended() {
    let keys = Keys { first: |row: &Wide| key(row[0]), second: |_: &u8| IdKey::NOBODY, of: "row" };
    for (memory, read) in
        [Memory::default(), tight()].into_iter().map(|memory| (memory.clone(), parts(&memory, 20_000)))
    {
        let mut buffer = Vec::new();
        for part in 0..PARTS {
            let mut compare = |portion: &Rows<'_, Wide>, _: &Rows<'_, u8>| {
                let mut rows = Vec::new();
                portion.read(&mut rows)?;
                assert!(portion.in_turn(&mut buffer)?.flatten().eq(&rows));
                Ok::<_, MemoryError>(())
            };
            in_portions(&memory, keys, (&read, &Parts::default()), part, &mut compare).unwrap();
        }
    }
}
