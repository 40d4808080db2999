//! What each person did in each leaf and period.

use super::{LeafIndex, Persons, timeless};
use crate::journey::accumulate::{Bought, GroupKey};
use crate::journey::overflow::Overflow;
use crate::journey::rules::Slice;
use crate::journey::walk::TakePerson;
use crate::units::PersonKey;

/// Sees one person after the other.
pub trait VisitPersons: Send {
    /// The person was present in a leaf and period, and watched so many seconds.
    fn viewed(&mut self, leaf: u32, period: u32, watch: i64);

    /// The person has so many attributed orders of so much money in a leaf and period.
    fn bought(&mut self, leaf: u32, period: u32, orders: i64, gmv: i128);

    /// That was all of this person.
    ///
    /// # Errors
    /// When a sum does not fit.
    fn end_person(&mut self, person: PersonKey) -> Result<(), Overflow>;
}

/// Tells a visitor which leaves the findings of a walk belong to.
#[derive(Debug)]
pub struct Visiting<'a, V> {
    index: &'a LeafIndex,
    visitor: V,
}

impl<'a, V> Visiting<'a, V> {
    pub fn new(index: &'a LeafIndex, visitor: V) -> Self {
        Self { index, visitor }
    }

    pub fn into_visitor(self) -> V {
        self.visitor
    }
}

impl<V: VisitPersons> TakePerson for Visiting<'_, V> {
    fn make_room(&mut self, _: usize, _: usize) -> Result<(), Overflow> {
        Ok(())
    }

    fn view(&mut self, key: GroupKey, _: bool, _: bool, watch: i64) {
        for &leaf in self.index.groups.get(&timeless(key)).into_iter().flatten() {
            self.visitor.viewed(leaf, key.period(), watch);
        }
    }

    fn buy(&mut self, key: GroupKey, slice: Slice, bought: Bought, _: Option<i64>) -> Result<(), Overflow> {
        if bought.orders > 0
            && let Some(&leaf) = self.index.slices.get(&(timeless(key), slice))
        {
            self.visitor.bought(leaf, key.period(), bought.orders, bought.gmv);
        }
        Ok(())
    }

    fn end_person(&mut self, person: PersonKey) -> Result<(), Overflow> {
        self.visitor.end_person(person)
    }
}

/// Counts the distinct persons of rows.
#[derive(Debug)]
pub struct Distinct<'a> {
    row_of: &'a [Option<u32>],
    periods: usize,
    /// The rows and periods that the present person was in, and in which it bought.
    viewed: Vec<usize>,
    bought: Vec<usize>,
    /// By row and period.
    pub persons: Vec<Persons>,
}

impl<'a> Distinct<'a> {
    /// Nobody yet; `row_of` is the row of each leaf that counts.
    pub fn new(row_of: &'a [Option<u32>], rows: usize, periods: usize) -> Self {
        let persons = vec![Persons::default(); rows * periods];
        Self { row_of, periods, viewed: Vec::new(), bought: Vec::new(), persons }
    }

    fn place(&self, leaf: u32, period: u32) -> Option<usize> {
        Some(self.row_of[leaf as usize]? as usize * self.periods + period as usize)
    }
}

impl VisitPersons for Distinct<'_> {
    fn viewed(&mut self, leaf: u32, period: u32, _: i64) {
        self.viewed.extend(self.place(leaf, period));
    }

    fn bought(&mut self, leaf: u32, period: u32, _: i64, _: i128) {
        self.bought.extend(self.place(leaf, period));
    }

    fn end_person(&mut self, _: PersonKey) -> Result<(), Overflow> {
        for places in [&mut self.viewed, &mut self.bought] {
            places.sort_unstable();
            places.dedup();
        }
        self.viewed.drain(..).for_each(|at| self.persons[at].viewers += 1);
        self.bought.drain(..).for_each(|at| self.persons[at].buyers += 1);
        Ok(())
    }
}
