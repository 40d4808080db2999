//! The journey of one viewer, its sessions and orders in time order, and everything that one walk over it gives: presence, unions of
//! watch intervals, domains, attribution, new or returning, and the second moments.
//!
//! [`settle`] says which orders count and turns them into items of the buyer's journey; [`walk`] goes over the journeys, a part at a
//! time; [`accumulate`] adds up; [`aside`] keeps sums that memory has no room for. All of it is integers, so the result depends neither on threads nor on order.

pub mod accumulate;
pub mod aftersales;
pub mod aside;
pub mod attribution;
pub mod broadcasts;
pub mod buckets;
pub mod dense;
pub mod overflow;
pub mod presence;
pub mod refunds;
pub mod rules;
pub mod settle;
pub mod walk;
