//! The walk over all parts on all threads, and the sums that it gives.

use super::EngineError;
use crate::calendar::Periods;
use crate::input::sessions::SessionRow;
use crate::journey::accumulate::Walked;
use crate::journey::aside::{Aside, Groups};
use crate::journey::rules::Rules;
use crate::journey::settle::{NobodysOrders, OrderItem};
use crate::journey::walk::{Adding, TakePerson, Walker};
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
    pub fn run(&self, threads: usize) -> Result<(Walked, Groups), EngineError> {
        let adding = |bytes| Adding::new(self.rules, self.periods, bytes);
        let new_worker = || (Worker::new(self, adding(self.memory.sums() / 2)), Aside::new(self.memory));
        let mut workers: Vec<(Worker<'_, Adding>, Aside)> = (0..threads).map(|_| new_worker()).collect();
        self.portions(&mut workers, |(worker, aside), sessions, items| {
            worker.walk(sessions, items, self.memory)?;
            Ok(aside.take_too_many(worker.walker.taker().sums())?)
        })?;
        let mut nobodys = Walker::new(self.rules, self.periods, adding(0));
        nobodys.add_nobody(self.nobody)?;
        let (adding, mut all) = nobodys.finish();
        let mut groups = Groups::new(self.memory);
        groups.take(&mut adding.finish()?, None)?;
        for (worker, aside) in workers {
            let (mut adding, walked) = worker.walker.finish();
            let (viewing, buying) = adding.groups();
            groups.take_sorted(viewing, buying)?;
            groups.take(&mut adding.finish()?, Some(aside))?;
            all.merge(&walked)?;
        }
        Ok((all, groups))
    }

    /// Walks over all persons once more, with one thread for each taker, and hands the takers back.
    pub fn persons<T: TakePerson + Send>(&self, takers: Vec<T>) -> Result<Vec<T>, EngineError> {
        let mut workers: Vec<Worker<'_, T>> =
            takers.into_iter().map(|taker| Worker::new(self, taker)).collect();
        self.portions(&mut workers, |worker, sessions, items| worker.walk(sessions, items, self.memory))?;
        Ok(workers.into_iter().map(|worker| worker.walker.finish().0).collect())
    }

    /// Hands the rows of all persons out, in portions that fit.
    fn portions<W: Send>(
        &self,
        workers: &mut [W],
        walk: impl Fn(&mut W, &Rows<'_, SessionRow>, &Rows<'_, OrderItem>) -> Result<(), EngineError> + Sync,
    ) -> Result<(), EngineError> {
        for_each_part(workers, |worker, part| {
            let rows = (self.sessions, self.items);
            in_portions(self.memory, BY_PERSON, rows, part, &mut |sessions: &_, items: &_| {
                walk(worker, sessions, items)
            })
        })
    }
}

/// One worker: its walk, and the rows of a part that were in files.
struct Worker<'a, T> {
    walker: Walker<'a, T>,
    sessions: Vec<SessionRow>,
    items: Vec<OrderItem>,
}

impl<'a, T: TakePerson> Worker<'a, T> {
    fn new(walking: &Walking<'a>, taker: T) -> Self {
        Self {
            walker: Walker::new(walking.rules, walking.periods, taker),
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
        Ok(())
    }
}
