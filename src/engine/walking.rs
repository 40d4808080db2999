//! The walk over all parts on all threads, and the sums that it gives.

use super::EngineError;
use crate::calendar::Periods;
use crate::input::sessions::SessionRow;
use crate::journey::accumulate::Accumulators;
use crate::journey::aside::{Aside, Groups};
use crate::journey::rules::Rules;
use crate::journey::settle::{NobodysOrders, OrderItem};
use crate::journey::walk::Walker;
use crate::memory::Memory;
use crate::partition::{Keys, Parts, Rows, for_each_part, in_portions};
use crate::units::PersonKey;

/// What sessions and items are divided by.
const BY_PERSON: Keys<SessionRow, OrderItem, PersonKey> =
    Keys { first: SessionRow::viewer, second: |row| row.buyer, of: "person" };

/// What a walk is on.
pub struct Walking<'a> {
    pub sessions: &'a Parts<SessionRow>,
    pub items: &'a Parts<OrderItem>,
    pub nobody: &'a NobodysOrders,
    pub rules: &'a Rules,
    pub periods: &'a Periods,
    pub memory: &'a Memory,
}

impl Walking<'_> {
    /// Walks over all persons: what is counted of all of them, and the sums of the groups.
    pub fn run(&self, threads: usize) -> Result<(Accumulators, Groups), EngineError> {
        let mut workers: Vec<Worker<'_>> = (0..threads).map(|_| Worker::new(self)).collect();
        for_each_part(&mut workers, |worker, part| {
            let rows = (self.sessions, self.items);
            in_portions(self.memory, BY_PERSON, rows, part, &mut |sessions: &_, items: &_| {
                worker.walk(sessions, items, self.memory)
            })
        })?;
        let mut nobodys = Walker::new(self.rules, self.periods, 0);
        nobodys.add_nobody(self.nobody)?;
        let (mut all, mut groups) = (nobodys.finish()?, Groups::new(self.memory));
        groups.take(&mut all, None)?;
        for Worker { mut walker, aside, .. } in workers {
            let (viewing, buying) = walker.groups();
            groups.take_sorted(viewing, buying)?;
            let mut sums = walker.finish()?;
            groups.take(&mut sums, Some(aside))?;
            all.merge(&sums)?;
        }
        Ok((all, groups))
    }
}

/// One worker: its walk, and the rows of a part that were in files.
struct Worker<'a> {
    walker: Walker<'a>,
    aside: Aside,
    sessions: Vec<SessionRow>,
    items: Vec<OrderItem>,
}

impl<'a> Worker<'a> {
    fn new(walking: &Walking<'a>) -> Self {
        Self {
            walker: Walker::new(walking.rules, walking.periods, walking.memory.sums() / 2),
            aside: Aside::new(walking.memory),
            sessions: Vec::new(),
            items: Vec::new(),
        }
    }

    fn walk(
        &mut self,
        sessions: &Rows<'_, SessionRow>,
        items: &Rows<'_, OrderItem>,
        memory: &Memory,
    ) -> Result<(), EngineError> {
        let bytes = sessions.bytes() + items.bytes();
        if bytes > memory.portion() && !memory.has_room_for_a_piece(2 * bytes) {
            // One person with very many rows: no room for a second copy in buckets.
            (self.sessions, self.items) = (Vec::new(), Vec::new());
            let (mut viewed, mut bought) = (Vec::new(), Vec::new());
            sessions.read(&mut viewed)?;
            items.read(&mut bought)?;
            self.walker.persons(&mut viewed, &mut bought)?;
        } else {
            let (viewed, bought) = (sessions.load(&mut self.sessions)?, items.load(&mut self.items)?);
            self.walker.part(sessions.pieces(viewed), items.pieces(bought))?;
        }
        Ok(self.aside.take_too_many(self.walker.sums())?)
    }
}
