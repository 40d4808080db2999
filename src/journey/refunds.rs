//! Refunds on the lines of one order: capped at the line, the excess spread over the others by amount.

/// One line: what was paid, and what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetLine {
    /// The gross amount, in minor units.
    pub amount: i64,
    /// What is left after refunds, in minor units; never below 0.
    pub net: i64,
}

/// Subtracts each line's refund, and what exceeds a line from the other lines of the order: in proportion to their amounts by largest
/// remainder, ties to the earlier line, no line below 0.
pub fn subtract(lines: &mut [NetLine], refunds: &[i128]) {
    let mut excess: i128 = 0;
    for (line, &refund) in lines.iter_mut().zip(refunds) {
        let left = (i128::from(line.amount) - refund).max(0);
        excess += refund - (i128::from(line.amount) - left);
        // No more than the amount.
        line.net = left as i64;
    }
    subtract_whole(lines, excess);
}

/// Subtracts a refund of the whole order from what is left of its lines, as an excess is.
pub fn subtract_whole(lines: &mut [NetLine], mut refund: i128) {
    while refund > 0 && lines.iter().any(|line| line.net > 0) {
        refund = spread(lines, refund);
    }
}

/// One round: gives every line that has anything left its share of `excess`; returns what did not fit.
fn spread(lines: &mut [NetLine], excess: i128) -> i128 {
    let weight: i128 = lines.iter().filter(|line| line.net > 0).map(|line| i128::from(line.amount)).sum();
    let mut shares: Vec<(usize, i128, i128)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.net > 0)
        .map(|(at, line)| {
            let share = excess * i128::from(line.amount);
            (at, share / weight, share % weight)
        })
        .collect();
    let given: i128 = shares.iter().map(|(_, share, _)| share).sum();
    shares.sort_by_key(|&(at, _, remainder)| (-remainder, at));
    let mut missing = excess - given;
    let mut left = 0;
    for (at, share, _) in shares {
        let one_more = i128::from(missing > 0);
        let share = share + one_more;
        missing -= one_more;
        let taken = share.min(i128::from(lines[at].net));
        lines[at].net -= taken as i64;
        left += share - taken;
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn net(amounts: &[i64], refunds: &[i64]) -> Vec<i64> {
        let mut lines: Vec<_> = amounts.iter().map(|&amount| NetLine { amount, net: amount }).collect();
        let refunds: Vec<i128> = refunds.iter().map(|&refund| refund.into()).collect();
        subtract(&mut lines, &refunds);
        lines.iter().map(|line| line.net).collect()
    }

    #[test]
    fn an_excess_spreads_by_amount() {
        assert_eq!(net(&[100, 50, 50], &[150, 0, 0]), [0, 25, 25]);
        // 50 over 100 and 50: 33.33 and 16.67 → the larger remainder gets the cent.
        assert_eq!(net(&[10, 100, 50], &[60, 0, 0]), [0, 67, 33]);
        // 1 over two equal lines: the earlier one.
        assert_eq!(net(&[1, 5, 5], &[2, 0, 0]), [0, 4, 5]);
        // A line with little left takes no more than that; the rest spreads again.
        assert_eq!(net(&[100, 60, 60], &[150, 55, 0]), [0, 0, 15]);
        assert_eq!(net(&[100, 60], &[500, 0]), [0, 0]);
        assert_eq!(net(&[0, 60], &[0, 20]), [0, 40]);
        let mut whole = [100, 50].map(|amount| NetLine { amount, net: amount });
        subtract_whole(&mut whole, 30);
        assert_eq!(whole.map(|line| line.net), [80, 40]);
    }

    #[test]
    fn refunds_beyond_64_bits_take_no_more_than_there_is() {
        let mut lines = [NetLine { amount: 100, net: 100 }, NetLine { amount: 50, net: 50 }];
        subtract(&mut lines, &[1 << 100, 0]);
        assert_eq!(lines.map(|line| line.net), [0, 0]);
    }

    proptest! {
        #[test]
        fn refunds_are_subtracted_exactly_once(lines in prop::collection::vec((0_i64..1000, 0_i64..1500), 1..6)) {
            let (amounts, refunds): (Vec<i64>, Vec<i64>) = lines.into_iter().unzip();
            let net = net(&amounts, &refunds);
            let (paid, back): (i64, i64) = (amounts.iter().sum(), refunds.iter().sum());
            prop_assert_eq!(net.iter().sum::<i64>(), (paid - back).max(0));
            prop_assert!(net.iter().zip(&amounts).all(|(net, amount)| (0..=*amount).contains(net)));
        }
    }
}
