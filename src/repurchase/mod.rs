//! Who comes back: rates, cohorts, and what is to be expected of the buyers of today.
