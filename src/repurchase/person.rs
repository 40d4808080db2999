//! What one person did in a row: a slice of a group in a period.

use super::gathering::{OfSlice, Ordered, Refunded};
use super::rates::{Asked, Bought, Rate};
use crate::journey::overflow::Overflow;

/// What a person did in a row; what is so or not is 1 or 0.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    orders: i64,
    gmv: i64,
    days: i64,
    /// Two occasions or more in the period.
    repeat: i64,
    /// An order before the period.
    returning: i64,
    /// A private-domain viewer.
    private: i64,
    /// Attributed orders that were not the first with their streamer.
    repeat_orders: i64,
    /// Two occasions or more so far.
    bought_again: i64,
    refunds: Refunds,
}

/// What a person had refunded in a row.
#[derive(Debug, Clone, Copy)]
struct Refunds {
    /// Orders of which anything was refunded.
    orders: i64,
    /// The money.
    money: i64,
    /// Orders as they were paid, also those of which nothing is left.
    paid_orders: i64,
    /// Their money as it was paid.
    paid: i64,
    /// The first order with the group lies in the row.
    first: i64,
    /// And anything of it was refunded.
    first_refunded: i64,
}

impl Person {
    /// Of what a person did in a slice of a group, the part in a period.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn new(all: OfSlice<'_>, period: u32, is_private: bool, asked: Asked) -> Result<Self, Overflow> {
        let orders = all.orders;
        // Orders before all periods have none, and come first.
        let start = orders.partition_point(|one| one.period < Some(period));
        let end = orders.partition_point(|one| one.period <= Some(period));
        let (own, so_far) = (&orders[start..end], &orders[..end]);
        let attributed = || own.iter().filter(|one| one.is_attributed);
        let (count, days) = (attributed().count() as i64, days_of(attributed()));
        let is_first = |one: &Ordered| {
            let same = |other: &&Ordered| other.streamer == one.streamer;
            orders.iter().find(same).is_some_and(|first| std::ptr::eq(first, one))
        };
        let gmv =
            attributed().try_fold(0_i64, |sum, one| sum.checked_add(one.amount)).ok_or_else(paid_too_much)?;
        Ok(Self {
            orders: count,
            gmv,
            days,
            repeat: i64::from(asked.is_repeat(count, days)),
            returning: i64::from(start > 0),
            private: i64::from(is_private),
            repeat_orders: attributed().filter(|one| !is_first(one)).count() as i64,
            bought_again: i64::from(asked.is_repeat(so_far.len() as i64, days_of(so_far.iter()))),
            refunds: Refunds::new(all, period, (count, gmv), asked.is_net)?,
        })
    }

    /// Adds the person to a row.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn add_to(&self, row: &mut Bought) -> Result<(), Overflow> {
        let (orders, gmv, refunds) = (self.orders, self.gmv, self.refunds);
        let is_buyer = i64::from(orders > 0);
        row.buyers += is_buyer;
        row.orders += orders;
        row.gmv = row.gmv.checked_add(i128::from(gmv)).ok_or_else(|| Overflow::of("GMV"))?;
        row.buyer_days += self.days;
        let private = self.private * is_buyer;
        row.private_buyers += private;
        row.private_repeat_buyers += private * self.bought_again;
        row.private_multi_period_buyers += private * self.returning;
        for rate in Rate::ALL {
            let (x, y) = match rate {
                Rate::Repurchase => (self.repeat, is_buyer),
                Rate::OrdersPerBuyer => (orders, is_buyer),
                Rate::OrdersPerBuyerDay => (orders, self.days),
                Rate::GmvPerBuyer => (gmv, is_buyer),
                Rate::OrderValue => (gmv, orders),
                Rate::Returning => (self.returning * is_buyer, is_buyer),
                Rate::ReturningOrders => (self.returning * orders, orders),
                Rate::ReturningGmv => (self.returning * gmv, gmv),
                Rate::PrivateGmv => (self.private * gmv, gmv),
                Rate::PrivateRepurchase => (self.private * self.repeat_orders, self.repeat_orders),
                Rate::RefundOrders => (refunds.orders, refunds.paid_orders),
                Rate::RefundGmv => (refunds.money, refunds.paid),
                Rate::FirstOrderRefund => (refunds.first_refunded, refunds.first),
            };
            row.ratio(rate).add(x, y)?;
        }
        Ok(())
    }
}

impl Refunds {
    /// `left` are the attributed orders of the row and their money, as they count.
    fn new(all: OfSlice<'_>, period: u32, (orders, gmv): (i64, i64), is_net: bool) -> Result<Self, Overflow> {
        let is_own = |order: &Ordered| order.period == Some(period) && order.is_attributed;
        let own = || all.refunds.iter().filter(|refund| is_own(&refund.order));
        let sum = |sum: i64, refund: &Refunded| sum.checked_add(refund.order.amount);
        let money = own().try_fold(0, sum).ok_or_else(paid_too_much)?;
        let gone = own().filter(|refund| refund.is_gone).count() as i64;
        let paid = if is_net { gmv.checked_add(money).ok_or_else(paid_too_much)? } else { gmv };
        // What was paid for in one second is one first order.
        let nothing_left = || all.refunds.iter().filter(|refund| refund.is_gone).map(|refund| &refund.order);
        let second =
            all.orders.first().into_iter().chain(nothing_left().next()).map(|order| order.paid_at).min();
        let is_of_it = |order: &&Ordered| Some(order.paid_at) == second;
        let is_first =
            all.orders.iter().take_while(is_of_it).chain(nothing_left().filter(is_of_it)).any(is_own);
        let was_refunded = |refund: &Refunded| refund.order.amount > 0 && is_of_it(&&refund.order);
        Ok(Self {
            orders: own().filter(|refund| refund.order.amount > 0).count() as i64,
            money,
            paid_orders: orders + gone,
            paid,
            first: i64::from(is_first),
            first_refunded: i64::from(is_first && all.refunds.iter().any(was_refunded)),
        })
    }
}

#[cold]
fn paid_too_much() -> Overflow {
    Overflow::of("what one buyer paid")
}

/// On how many days orders, in the order of time, were paid.
fn days_of<'o>(orders: impl Iterator<Item = &'o Ordered>) -> i64 {
    let (mut count, mut last) = (0, None);
    for order in orders {
        count += i64::from(last != Some(order.day));
        last = Some(order.day);
    }
    count
}
