//! The one place that writes a result: standard output or a file, opened before the work that fills it.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::atomic::AtomicFile;
use super::error::PresentError;
use super::format::{Format, RenderOptions, render};
use super::model::Document;
use super::text::sanitize_except;

/// Where a result goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file, or a device or pipe by its name.
    File(PathBuf),
}

/// How writing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was written.
    Complete,
    /// The reader of a pipe had enough (`gmv … | head`): a success, with nothing left to say.
    ReaderGone,
}

/// An opened target. Dropped before [`finish`](Self::finish), a file is as it was.
#[derive(Debug)]
pub struct Sink(Destination);

#[derive(Debug)]
enum Destination {
    Stdout,
    File(AtomicFile),
}

impl Sink {
    /// Opens the target, so that a place that cannot be written fails before the work.
    pub fn open(target: &Target) -> Result<Self, PresentError> {
        Ok(Self(match target {
            Target::File(path) if path != Path::new("/dev/stdout") => {
                Destination::File(AtomicFile::create(path)?)
            }
            Target::Stdout | Target::File(_) => Destination::Stdout,
        }))
    }

    /// Lets nobody but its owner read a file, since it names persons.
    pub fn make_private(&self) -> Result<(), PresentError> {
        match &self.0 {
            Destination::File(file) => file.make_private(),
            Destination::Stdout => Ok(()),
        }
    }

    /// Puts a text in its place as it is, but for what would steer a terminal.
    pub fn text(self, text: &str) -> Result<Outcome, PresentError> {
        self.put(|terminal, out| {
            let shown = if terminal { sanitize_except(text, "\n\t") } else { text.into() };
            Ok(out.write_all(shown.as_bytes())?)
        })
    }

    /// Renders the document into the target and puts it in its place.
    pub fn finish(self, document: &Document, options: &RenderOptions) -> Result<Outcome, PresentError> {
        if document.names_persons {
            self.make_private()?;
        }
        self.put(|terminal, out| send(document, options, terminal, out))
    }

    /// Puts text that is safe for a terminal into the target.
    pub fn finish_with(
        self,
        render: impl FnOnce(&mut dyn Write) -> Result<(), PresentError>,
    ) -> Result<Outcome, PresentError> {
        self.put(|_, out| render(out))
    }

    /// Lets `send` write, which is told whether the target is a terminal.
    fn put(
        self,
        send: impl FnOnce(bool, &mut dyn Write) -> Result<(), PresentError>,
    ) -> Result<Outcome, PresentError> {
        let written = match self.0 {
            Destination::Stdout => {
                let stdout = io::stdout().lock();
                let terminal = stdout.is_terminal();
                let mut out = BufWriter::new(stdout);
                send(terminal, &mut out)
                    .and_then(|()| Ok(out.flush()?))
                    .map_err(|error| error.at("standard output"))
            }
            Destination::File(mut file) => {
                let place = file.path().display().to_string();
                let terminal = file.is_terminal();
                send(terminal, &mut file).map_err(|error| error.at(&place)).and_then(|()| file.commit())
            }
        };
        match written {
            Ok(()) => Ok(Outcome::Complete),
            Err(error) if error.is_broken_pipe() => Ok(Outcome::ReaderGone),
            Err(error) => Err(error),
        }
    }
}

/// Renders the document; CSV on a terminal loses the control characters that a file keeps. The other text formats
/// have none.
fn send(
    document: &Document,
    options: &RenderOptions,
    terminal: bool,
    out: &mut dyn Write,
) -> Result<(), PresentError> {
    if !(terminal && matches!(options.format, Format::Csv | Format::Tsv)) {
        return render(document, options, out);
    }
    let mut bytes = Vec::new();
    render(document, options, &mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    out.write_all(sanitize_except(&text, "\n\t").as_bytes())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::fixture;
    use super::*;

    #[test]
    fn every_format_arrives_whole() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.txt", "a.csv", "a.tsv", "a.json", "a.ndjson", "a.md", "a.parquet", "a.xlsx"] {
            let path = folder.path().join(name);
            let options = RenderOptions::new(Format::from_extension(&path).unwrap());
            let sink = Sink::open(&Target::File(path.clone())).unwrap();
            assert!(!path.exists());
            assert_eq!(sink.finish(&fixture::hostile(), &options).unwrap(), Outcome::Complete);
            let mut expected = Vec::new();
            render(&fixture::hostile(), &options, &mut expected).unwrap();
            assert_eq!(fs::read(&path).unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn a_failure_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        fs::write(&path, "old").unwrap();
        let mut document = fixture::hostile();
        if let Some(column) = document.columns.get_mut(9) {
            column.values = super::super::model::Values::Wide(vec![Some(i128::MAX); 6]);
        }
        let sink = Sink::open(&Target::File(path.clone())).unwrap();
        let error = sink.finish(&document, &RenderOptions::new(Format::Parquet)).unwrap_err();
        assert!(error.to_string().starts_with("column m_gg, row 1: "), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn csv_cannot_steer_a_terminal() {
        let options = RenderOptions::new(Format::Csv);
        let mut out = Vec::new();
        send(&fixture::hostile(), &options, true, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("\\u{1b}[31mred"));
        assert!(!text.contains('\x1b'));
        assert_eq!(text.lines().count(), 8);
    }

    #[test]
    fn a_closed_pipe_is_seen_in_every_format() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        use Format::{Csv, Json, Markdown, Ndjson, Parquet, Table, Tsv, Xlsx};
        for format in [Table, Csv, Tsv, Json, Ndjson, Markdown, Parquet, Xlsx] {
            let options = RenderOptions::new(format);
            let error = send(&fixture::hostile(), &options, false, &mut Closed).unwrap_err();
            assert!(error.is_broken_pipe(), "{format:?}: {error:?}");
            assert!(error.at("standard output").is_broken_pipe());
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_whose_reader_left_is_a_success() {
        let (reader, writer) = io::pipe().unwrap();
        let path = PathBuf::from(format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&writer)));
        let sink = Sink::open(&Target::File(path)).unwrap();
        drop((reader, writer));
        let outcome = sink.finish(&fixture::hostile(), &RenderOptions::new(Format::Csv));
        assert_eq!(outcome.unwrap(), Outcome::ReaderGone);
    }
}
