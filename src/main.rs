//! The command line `gmv`.

fn main() {}
