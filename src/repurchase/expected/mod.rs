//! What is to be expected of the buyers of today: how often they will buy again (BG/NBD), what an order of each will be worth
//! (Gamma–Gamma), and the orders and GMV of a coming stretch of time with an interval. Both models are fitted by maximum likelihood, or
//! refused with a reason.
//!
//! The story: [`history`] is what is known of a buyer; [`buying`] and [`spending`] fit the two models, both through [`fitting`];
//! `counting` says how many purchases one buyer will make; [`forecast`] adds buyers up.

pub mod buying;
mod counting;
pub mod fitting;
pub mod forecast;
mod gamma;
pub mod history;
pub mod refusal;
pub mod spending;
mod stepping;
