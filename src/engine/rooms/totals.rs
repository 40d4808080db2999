//! What one broadcast counts with, and how broadcasts add up: a sum is known only where every broadcast knows its part.

use crate::input::rooms::{Figures, RoomRow};
use crate::sums::Sums;

/// How a file tells what remains after refunds.
#[derive(Debug, Clone, Copy)]
pub struct Net {
    /// It has the platform's own net money.
    pub by_platform: bool,
    /// It has the platform's own net orders.
    pub orders_by_platform: bool,
}

/// What a broadcast counts with; under net where `net` is given.
#[must_use]
pub fn sums(row: &RoomRow, net: Option<Net>) -> Sums {
    let figures = &row.figures;
    let (gmv, orders, buyers) = match net {
        None => (gross(figures), figures.orders, figures.buyers),
        Some(net) => remaining(figures, net),
    };
    Sums {
        watch: figures.watch.map(|watch| watch.0.into()),
        orders,
        gmv,
        viewers_broadcasts: figures.viewers,
        buyers_broadcasts: buyers,
        // A row of a date may be all that was live on it.
        broadcasts: (!row.by_date || row.live_id.is_some()).then_some(1),
        live_seconds: figures.live.map(|live| live.0.into()),
        spend: figures.spend.map(|spend| spend.0.into()),
        old_fans: figures.old_fans,
        ..Sums::default()
    }
}

fn gross(figures: &Figures) -> Option<i128> {
    figures.gmv.map(|gmv| gmv.0.into())
}

/// Money, orders and buyers after refunds. Exports do not tell who of the buyers kept nothing, so buyers are known only where nothing was
/// refunded; and so are orders, where the platform does not give net ones.
fn remaining(figures: &Figures, net: Net) -> (Option<i128>, Option<i64>, Option<i64>) {
    let nothing = figures.refund_orders == Some(0);
    let refund = figures.refund.map(|refund| refund.0.into()).or(nothing.then_some(0));
    let kept = if net.by_platform {
        figures.net_gmv.map(|net| net.0.into())
    } else {
        gross(figures).zip(refund).map(|(gmv, refund): (i128, i128)| (gmv - refund).max(0))
    };
    let orders = if net.orders_by_platform { figures.net_orders } else { figures.orders };
    // A refund that the platform's net figures leave out has been made all the same.
    let untouched = kept.is_some()
        && kept == gross(figures)
        && refund.is_none_or(|refund| refund == 0)
        && (!net.orders_by_platform || figures.net_orders == figures.orders);
    let orders = orders.filter(|_| untouched || net.orders_by_platform);
    (kept, orders, figures.buyers.filter(|_| untouched))
}

/// Adds another broadcast; the error is the name of the counts that add up to more than 64 bits hold.
///
/// # Errors
/// When counts do.
pub fn add(sums: &mut Sums, other: &Sums) -> Result<(), &'static str> {
    count("orders", &mut sums.orders, other.orders)?;
    count("uv_broadcasts", &mut sums.viewers_broadcasts, other.viewers_broadcasts)?;
    count("buyers_broadcasts", &mut sums.buyers_broadcasts, other.buyers_broadcasts)?;
    count("broadcasts", &mut sums.broadcasts, other.broadcasts)?;
    plus(&mut sums.watch, other.watch);
    plus(&mut sums.gmv, other.gmv);
    plus(&mut sums.live_seconds, other.live_seconds);
    plus(&mut sums.spend, other.spend);
    plus(&mut sums.old_fans, other.old_fans);
    Ok(())
}

fn count(name: &'static str, sum: &mut Option<i64>, other: Option<i64>) -> Result<(), &'static str> {
    *sum = sum.zip(other).map(|(a, b)| a.checked_add(b).ok_or(name)).transpose()?;
    Ok(())
}

/// Of 64 bits each, which no number of broadcasts brings beyond 128.
fn plus(sum: &mut Option<i128>, other: Option<i128>) {
    *sum = sum.zip(other).map(|(a, b)| a + b);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::MinorUnits;

    const BY_REFUND: Net = Net { by_platform: false, orders_by_platform: false };
    const BY_PLATFORM: Net = Net { by_platform: true, orders_by_platform: true };

    fn figures(gmv: i64, refund: Option<i64>, net: Option<i64>) -> Figures {
        Figures {
            buyers: Some(3),
            orders: Some(4),
            gmv: Some(MinorUnits(gmv)),
            refund: refund.map(MinorUnits),
            net_gmv: net.map(MinorUnits),
            net_orders: net.map(|_| 4),
            ..Figures::default()
        }
    }

    #[test]
    fn net_is_what_remains_and_nothing_that_is_not_known() {
        let by_refund = |refund| remaining(&figures(1000, refund, None), BY_REFUND);
        assert_eq!(by_refund(Some(0)), (Some(1000), Some(4), Some(3)));
        assert_eq!(by_refund(Some(400)), (Some(600), None, None));
        assert_eq!(by_refund(Some(4000)), (Some(0), None, None));
        assert_eq!(by_refund(None), (None, None, None));
        let none_refunded = Figures { refund_orders: Some(0), ..figures(1000, None, None) };
        assert_eq!(remaining(&none_refunded, BY_REFUND), (Some(1000), Some(4), Some(3)));
        let by_platform = |refund, net| remaining(&figures(1000, refund, net), BY_PLATFORM);
        assert_eq!(by_platform(None, Some(1000)), (Some(1000), Some(4), Some(3)));
        assert_eq!(by_platform(Some(0), Some(700)), (Some(700), Some(4), None));
        // Refunded after the platform counted its net.
        assert_eq!(by_platform(Some(100), Some(1000)), (Some(1000), Some(4), None));
        assert_eq!(by_platform(Some(400), None), (None, None, None));
    }

    #[test]
    fn one_broadcast_that_does_not_know_makes_the_sum_unknown() {
        let mut sums = Sums { watch: Some(5), orders: Some(2), ..Sums::default() };
        add(&mut sums, &Sums { watch: Some(7), orders: None, gmv: Some(1), ..Sums::default() }).unwrap();
        assert_eq!((sums.watch, sums.orders, sums.gmv), (Some(12), None, None));
    }

    #[test]
    fn counts_beyond_64_bits_are_refused_by_name() {
        let of =
            |most: i64| Sums { viewers_broadcasts: Some(most), watch: Some(most.into()), ..Sums::default() };
        let mut sums = of(i64::MAX - 1);
        assert_eq!(add(&mut sums, &of(1)), Ok(()));
        assert_eq!((sums.viewers_broadcasts, sums.watch), (Some(i64::MAX), Some(i64::MAX.into())));
        assert_eq!(add(&mut sums, &of(1)), Err("uv_broadcasts"));
    }
}
