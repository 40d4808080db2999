//! The rules of a run, resolved: which orders count, what ties them to viewing, and how groups are formed.

use std::collections::HashMap;

use super::broadcasts::Broadcasts;
use crate::input::orders::StatusMeaning;
use crate::input::profile::Carrier;
use crate::units::{MinorUnits, Seconds};

/// Which amount an order counts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// What was paid, whatever happened later.
    Paid,
    /// What was paid, less refunds.
    Net,
}

/// What ties an order to viewing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribution {
    /// The buyer was present with the order's streamer in the order's period.
    Period,
    /// It was paid during a session of the buyer with the streamer, or at most so long after its end.
    Window(Seconds),
    /// The export says that it came from a live room.
    Carrier,
    /// Every order that has a streamer and a buyer.
    All,
}

/// Which domain a viewer has that came from both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainRule {
    /// Private if any session was.
    AnyPrivate,
    /// That of the session entered first; ties are private.
    First,
    /// That with more watch time; ties are private.
    Longest,
}

/// What happens to a status that no profile maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownStatus {
    /// The run fails and lists them.
    Refuse,
    /// The order counts as paid.
    Count,
    /// The order is skipped, and reported.
    Skip,
}

/// What makes an order another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Occasion {
    /// Each order.
    #[default]
    Orders,
    /// Each business day with orders: those bundled on one evening are one visit.
    Days,
}

/// The rules of a run.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Which amount counts.
    pub basis: Basis,
    /// What ties orders to viewing.
    pub attribution: Attribution,
    /// Which domain a viewer has.
    pub domain_rule: DomainRule,
    /// What an unmapped status does.
    pub unknown_status: UnknownStatus,
    /// What the codes of statuses mean.
    pub statuses: Vec<StatusMeaning>,
    /// The viewer-side columns that split groups.
    pub split: Split,
    /// Whether orders before the range are kept, since they tell who had bought before.
    pub history: bool,
    /// Whether what was refunded of each order is kept beside it, whatever the basis.
    pub tells_refunds: bool,
    /// The order-side columns that slice groups.
    pub slicing: Slicing,
    /// For each place ([`Broadcasts`]), a streamer's code mostly, the base group that it belongs to.
    pub base_of: Vec<u32>,
    /// What is known of broadcasts.
    pub broadcasts: Broadcasts,
}

/// The viewer-side columns that split groups.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Split {
    /// By domain.
    pub domain: bool,
    /// By traffic.
    pub traffic: bool,
    /// By new and returning persons.
    pub buyer_type: bool,
}

/// The order-side columns that slice groups.
#[derive(Debug, Clone, Default)]
pub struct Slicing {
    /// By the values of dimensions, which the reader has coded.
    pub dimensions: bool,
    /// By carrier.
    pub carrier: bool,
    /// By price band: the lower edges, ascending.
    pub price_bands: Option<Vec<MinorUnits>>,
}

impl Slicing {
    /// Whether any column slices groups.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.dimensions || self.carrier || self.price_bands.is_some()
    }

    /// The slice of a line of an order.
    #[must_use]
    pub fn slice(&self, dimensions: u32, carrier: Option<Carrier>, order_total: i64) -> Slice {
        let carrier = if self.carrier { Carrier::code(carrier) } else { 0 };
        let band =
            self.price_bands.as_ref().map_or(0, |edges| edges.partition_point(|edge| edge.0 <= order_total));
        let dimensions = if self.dimensions { dimensions } else { 0 };
        Slice(u64::from(dimensions) << 32 | u64::from(carrier) << 24 | band as u64)
    }
}

/// The values of the order-side columns of one slice, packed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, bytemuck::Pod, bytemuck::Zeroable,
)]
#[repr(transparent)]
pub struct Slice(u64);

impl Slice {
    /// The code of the dimensions' values.
    #[must_use]
    pub fn dimensions(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The carrier; `None` where the order has none.
    #[must_use]
    pub fn carrier(self) -> Option<Carrier> {
        Carrier::of_code((self.0 >> 24) as u8)
    }

    /// The number of the price band: how many of the edges are at most the order's total.
    #[must_use]
    pub fn band(self) -> usize {
        (self.0 & 0x00FF_FFFF) as usize
    }
}

/// The viewer-side values of a row, packed; the columns that do not split are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Side(pub u8);

/// A viewer-side domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// The private domain.
    Private,
    /// The public domain, and whether any of the sessions was paid for.
    Public {
        /// Whether any was.
        paid: bool,
    },
    /// No viewer of the group in the period.
    None,
}

/// Whether a person had bought from the group before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuyerType {
    /// No counted order in the group before the period.
    New,
    /// At least one.
    Returning,
    /// Nobody: an order without a buyer.
    None,
}

impl Side {
    /// Packs the values of the columns that split.
    #[must_use]
    #[inline]
    pub fn new(split: Split, domain: Domain, buyer_type: BuyerType) -> Self {
        let mut code = 0;
        if split.domain {
            code |= match domain {
                Domain::Private => 1,
                Domain::Public { .. } => 2,
                Domain::None => 3,
            };
        }
        if split.traffic {
            code |= match domain {
                Domain::Private => 1,
                Domain::Public { paid: false } => 2,
                Domain::Public { paid: true } => 3,
                Domain::None => 4,
            } << 2;
        }
        if split.buyer_type {
            code |= match buyer_type {
                BuyerType::New => 1,
                BuyerType::Returning => 2,
                BuyerType::None => 3,
            } << 5;
        }
        Self(code)
    }

    /// The text of the column `domain`.
    #[must_use]
    pub fn domain(self) -> &'static str {
        ["", "private", "public", "none"][usize::from(self.0 & 3)]
    }

    /// The text of the column `traffic`.
    #[must_use]
    pub fn traffic(self) -> &'static str {
        ["", "private", "organic", "paid", "none"]
            .get(usize::from(self.0 >> 2 & 7))
            .copied()
            .unwrap_or_default()
    }

    /// The text of the column `buyer_type`.
    #[must_use]
    pub fn buyer_type(self) -> &'static str {
        ["", "new", "returning", "none"][usize::from(self.0 >> 5 & 3)]
    }
}

/// A hash table of the kernel: its hash is the same on every run, and quick.
pub type Table<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_holds_the_columns_that_slice() {
        let carrier = Some(Carrier::Card);
        let bands = Some([100, 500].map(MinorUnits).to_vec());
        let all = Slicing { dimensions: true, carrier: true, price_bands: bands };
        for (total, band) in [(99, 0), (100, 1), (499, 1), (500, 2), (i64::MAX, 2)] {
            let slice = all.slice(u32::MAX, carrier, total);
            assert_eq!((slice.dimensions(), slice.carrier(), slice.band()), (u32::MAX, carrier, band));
        }
        assert_eq!(all.slice(5, None, 100).carrier(), None);
        let of = |slicing: &Slicing| {
            let slice = slicing.slice(7, carrier, 100);
            (slicing.is_any(), slice.dimensions(), slice.carrier(), slice.band())
        };
        assert_eq!(of(&Slicing::default()), (false, 0, None, 0));
        assert_eq!(of(&Slicing { dimensions: true, ..Slicing::default() }), (true, 7, None, 0));
        assert_eq!(of(&Slicing { carrier: true, ..Slicing::default() }), (true, 0, carrier, 0));
        let banded = Slicing { price_bands: all.price_bands, ..Slicing::default() };
        assert_eq!(of(&banded), (true, 0, None, 1));
    }

    #[test]
    fn a_side_holds_the_columns_that_split() {
        let whole = Split { domain: true, traffic: true, buyer_type: true };
        let domains = [
            (Domain::Private, "private", "private"),
            (Domain::Public { paid: false }, "public", "organic"),
            (Domain::Public { paid: true }, "public", "paid"),
            (Domain::None, "none", "none"),
        ];
        let types = [(BuyerType::New, "new"), (BuyerType::Returning, "returning"), (BuyerType::None, "none")];
        for (domain, name, traffic) in domains {
            for (buyer_type, type_name) in types {
                let texts = |split| {
                    let side = Side::new(split, domain, buyer_type);
                    [side.domain(), side.traffic(), side.buyer_type()]
                };
                assert_eq!(texts(whole), [name, traffic, type_name]);
                assert_eq!(texts(Split::default()), [""; 3]);
                assert_eq!(texts(Split { domain: true, ..Split::default() }), [name, "", ""]);
                assert_eq!(texts(Split { traffic: true, ..Split::default() }), ["", traffic, ""]);
                assert_eq!(texts(Split { buyer_type: true, ..Split::default() }), ["", "", type_name]);
            }
        }
    }
}
