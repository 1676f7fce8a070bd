//! The table of runs as a file that can be gone on with, and shards put together.
//!
//! A row is one line, and lines are appended in the order of the runs, each whole and flushed. What
//! a stop leaves behind is a head, some rows, and at most one line without its end, which is cut
//! off. Nothing else is kept anywhere: the last cells of every row say how many runs the sweep has
//! and which sweep it is.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::SweepError;
use crate::files::Owner;

/// A table of runs that rows are appended to.
#[derive(Debug)]
pub struct RunsFile {
    file: File,
    path: PathBuf,
    rows: usize,
}

impl RunsFile {
    /// Opens the table at `path` for the runs of `range`, new or with the first of them already
    /// there.
    ///
    /// # Errors
    /// [`SweepError::Usage`] where the file holds something else, or another process writes it;
    /// nothing is changed then.
    pub fn open(
        path: &Path,
        head: &[String],
        fingerprint: &str,
        range: &Range<usize>,
        existing: Existing,
    ) -> Result<Self, SweepError> {
        let failed = |what: &str, source| SweepError::File {
            what: format!("{what} {}", path.display()),
            source,
        };
        // a pipe would wait for a writer, and a device has no end
        if std::fs::metadata(path).is_ok_and(|there| !there.is_file()) {
            let message = format!("{} is not an ordinary file", path.display());
            return Err(SweepError::Usage(message));
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| failed("write", error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let message = format!("{} is being written by another sweep", path.display());
                return Err(SweepError::Usage(message));
            }
            // a file system without locks: whoever writes twice has been told in the manual
            Err(TryLockError::Error(_)) => {}
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|error| failed("read", error))?;
        let found = match existing.restart {
            true => starts_as_runs(&bytes).map(|()| Found::default()),
            false => Found::read(&bytes, head, fingerprint, range),
        };
        let found = match found {
            Err(_) if existing.force => Found::default(),
            other => other.map_err(|wrong| refused(path, &bytes, &wrong))?,
        };
        let mut made = Self {
            file,
            path: path.to_owned(),
            rows: found.rows,
        };
        let length = found.length as u64;
        let cut = made.file.set_len(length);
        cut.and_then(|()| made.file.seek(SeekFrom::Start(length)).map(drop))
            .map_err(|error| failed("write", error))?;
        if length == 0 {
            made.append(head)?;
            made.rows = 0;
        }
        Ok(made)
    }

    /// How many rows are there.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Appends a row, whole, and hands it to the system.
    ///
    /// # Errors
    /// [`SweepError::File`].
    pub fn append(&mut self, cells: &[String]) -> Result<(), SweepError> {
        self.rows += 1;
        let result = self.file.write_all(line(cells).as_bytes());
        result.map_err(|source| SweepError::File {
            what: format!("write {}", self.path.display()),
            source,
        })
    }
}

/// What to do with a file that is there and cannot be gone on with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Existing {
    /// Start a table of runs over.
    pub restart: bool,
    /// Write over whatever it is.
    pub force: bool,
}

/// A table of runs.
pub const RUNS: Owner = Owner {
    what: "a table of runs",
    owns: |_| true,
    wrote: |file| {
        let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
        starts_as_runs(&bytes)
    },
};

/// Whether a file begins as a table of runs, or is empty.
fn starts_as_runs(bytes: &[u8]) -> Result<(), String> {
    let head = bytes.split_inclusive(|&byte| byte == b'\n').next();
    head.map_or(Ok(()), |head| RunTable::read(head).map(drop))
}

/// Insisting is for what is no table of runs at all.
fn refused(path: &Path, bytes: &[u8], wrong: &str) -> SweepError {
    let remedy = match starts_as_runs(bytes) {
        Ok(()) => "--restart to start over",
        Err(_) => "insist with --force to write over it",
    };
    SweepError::Usage(format!(
        "{} cannot be gone on with: {wrong}; give another --out, or {remedy}",
        path.display()
    ))
}

/// Cells as a line of CSV.
pub fn line(cells: &[String]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // memory takes all, and what csv writes of text is text
    let _ = writer.write_record(cells);
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// What a file holds: so many rows in so many bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Found {
    rows: usize,
    length: usize,
}

impl Found {
    fn read(
        bytes: &[u8],
        head: &[String],
        fingerprint: &str,
        range: &Range<usize>,
    ) -> Result<Self, String> {
        let end = bytes.iter().rposition(|&byte| byte == b'\n');
        let whole = &bytes[..end.map_or(0, |end| end + 1)];
        if whole.is_empty() {
            // of a head without its end nothing is lost
            return match line(head).as_bytes().starts_with(bytes) {
                true => Ok(Self::default()),
                false => Err("it is no table of runs".to_owned()),
            };
        }
        let table = RunTable::read(whole)?;
        if table.head != head {
            return Err("its columns are of other parameters".to_owned());
        }
        if table.rows.len() > range.len() {
            return Err("it has more runs than are asked for".to_owned());
        }
        for (row, index) in table.rows.iter().zip(range.clone()) {
            if row.sweep != fingerprint {
                return Err(
                    "its rows are of another instance, other parameters or another version"
                        .to_owned(),
                );
            }
            if row.run != index + 1 {
                return Err("its rows are of another shard".to_owned());
            }
        }
        Ok(Self {
            rows: table.rows.len(),
            length: whole.len(),
        })
    }
}

/// A table of runs, read.
struct RunTable {
    head: Vec<String>,
    rows: Vec<RunRow>,
}

struct RunRow {
    run: usize,
    runs: usize,
    sweep: String,
    line: String,
}

impl RunTable {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is no table of runs".to_owned())?;
        let mut lines = text.split_inclusive('\n');
        let head = cells(lines.next().unwrap_or_default());
        let is_head = head.first().is_some_and(|cell| cell == "run")
            && head.ends_with(&["runs".to_owned(), "sweep".to_owned()]);
        if !is_head {
            return Err("it is no table of runs".to_owned());
        }
        let rows: Option<Vec<RunRow>> = lines.map(|line| read_row(line, head.len())).collect();
        let rows = rows.ok_or_else(|| "a row of it is broken".to_owned())?;
        Ok(Self { head, rows })
    }
}

fn cells(line: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(line.as_bytes());
    let record = reader.records().next().and_then(Result::ok);
    record.map_or_else(Vec::new, |record| {
        record.iter().map(str::to_owned).collect()
    })
}

fn read_row(line: &str, width: usize) -> Option<RunRow> {
    let cells = cells(line);
    if cells.len() != width || !line.ends_with('\n') {
        return None;
    }
    Some(RunRow {
        run: cells[0].parse().ok()?,
        runs: cells[width - 2].parse().ok()?,
        sweep: cells[width - 1].clone(),
        line: line.to_owned(),
    })
}

/// Puts the tables of shards together, in the order of the runs: the bytes that one run writes.
///
/// # Errors
/// [`SweepError::Usage`] where tables are of different sweeps, runs are missing, or stand twice
/// with different figures.
pub fn merge(paths: &[PathBuf]) -> Result<String, SweepError> {
    let usage = |path: &Path, wrong: String| {
        SweepError::Usage(format!("{} cannot be merged: {wrong}", path.display()))
    };
    let mut head: Option<Vec<String>> = None;
    let mut all: Vec<RunRow> = Vec::new();
    for path in paths {
        let bytes = std::fs::read(path).map_err(|source| SweepError::File {
            what: format!("read {}", path.display()),
            source,
        })?;
        let table = RunTable::read(&bytes).map_err(|wrong| usage(path, wrong))?;
        if head.get_or_insert_with(|| table.head.clone()) != &table.head {
            return Err(usage(
                path,
                "it has other columns than the first".to_owned(),
            ));
        }
        let is_other = |row: &&RunRow| all.first().is_some_and(|first| first.sweep != row.sweep);
        if table.rows.iter().find(is_other).is_some() {
            return Err(usage(
                path,
                "it is of another sweep than the first".to_owned(),
            ));
        }
        all.extend(table.rows);
    }
    all.sort_by_key(|row| row.run);
    all.dedup_by(|a, b| a.line == b.line);
    let runs = all.first().map_or(0, |row| row.runs);
    for (due, row) in (1..).zip(&all) {
        if row.run < due {
            let message = format!("run {} stands twice with different figures", row.run);
            return Err(SweepError::Usage(message));
        }
        if row.run > due {
            return Err(missing(due, row.run - 1, runs));
        }
    }
    if all.len() < runs {
        return Err(missing(all.len() + 1, runs, runs));
    }
    let mut text = head.map_or(String::new(), |head| line(&head));
    all.iter().for_each(|row| text.push_str(&row.line));
    Ok(text)
}

fn missing(first: usize, last: usize, runs: usize) -> SweepError {
    let which = match first == last {
        true => format!("run {first} is"),
        false => format!("runs {first} to {last} are"),
    };
    SweepError::Usage(format!(
        "{which} missing of {runs}: finish their shards, and name all files"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|&cell| cell.to_owned()).collect()
    }

    fn head() -> Vec<String> {
        strings(&["run", "units", "cost", "runs", "sweep"])
    }

    fn found(text: &str) -> Result<Found, String> {
        Found::read(text.as_bytes(), &head(), "abc", &(2..5))
    }

    #[test]
    fn whole_rows_are_kept_and_half_a_row_is_not() {
        let kept = "run,units,cost,runs,sweep\n3,1,10,9,abc\n4,2,11,9,abc\n";
        let expected = Found {
            rows: 2,
            length: kept.len(),
        };
        assert_eq!(found(kept), Ok(expected));
        assert_eq!(found(&format!("{kept}5,3,1")), Ok(expected));
        assert_eq!(found(&format!("{kept}5,3,12,9,abc")), Ok(expected)); // its end is missing
        assert_eq!(found(""), Ok(Found::default()));
        assert_eq!(found("run,un"), Ok(Found::default()));
    }

    #[test]
    fn what_is_not_this_sweep_is_refused() {
        let head = "run,units,cost,runs,sweep\n";
        for (text, word) in [
            ("my notes", "no table of runs"),
            ("place,name\nA,B\n", "no table of runs"),
            (
                "run,days,cost,runs,sweep\n3,1,10,9,abc\n",
                "other parameters",
            ),
            (&format!("{head}3,1,10,9,xyz\n"), "another instance"),
            (&format!("{head}4,1,10,9,abc\n"), "another shard"),
            (&format!("{head}3,1,10,abc\n"), "broken"),
            (
                &format!("{head}3,1,1,9,abc\n4,1,1,9,abc\n5,1,1,9,abc\n6,1,1,9,abc\n"),
                "more runs",
            ),
        ] {
            let said = found(text).unwrap_err();
            assert!(said.contains(word), "{said}");
        }
    }

    #[test]
    fn shards_merge_in_any_order_and_gaps_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, rows: &str| {
            let path = folder.path().join(name);
            let text = format!("{}{rows}", line(&head()));
            std::fs::write(&path, text).expect("a file");
            path
        };
        let one = write("one", "1,1,10,3,abc\n");
        let two = write("two", "2,1,11,3,abc\n3,1,12,3,abc\n");
        let other = write("other", "2,1,99,3,abc\n");
        let alien = write("alien", "2,1,11,3,xyz\n");
        let whole = format!(
            "{}1,1,10,3,abc\n2,1,11,3,abc\n3,1,12,3,abc\n",
            line(&head())
        );
        let merged = |paths: &[&PathBuf]| {
            let paths: Vec<PathBuf> = paths.iter().map(|&path| path.clone()).collect();
            merge(&paths).map_err(|error| error.to_string())
        };
        assert_eq!(merged(&[&two, &one]), Ok(whole.clone()));
        assert_eq!(merged(&[&one, &two, &one]), Ok(whole)); // twice the same is once
        assert!(merged(&[&two]).unwrap_err().contains("run 1 is missing"));
        assert!(
            merged(&[&one])
                .unwrap_err()
                .contains("runs 2 to 3 are missing")
        );
        assert!(
            merged(&[&one, &two, &other])
                .unwrap_err()
                .contains("stands twice")
        );
        assert!(
            merged(&[&one, &alien])
                .unwrap_err()
                .contains("another sweep")
        );
    }
}
