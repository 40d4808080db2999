//! Small tables that fit in memory: streamers' attributes, facts. Every cell is text; delimited text, a workbook's sheet or Parquet.

use super::binding::Header;
use super::cells::{check_cells, is_structural};
use super::container::Opening;
use super::error::InputError;
use super::feed::FeedOptions;
use super::files::{Source, discover};
use super::form::FileForm;
use super::parse::trim;
use super::read::{Columns, Progress, RowReader, read};
use super::records::Record;

/// A table of texts.
#[derive(Debug, Clone, Default)]
pub struct SmallTable {
    /// The file, in messages.
    pub name: String,
    /// Its container, encoding and delimiter, where it was read.
    pub form: Option<FileForm>,
    /// The header.
    pub header: Header,
    /// Each row: its line in the file (in Parquet, its row), and its cells, trimmed.
    pub rows: Vec<(u64, Vec<String>)>,
    /// The key-value metadata of a Parquet file.
    pub metadata: Vec<(String, String)>,
}

/// All columns of a table.
#[derive(Debug)]
struct All(usize);

impl Columns for All {
    fn needed(&self) -> Vec<usize> {
        (0..self.0).collect()
    }
}

/// Collects rows as text.
#[derive(Default)]
struct Collector {
    rows: Vec<(super::read::Place, Vec<String>)>,
    bad: Option<(super::read::Place, String)>,
}

impl RowReader<All> for Collector {
    fn row(&mut self, file: &super::feed::FileContext<All>, record: &Record<'_>, place: super::read::Place) {
        if let Err(fault) = check_cells(file, record) {
            self.bad.get_or_insert((place, fault.to_string()));
        } else if !is_structural(file, record) {
            let text = |at| String::from_utf8_lossy(trim(&record.cell(at))).into_owned();
            self.rows.push((place, (0..file.header.names.len()).map(text).collect()));
        }
    }
}

impl SmallTable {
    /// Reads a table.
    ///
    /// # Errors
    /// When the file cannot be read, or a row cannot be split.
    pub fn read(path: &str, opening: Opening) -> Result<Self, InputError> {
        let sources = discover(&[path.to_owned()])?;
        if let [_, second, ..] = sources.as_slice() {
            let message = format!("a table is one file, and {path} leads to several; give one of them");
            return Err(InputError::Table { place: second.name.clone(), message });
        }
        let mut readers = [Collector::default()];
        let options = FeedOptions { opening, ..FeedOptions::default() };
        let bind = |_: &Source, header: &Header| Ok(All(header.names.len()));
        let silent: &Progress<'_> = &|_| {};
        let files = read(&sources, options, &bind, silent, &mut readers)?;
        let [collector] = readers;
        if let Some((place, message)) = collector.bad {
            let (name, line) = files.line(place);
            return Err(InputError::Table { place: format!("{name}:{line}:1"), message });
        }
        let first = files.files.first();
        let mut metadata = Vec::new();
        if let (Some(file), [source]) = (first, sources.as_slice())
            && file.form == FileForm::Parquet
        {
            metadata = super::parquet::ParquetFile::metadata(source)?;
        }
        Ok(Self {
            name: first.map(|file| file.name.clone()).unwrap_or_default(),
            form: first.map(|file| file.form.clone()),
            header: first.map(|file| file.header.clone()).unwrap_or_default(),
            rows: collector.rows.into_iter().map(|(place, cells)| (files.line(place).1, cells)).collect(),
            metadata,
        })
    }

    /// The number of a column, from 0.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.names.iter().position(|column| column == name)
    }

    /// An error at a cell.
    #[must_use]
    pub fn error(&self, line: u64, column: usize, message: impl Into<String>) -> InputError {
        InputError::Table { place: format!("{}:{line}:{}", self.name, column + 1), message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::feed::{Feed, Task};
    use std::io::Write;

    #[test]
    fn a_table_keeps_its_lines() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write!(file, "\u{feff}a;b\r\n1; x \r\n\r\n\"2\n2\";y\r\na;b\r\n").unwrap();
        let table = SmallTable::read(file.path().to_str().unwrap(), Opening::default()).unwrap();
        assert_eq!(table.header.names, ["a", "b"]);
        let rows: Vec<_> = table.rows.iter().map(|(line, cells)| (*line, cells.join("|"))).collect();
        assert_eq!(rows, [(2, "1|x".to_owned()), (4, "2\n2|y".to_owned())]);
    }

    #[test]
    fn a_feed_of_tiny_blocks_gives_whole_records() {
        let rows: Vec<String> = (0..40).map(|row| format!("{row},\"two\nlines\"\n")).collect();
        let text = format!("a,b\n{}3,4", rows.concat());
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write!(file, "{text}").unwrap();
        let sources = discover(&[file.path().to_str().unwrap().to_owned()]).unwrap();
        let bind = |_: &Source, header: &Header| Ok(header.names.len());
        let mut feed = Feed::new(&sources, FeedOptions { block_size: 4, ..FeedOptions::default() }, &bind);
        let mut blocks = Vec::new();
        while let Some(task) = feed.next_task().unwrap() {
            if let Task::Block { bytes, .. } = task {
                blocks.push(String::from_utf8(bytes.to_vec()).unwrap());
            }
        }
        assert!(blocks.len() > 10, "{blocks:?}");
        assert_eq!(blocks.concat(), text);
        assert!(blocks.iter().all(|block| block.ends_with('\n') || block.ends_with("3,4")), "{blocks:?}");
        assert!(blocks.iter().all(|block| block.matches('"').count() % 2 == 0), "{blocks:?}");
    }
}
