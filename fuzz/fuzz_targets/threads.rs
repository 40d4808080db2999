//! A small world many times side by side: one thread with room for all rows, and several with room for hardly any, which write them to
//! temporary files, give the same sums and the same report.
#![no_main]

use std::cell::RefCell;

use gmv_fuzz::Way;
use gmv_fuzz::asking::Places;
use gmv_fuzz::worlds::{draw, repeated};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static PLACES: RefCell<Places> = RefCell::default();
}

fuzz_target!(|data: &[u8]| {
    let [times, way, bytes @ ..] = data else { return };
    let Ok((world, question)) = draw(bytes) else { return };
    let world = repeated(world, 1 + usize::from(times & 15));
    PLACES.with_borrow_mut(|places| {
        let written = places.write(&world);
        let (plain, of_plain) = written.ask(&question, Way::PLAIN).expect("a world without faults");
        let (other, of_other) = written.ask(&question, Way::crowded(*way)).expect("a world without faults");
        assert_eq!(plain, other, "{question:?}");
        assert_eq!(format!("{of_plain:?}"), format!("{of_other:?}"), "{question:?}");
    });
});
