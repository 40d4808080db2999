use super::*;

/// Row groups of two rows of an id, a time, an amount, and whether its status says that it was never paid.
fn counted(rows: &[(&str, Option<i64>, i64, bool)]) -> Vec<OrderGroup> {
    let mut counting = Counting::new(&Memory::default());
    counting.groups = vec![OrderGroup::default(); rows.len().div_ceil(2)];
    for (at, &(order, paid, amount, never)) in rows.iter().enumerate() {
        counting.take(Known {
            order: IdKey::new(order.as_bytes()),
            group: at as u32 / 2,
            row: at as u32 % 2,
            paid_at: paid.unwrap_or(Known::NEVER),
            amount,
            is_never_paid: never.into(),
        });
    }
    counting.finish().unwrap()
}

#[test]
fn of_the_rows_of_an_order_the_last_stands() {
    let groups = counted(&[
        ("a", Some(10), 1, false),
        ("b", None, 2, true),
        ("c", Some(30), 4, true),
        ("a", Some(11), 8, false),
        ("b", Some(20), 16, false),
        ("a", Some(12), 32, false),
        ("d", Some(40), 64, false),
    ]);
    let rows = |rows, money| Portion { rows, money };
    let none = OrderGroup::default();
    let expected = [
        OrderGroup { superseded: rows(2, 3), ..none },
        OrderGroup {
            superseded: rows(1, 8),
            never_paid: rows(1, 4),
            times: Some((30, 30)),
            replaces: Some(0),
            ..none
        },
        OrderGroup { paid: rows(2, 48), times: Some((12, 20)), replaces: Some(0), ..none },
        OrderGroup { paid: rows(1, 64), times: Some((40, 40)), ..none },
    ];
    assert_eq!(groups, expected);
    assert_eq!(groups[0].all(), rows(2, 3));
}

#[test]
fn a_count_that_was_changed_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("orders");
    std::fs::create_dir(&files).unwrap();
    let standing = Standing { seals: Vec::new(), files: vec![counted(&[("a", Some(10), 1, false)])] };
    let path = folder.path().join(FILE);
    standing.write(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let (digest, json) = text.split_once('\n').unwrap();
    assert_eq!(digest, digest_of(json));
    assert_eq!(serde_json::from_str::<Standing>(json).unwrap(), standing);
    assert_ne!(digest, digest_of(&json.replace("\"money\":1", "\"money\":2")));
}
