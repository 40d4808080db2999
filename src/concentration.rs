//! Concentration: how GMV is spread over streamers, and the tiers that follow from it.

/// Of the cumulative GMV, head streamers make up the first half.
pub const HEAD: f64 = 0.5;
/// Head and mid streamers together make up nine tenths.
pub const MID: f64 = 0.9;

/// A tier of streamers by cumulative GMV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Those that together make the first 50 %.
    Head,
    /// Those up to 90 %.
    Mid,
    /// All others.
    Tail,
}

impl Tier {
    /// The word in the output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Mid => "mid",
            Self::Tail => "tail",
        }
    }
}

/// The tiers of streamers with this GMV, in their order: the largest first until half of all is reached, and so on; the one that passes an
/// edge is still within it. Without any GMV all are tail; those of equal GMV, or of none, are in one tier.
#[must_use]
pub fn tiers(gmv: &[i128]) -> Vec<Tier> {
    let mut largest: Vec<i128> = gmv.iter().copied().filter(|one| *one > 0).collect();
    largest.sort_unstable_by(|a, b| b.cmp(a));
    let total: i128 = largest.iter().sum();
    // The smallest GMV within each edge.
    let mut least = [i128::MAX; 2];
    let mut before = 0;
    for one in largest {
        for (least, edge) in least.iter_mut().zip([HEAD, MID]) {
            if (before as f64) < edge * total as f64 {
                *least = one;
            }
        }
        before += one;
    }
    let tier = |one: &i128| match (*one >= least[0], *one >= least[1]) {
        (true, _) => Tier::Head,
        (false, true) => Tier::Mid,
        (false, false) => Tier::Tail,
    };
    gmv.iter().map(tier).collect()
}

/// How GMV is spread over streamers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concentration {
    /// Streamers with any GMV.
    pub streamers: usize,
    /// The share of the largest, of 1.
    pub top_1: f64,
    /// The share of the ten largest.
    pub top_10: f64,
    /// The Herfindahl–Hirschman index: the sum of squared shares, from 1 / streamers to 1.
    pub hhi: f64,
}

impl Concentration {
    /// Of streamers with this GMV; `None` where there is none.
    #[must_use]
    pub fn of(gmv: &[i128]) -> Option<Self> {
        let mut largest: Vec<i128> = gmv.iter().copied().filter(|one| *one > 0).collect();
        largest.sort_unstable_by(|a, b| b.cmp(a));
        let total: i128 = largest.iter().sum();
        let share = |count: usize| largest.iter().take(count).sum::<i128>() as f64 / total as f64;
        let hhi = || largest.iter().map(|one| (*one as f64 / total as f64).powi(2)).sum();
        (total > 0).then(|| Self { streamers: largest.len(), top_1: share(1), top_10: share(10), hhi: hhi() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_by_hand() {
        use Tier::{Head, Mid, Tail};
        // Of 100: 40, and 20 more pass the half; then 60, 80 and 90 are before the next, and at 90 the tail begins.
        assert_eq!(tiers(&[10, 40, 20, 20, 10, 0]), [Mid, Head, Head, Head, Mid, Tail]);
        assert_eq!(tiers(&[50, 40, 6, 4]), [Head, Mid, Tail, Tail]);
        assert_eq!(tiers(&[0, 0]), [Tail, Tail]);
        assert_eq!(tiers(&[]), []);
        assert_eq!(tiers(&[7]), [Head]);
    }

    #[test]
    fn concentration_by_hand() {
        let found = Concentration::of(&[60, 30, 0, 10]).unwrap();
        assert_eq!(found.streamers, 3);
        assert!((found.top_1 - 0.6).abs() < 1e-15 && (found.top_10 - 1.0).abs() < 1e-15);
        assert!((found.hhi - 0.46).abs() < 1e-15);
        assert_eq!(Concentration::of(&[0]), None);
    }
}
