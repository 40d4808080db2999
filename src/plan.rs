//! What if, what it takes, and where the headroom is.
