//! What a file is, and whether it may be unpacked: the guard in front of whatever parses it.
//!
//! The sizes that a zip archive states are its author's claim, so every part is unpacked once, into
//! nothing, and counted. A part that outgrows its limit ends the reading. What is parsed
//! afterwards is known to be small enough: shared strings cost at most five times their text in
//! memory, sheets are streamed, and everything else is a few megabytes.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use zip::ZipArchive;
use zip::read::ZipFile;

use super::super::codes::Code;
use super::super::findings::Finding;
use super::open_document;

/// The most bytes of a workbook as it lies on disk.
const MOST_PACKED: u64 = 128 << 20;
/// The most bytes of all its parts together.
const MOST_UNPACKED: u64 = 1 << 30;
/// The most bytes of a sheet.
const MOST_OF_A_SHEET: u64 = 512 << 20;
/// The most bytes of all texts that cells share.
const MOST_SHARED_TEXT: u64 = 128 << 20;
/// The most bytes of another part that is parsed: styles, names, relations.
const MOST_OF_A_PART: u64 = 8 << 20;
/// The most elements of all its parts, `<c>` of a cell and `<v>` of its value: a million rows of fifteen
/// cells. A sheet of blank cells with a style, or of rows with nothing in them, packs to nothing and
/// takes as long to read as one that says something.
const MOST_ELEMENTS: u64 = 32_000_000;
/// The most parts.
const MOST_PARTS: usize = 20_000;

/// Why a workbook is not read.
pub type Refusal = Box<Finding>;

/// The two formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML (ECMA-376): `.xlsx`, `.xlsm`.
    OpenXml,
    /// OpenDocument (ISO/IEC 26300): `.ods`.
    OpenDocument,
}

/// Looks whether the file is a workbook of bearable size; says which kind.
pub fn check(path: &Path) -> Result<Format, Refusal> {
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        return Err(unreadable(&io::Error::other("not a file")));
    }
    if metadata.len() > MOST_PACKED {
        return Err(too_large(format!(
            "is larger than {} MiB",
            MOST_PACKED >> 20
        )));
    }
    check_start(path)?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|error| damaged(&error))?;
    if zip.len() > MOST_PARTS {
        return Err(too_large(format!("has more than {MOST_PARTS} parts")));
    }
    let format = format_of(&mut zip)?;
    let (mut all, mut elements) = (0, 0);
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).map_err(|error| damaged(&error))?;
        if part.encrypted() {
            return Err(encrypted());
        }
        let name = part.name().map_err(|error| damaged(&error))?;
        let name = name.to_ascii_lowercase();
        let limit = limit_of(&name).min(MOST_UNPACKED - all);
        let (bytes, inside) = measure(&mut part, &name, limit, format)?;
        all += bytes;
        elements += inside;
        if elements > MOST_ELEMENTS {
            return Err(too_large(format!(
                "holds more than {} million cells, values, rows and other elements",
                MOST_ELEMENTS / 1_000_000
            )));
        }
    }
    Ok(format)
}

/// Encrypted and old workbooks are no zip archives, but compound files with a signature of their
/// own (MS-CFB 2.2).
fn check_start(path: &Path) -> Result<(), Refusal> {
    const COMPOUND: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    let mut start = Vec::new();
    File::open(path)
        .and_then(|file| file.take(1 << 20).read_to_end(&mut start))
        .map_err(|error| unreadable(&error))?;
    if start.starts_with(&COMPOUND) {
        // names of streams in a compound file are UTF-16
        let name: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        return Err(match start.windows(name.len()).any(|some| some == name) {
            true => encrypted(),
            false => super::unread_format("is a workbook of the format before 2007, or encrypted"),
        });
    }
    if !start.starts_with(b"PK") {
        let found = match start.is_empty() {
            true => "is empty",
            false => "is no workbook: it is not a zip archive",
        };
        let remedy = "save it anew from the spreadsheet";
        return Err(Box::new(Finding::new(Code::DamagedWorkbook, found, remedy)));
    }
    Ok(())
}

fn format_of(zip: &mut ZipArchive<BufReader<File>>) -> Result<Format, Refusal> {
    let mut mime = Vec::new();
    if let Ok(part) = zip.by_name("mimetype") {
        part.take(100)
            .read_to_end(&mut mime)
            .map_err(|error| damaged(&error))?;
    }
    if mime.starts_with(b"application/vnd.oasis.opendocument.spreadsheet") {
        return Ok(Format::OpenDocument);
    }
    if zip.index_for_name("[Content_Types].xml").is_none() {
        return Err(damaged(&"it is a zip archive without a workbook in it"));
    }
    if zip.index_for_name("xl/workbook.bin").is_some() {
        return Err(super::unread_format("is a binary workbook"));
    }
    Ok(Format::OpenXml)
}

fn limit_of(part: &str) -> u64 {
    let name = part.rsplit('/').next().unwrap_or(part);
    if name == "sharedstrings.xml" {
        MOST_SHARED_TEXT
    } else if part.contains("worksheets/") || name == "content.xml" {
        MOST_OF_A_SHEET
    } else if name.ends_with(".xml") || name.ends_with(".rels") {
        MOST_OF_A_PART
    } else {
        MOST_UNPACKED
    }
}

/// Unpacks a part into nothing; its size, and how many elements it holds.
fn measure(
    part: &mut ZipFile<'_, BufReader<File>>,
    name: &str,
    limit: u64,
    format: Format,
) -> Result<(u64, u64), Refusal> {
    let mut counted = Counted {
        part,
        bytes: 0,
        elements: 0,
        last: 0,
        limit,
    };
    if format == Format::OpenDocument && name == "content.xml" {
        open_document::check(&mut counted)?;
    } else if name.ends_with("sharedstrings.xml") {
        check_count(&mut counted)?;
    }
    io::copy(&mut counted, &mut io::sink()).map_err(|error| refused(&error))?;
    let is_text = name.ends_with(".xml") || name.ends_with(".rels");
    Ok((counted.bytes, if is_text { counted.elements } else { 0 }))
}

/// The number of shared texts that a workbook states makes readers reserve memory: it must not
/// exceed what its own part can hold.
fn check_count(counted: &mut impl Read) -> Result<(), Refusal> {
    const LEAST_OF_A_TEXT: u64 = 5; // <si/>
    let mut head = Vec::new();
    counted
        .take(4096)
        .read_to_end(&mut head)
        .map_err(|error| refused(&error))?;
    let head = String::from_utf8_lossy(&head);
    let stated = head.split("uniqueCount").nth(1).map_or("", |rest| {
        rest.trim_start_matches(['=', '"', '\'', ' ', '\n', '\t', '\r'])
    });
    let digits: String = stated.chars().take_while(char::is_ascii_digit).collect();
    match digits.parse::<u64>() {
        Ok(count) if count > MOST_SHARED_TEXT / LEAST_OF_A_TEXT => {
            Err(damaged(&"it states more texts than there can be"))
        }
        Err(_) if digits.len() > 9 => Err(damaged(&"it states more texts than there can be")),
        _ => Ok(()),
    }
}

/// A part that fails once it has given more than its limit.
struct Counted<'a, R> {
    part: &'a mut R,
    bytes: u64,
    /// Signs that open something and close nothing.
    elements: u64,
    /// The byte before what is read next.
    last: u8,
    limit: u64,
}

/// The message by which an error of [`Counted`] is known again.
const OUTGROWN: &str = "a part is larger than it may be";

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(buffer)?;
        self.bytes += read as u64;
        self.count(&buffer[..read]);
        match self.bytes > self.limit {
            true => Err(io::Error::other(OUTGROWN)),
            false => Ok(read),
        }
    }
}

impl<R> Counted<'_, R> {
    fn count(&mut self, read: &[u8]) {
        let Some((first, last)) = read.first().zip(read.last()) else {
            return;
        };
        let opens = |before: u8, after: u8| before == b'<' && after != b'/';
        let pairs = read.iter().zip(&read[1..]);
        let inside = pairs
            .filter(|&(&before, &after)| opens(before, after))
            .count();
        self.elements += inside as u64 + u64::from(opens(self.last, *first));
        self.last = *last;
    }
}

/// The finding about an error of reading a part.
pub fn refused(error: &dyn std::fmt::Display) -> Refusal {
    let text = error.to_string();
    match text.contains(OUTGROWN) {
        true => too_large(format!(
            "unpacks to more than it may: {} MiB, {} MiB a sheet, {} MiB of texts",
            MOST_UNPACKED >> 20,
            MOST_OF_A_SHEET >> 20,
            MOST_SHARED_TEXT >> 20
        )),
        false => damaged(&text),
    }
}

/// A workbook that would take too much memory.
pub fn too_large(message: impl Into<String>) -> Refusal {
    let remedy = "leave out what railair does not read, or give it as a folder of CSV tables";
    Box::new(Finding::new(Code::WorkbookTooLarge, message, remedy))
}

/// A workbook that is not what it should be.
pub fn damaged(error: &dyn std::fmt::Display) -> Refusal {
    let error = super::shown(&error.to_string());
    let message = format!("is damaged, or no workbook: {error}");
    let remedy = "save it anew from the spreadsheet";
    Box::new(Finding::new(Code::DamagedWorkbook, message, remedy))
}

/// A workbook with a password.
pub fn encrypted() -> Refusal {
    let remedy = "save it without a password";
    Box::new(Finding::new(
        Code::EncryptedWorkbook,
        "is encrypted",
        remedy,
    ))
}

fn unreadable(error: &io::Error) -> Refusal {
    let message = format!("cannot be read: {error}");
    let remedy = "see to its permissions, and that it is an ordinary file";
    Box::new(Finding::new(Code::Unreadable, message, remedy))
}
