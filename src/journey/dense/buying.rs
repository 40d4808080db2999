//! What the orders of persons who were present add to a group, in 128 bytes.

use super::CompactRow;
use crate::journey::accumulate::{Bought, Buying};

/// The [`Buying`] of at most 2²² persons who were present, in two lines of the cache: of such persons all that they bought is theirs.
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(128))]
pub struct BuyingRow {
    gmv_squared: u128,
    watch_gmv: u128,
    gmv: u64,
    off_live_gmv: u64,
    watch: u64,
    watch_orders: u64,
    orders_squared: u64,
    orders_gmv: u64,
    buyers: u32,
    orders: u32,
    off_live_orders: u32,
    padding: [u32; 9],
}

/// What one person bought who was present: real orders and real money.
#[derive(Debug, Clone, Copy)]
pub struct Purchase {
    gmv: u32,
    off_live_gmv: u32,
    watch: u32,
    orders: u8,
    off_live_orders: u8,
}

impl Purchase {
    /// As [`Buying::add`] takes it; `None` where the person was not present, or a number is too large or negative.
    #[must_use]
    #[inline]
    pub fn new(bought: &Bought, watch: Option<i64>) -> Option<Self> {
        Some(Self {
            gmv: bought.gmv.try_into().ok()?,
            off_live_gmv: bought.off_live_gmv.try_into().ok()?,
            watch: watch?.try_into().ok()?,
            orders: bought.orders.try_into().ok()?,
            off_live_orders: bought.off_live_orders.try_into().ok()?,
        })
    }
}

impl CompactRow for BuyingRow {
    type One = Purchase;
    type Sums = Buying;
    // 2²² persons of 2⁸ orders, 2³² minor units and 2³² seconds each: no sum but those of 128 bits is beyond 2⁶².
    const MOST_PERSONS: u64 = 1 << 22;
    const STRETCH: u32 = 11;

    #[inline]
    fn add(&mut self, one: &Purchase) {
        self.off_live_orders += u32::from(one.off_live_orders);
        self.off_live_gmv += u64::from(one.off_live_gmv);
        if one.orders == 0 {
            return;
        }
        let (orders, gmv, watch) = (u64::from(one.orders), u64::from(one.gmv), u64::from(one.watch));
        self.buyers += 1;
        self.orders += u32::from(one.orders);
        self.gmv += gmv;
        self.watch += watch;
        self.orders_squared += orders * orders;
        self.orders_gmv += orders * gmv;
        self.watch_orders += watch * orders;
        self.gmv_squared += u128::from(gmv * gmv);
        self.watch_gmv += u128::from(watch * gmv);
    }

    fn sums(&self) -> Option<Buying> {
        (self.buyers > 0 || self.off_live_orders > 0).then(|| Buying {
            buyers: self.buyers.into(),
            orders: self.orders.into(),
            off_live_orders: self.off_live_orders.into(),
            present_buyers: self.buyers.into(),
            present_orders: self.orders.into(),
            watch_buyers: self.watch as i64,
            gmv: self.gmv.into(),
            off_live_gmv: self.off_live_gmv.into(),
            present_gmv: self.gmv.into(),
            watch_orders: self.watch_orders.into(),
            watch_gmv: self.watch_gmv as i128,
            orders_squared: self.orders_squared.into(),
            orders_gmv: self.orders_gmv.into(),
            gmv_squared: self.gmv_squared as i128,
        })
    }
}
