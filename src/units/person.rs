//! Persons, as the journey knows them: in 96 bits, so that a session takes 24 bytes.

use super::IdKey;

/// A person in 96 bits, in which two merge but by a chance that can be left out of account.
///
/// Whole numbers of up to 19 digits and texts of up to 11 bytes are kept as they are; longer texts as 88 bits of XXH3, where a collision
/// among 10⁸ persons has a probability below 10⁻¹⁰. Kinds are told apart as those of [`IdKey`].
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, bytemuck::Pod, bytemuck::Zeroable,
)]
#[repr(transparent)]
pub struct PersonKey(IdKey);

impl PersonKey {
    /// A buyer or viewer who is nobody.
    pub const NOBODY: Self = Self(IdKey::NOBODY);
    /// The longest text that is kept as it is.
    const SHORT: u64 = 11;

    /// The person of an id's text.
    #[must_use]
    pub fn new(text: &[u8]) -> Self {
        IdKey::new(text).person()
    }

    /// The person of these halves.
    #[must_use]
    #[inline]
    pub fn of_halves(high: u64, low: u32) -> Self {
        Self(IdKey { high, low: low.into() })
    }

    /// Its first 64 bits, and the other 32.
    #[must_use]
    #[inline]
    pub fn halves(self) -> (u64, u32) {
        (self.0.high, self.0.low as u32)
    }

    /// Whether it is nobody.
    #[must_use]
    #[inline]
    pub fn is_nobody(self) -> bool {
        self.0.is_nobody()
    }

    /// See [`IdKey::mixed`].
    #[must_use]
    #[inline]
    pub fn mixed(self) -> u64 {
        self.0.mixed()
    }
}

impl IdKey {
    /// The person of this id.
    #[must_use]
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a key that goes through memory in two halves waits for both")]
    pub fn person(self) -> PersonKey {
        if self.high < Self::HASHED && self.low & 0xFF <= PersonKey::SHORT {
            return PersonKey::of_halves(self.high, (self.low >> 40 << 8 | self.low & 0xFF) as u32);
        }
        if self.high == Self::WHOLE_NUMBER {
            return PersonKey::of_halves(Self::WHOLE_NUMBER | self.low >> 32, self.low as u32);
        }
        self.long_person()
    }

    /// That of a longer text, or of one hashed already.
    #[inline(never)]
    fn long_person(self) -> PersonKey {
        let (high, low) = if self.high >= Self::HASHED {
            (self.high, self.low)
        } else {
            let packed = (u128::from(self.high) << 64 | u128::from(self.low)).to_be_bytes();
            let hash = xxhash_rust::xxh3::xxh3_128(&packed);
            ((hash >> 64) as u64 >> 8 | Self::HASHED, hash as u64)
        };
        PersonKey::of_halves(high, (low >> 32) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn distinct_persons_have_distinct_keys(a in "([1-9][0-9]{0,19}|[0-9a-z甲]{0,20})", b in "([1-9][0-9]{0,19}|[0-9a-z甲]{0,20})") {
            prop_assert_eq!(a == b, PersonKey::new(a.as_bytes()) == PersonKey::new(b.as_bytes()));
        }

        #[test]
        fn halves_are_the_whole(id in "([1-9][0-9]{0,19}|[0-9a-z]{0,20})") {
            let person = PersonKey::new(id.as_bytes());
            let (high, low) = person.halves();
            prop_assert_eq!(PersonKey::of_halves(high, low), person);
            prop_assert_eq!(person.is_nobody(), id.is_empty());
        }
    }

    #[test]
    fn kinds_of_persons_never_meet() {
        let hashed = IdKey { high: IdKey::HASHED | 7, low: 1 << 40 };
        let number = IdKey { high: IdKey::WHOLE_NUMBER, low: u64::MAX };
        let text = IdKey::new("\u{10FFFF}\u{10FFFF}abc".as_bytes());
        let keys = [number.person(), hashed.person(), text.person(), PersonKey::NOBODY];
        assert!(keys.windows(2).all(|two| two[0] > two[1]), "{keys:?}");
    }

    #[test]
    fn persons_spread_over_the_high_bits() {
        for id in [
            |n| format!("{}", 7_000_000_000_000_000_000_u64 + n),
            |n| format!("u{n}"),
            |n| format!("buyer-{n:09}"),
        ] {
            let mut parts = [0_u32; 256];
            for n in 0..256_000_u64 {
                parts[(PersonKey::new(id(n).as_bytes()).mixed() >> 56) as usize] += 1;
            }
            assert!(parts.iter().all(|&n| (700..1300).contains(&n)), "{parts:?}");
        }
    }
}
