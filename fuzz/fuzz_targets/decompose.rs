//! A small world and a question: every sum of the library is that of the slow reference of the tests.
#![no_main]

use std::cell::RefCell;

use gmv_fuzz::Way;
use gmv_fuzz::asking::Places;
use gmv_fuzz::reference::answer;
use gmv_fuzz::world::rows;
use gmv_fuzz::worlds::draw;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static PLACES: RefCell<Places> = RefCell::default();
}

fuzz_target!(|data: &[u8]| {
    let Some((&way, bytes)) = data.split_first() else { return };
    let Ok((world, question)) = draw(bytes) else { return };
    let expected = answer(&world, &question);
    let found = PLACES.with_borrow_mut(|places| places.write(&world).ask(&question, Way::other(way)));
    let (aggregate, report) = found.expect("a world without faults");
    let found = rows(&aggregate);
    for (key, row) in &expected.rows {
        assert_eq!(found.get(key), Some(row), "{key:?} {question:?}");
    }
    assert!(found.keys().eq(expected.rows.keys()), "{found:?} {expected:?}");
    assert_eq!(aggregate.total.as_ref(), Some(&expected.total));
    assert_eq!(report.orders.orders, expected.orders);
});
