//! Printing answers.

use std::io::{self, Write};

use super::exit::Failure;

/// Prints text on stdout; colours only where somebody sees them.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    judge(
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush()),
    )
}

/// Says something on stderr beside the answer. Nobody is left to tell if it is closed, and the exit
/// code still says how the command ended.
pub fn tell(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Lets `write` fill stdout, buffered, as it is.
pub fn stream(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    judge(write(&mut stdout).and_then(|()| stdout.flush()))
}

/// That nobody reads any more is no failure, and takes nothing from what there is to say by the exit
/// code.
fn judge(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Failure::Output),
    }
}
