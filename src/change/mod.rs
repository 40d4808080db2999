//! What each factor did to GMV between two periods, and how sure that is.
//!
//! A [leaf] is a streamer, or a segment of one; its change of GMV is divided among the factors by a [method]. [Rows](rows) sum leaves.
//! [How sure](influence) an effect is comes from the influence of each person on it, or [by trying](bootstrap); [what is usual](yardstick) from
//! the periods before. [Slices](explain) of all columns at once tell where GMV moved otherwise than elsewhere. A [comparison](mod@compare) puts them together, [rounded] so that effects add up to the cent.

pub mod bootstrap;
pub mod compare;
pub mod dual;
pub mod effect;
pub mod explain;
pub mod influence;
pub mod leaf;
pub mod method;
pub mod pair;
pub mod printed;
mod rounding;
pub mod rows;
#[cfg(test)]
mod tests;
pub mod yardstick;

pub use bootstrap::Bootstrap;
pub use compare::{Compared, Judgement, Precision, RowChange, compare};
pub use effect::{Effect, PerEffect};
pub use method::Method;
pub use pair::{Asked, Pair, PairError};
pub use rounding::rounded;
pub use rows::Status;
