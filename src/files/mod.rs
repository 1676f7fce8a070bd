//! Files: those that somebody else wrote, and where railair writes its own.

mod destination;
mod workplace;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub use destination::{Destination, FolderError, Owner, names_in};

/// Opens an ordinary file. A pipe would wait for a writer, and a device may have no end.
///
/// # Errors
/// What the file system says, or that it is no ordinary file.
pub fn open(path: &Path) -> io::Result<File> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not an ordinary file"));
    }
    File::open(path)
}

/// Reads an ordinary file of at most `most` bytes.
///
/// # Errors
/// What the file system says, or [`io::ErrorKind::FileTooLarge`].
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let too_large = || {
        let what = format!("larger than {} MiB", most >> 20);
        io::Error::new(io::ErrorKind::FileTooLarge, what)
    };
    if file.metadata()?.len() > most {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(too_large()),
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit_and_nothing_else_is() {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("file");
        std::fs::write(&path, "12345").expect("a file");
        assert_eq!(read(&path, 5).expect("as much as may be"), b"12345");
        let error = read(&path, 4).expect_err("one byte too much");
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert!(read(home.path(), 5).is_err());
        let error = read(&home.path().join("none"), 5).expect_err("nothing there");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
