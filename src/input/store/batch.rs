//! Rows as typed columns, before they are written.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; an empty one is null.
    Text,
    /// Instants, in seconds since 1970-01-01T00:00:00Z.
    Time,
    /// Money in minor units.
    Money,
    /// Whole numbers.
    Whole,
}

/// The columns of a file: their names and kinds.
pub type Layout = Vec<(String, Kind)>;

/// The cells of one column.
#[derive(Debug, Clone)]
pub enum Cells {
    /// The texts one after the other, and the end of each.
    Text(Vec<u8>, Vec<usize>),
    /// Numbers of any other kind.
    Numbers(Vec<Option<i64>>),
}

/// Rows as columns.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    columns: Vec<Cells>,
    rows: usize,
}

impl Batch {
    /// No rows yet.
    #[must_use]
    pub fn new(layout: &Layout) -> Self {
        let cells = |(_, kind): &(String, Kind)| match kind {
            Kind::Text => Cells::Text(Vec::new(), Vec::new()),
            Kind::Time | Kind::Money | Kind::Whole => Cells::Numbers(Vec::new()),
        };
        Self { columns: layout.iter().map(cells).collect(), rows: 0 }
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns, in the order of the layout.
    #[must_use]
    pub fn columns(&self) -> &[Cells] {
        &self.columns
    }

    /// Begins a row, whose cells follow in the order of the layout.
    pub fn row(&mut self) -> Row<'_> {
        self.rows += 1;
        Row { columns: self.columns.iter_mut() }
    }

    /// Adds so many rows of another batch of the same layout, from one row on.
    pub fn append(&mut self, other: &Self, from: usize, count: usize) {
        for (cells, more) in self.columns.iter_mut().zip(&other.columns) {
            match (cells, more) {
                (Cells::Text(bytes, ends), Cells::Text(texts, others)) => {
                    let start = if from == 0 { 0 } else { others[from - 1] };
                    let Some(&end) = others[from..from + count].last() else { continue };
                    let shift = bytes.len();
                    bytes.extend_from_slice(&texts[start..end]);
                    ends.extend(others[from..from + count].iter().map(|end| end - start + shift));
                }
                (Cells::Numbers(numbers), Cells::Numbers(others)) => {
                    numbers.extend_from_slice(&others[from..from + count]);
                }
                _ => {}
            }
        }
        self.rows += count;
    }

    /// Takes all rows away.
    pub fn clear(&mut self) {
        for cells in &mut self.columns {
            match cells {
                Cells::Text(bytes, ends) => {
                    bytes.clear();
                    ends.clear();
                }
                Cells::Numbers(numbers) => numbers.clear(),
            }
        }
        self.rows = 0;
    }
}

impl Cells {
    /// The text of a row; empty where it is null or the column holds numbers.
    #[must_use]
    pub fn text(&self, row: usize) -> &[u8] {
        let Self::Text(bytes, ends) = self else { return &[] };
        let start = row.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or_default();
        ends.get(row).and_then(|&end| bytes.get(start..end)).unwrap_or_default()
    }

    /// The bytes of all texts.
    #[must_use]
    pub fn bytes(&self) -> usize {
        if let Self::Text(bytes, _) = self { bytes.len() } else { 0 }
    }

    /// The number of a row; `None` where it is null or the column holds text.
    #[must_use]
    pub fn number(&self, row: usize) -> Option<i64> {
        let Self::Numbers(numbers) = self else { return None };
        numbers.get(row).copied().flatten()
    }
}

/// A row on its way into a batch.
#[derive(Debug)]
pub struct Row<'b> {
    columns: std::slice::IterMut<'b, Cells>,
}

impl Row<'_> {
    /// The next cell, which is text.
    #[inline]
    pub fn text(&mut self, text: &[u8]) {
        if let Some(Cells::Text(bytes, ends)) = self.columns.next() {
            bytes.extend_from_slice(text);
            ends.push(bytes.len());
        }
    }

    /// The next cell, which is a number.
    #[inline]
    pub fn number(&mut self, number: Option<i64>) {
        if let Some(Cells::Numbers(numbers)) = self.columns.next() {
            numbers.push(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_from_batch_to_batch_in_pieces() {
        let layout = vec![("a".to_owned(), Kind::Text), ("b".to_owned(), Kind::Money)];
        let mut batch = Batch::new(&layout);
        for (text, number) in [("甲", Some(1)), ("", None), ("xyz", Some(-3))] {
            let mut row = batch.row();
            row.text(text.as_bytes());
            row.number(number);
        }
        let mut whole = Batch::new(&layout);
        whole.append(&batch, 1, 2);
        whole.append(&batch, 0, 2);
        whole.append(&batch, 3, 0);
        let texts: Vec<&[u8]> = (0..whole.rows()).map(|row| whole.columns()[0].text(row)).collect();
        let numbers: Vec<_> = (0..whole.rows()).map(|row| whole.columns()[1].number(row)).collect();
        assert_eq!(texts, ["".as_bytes(), b"xyz", "甲".as_bytes(), b""]);
        assert_eq!(numbers, [None, Some(-3), Some(1), None]);
    }
}
