//! Errors that the reader behind does not know.
//!
//! Excel has grown errors since its format was laid down: `#SPILL!`, `#CALC!`, `#FIELD!`, … The
//! reader behind gives up a whole sheet at one of them. Such a workbook is copied once, with every
//! error cell turned into a text of the same letters, which is known for an error again where cells
//! are looked at.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, Write};
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::archive::{self, Refusal};

/// A copy of a workbook that [`archive::check`] has passed, with errors as texts.
pub fn as_texts(path: &Path) -> Result<File, Refusal> {
    let file = File::open(path).map_err(|error| archive::damaged(&error))?;
    let mut old =
        ZipArchive::new(BufReader::new(file)).map_err(|error| archive::damaged(&error))?;
    let copy = tempfile::tempfile().map_err(|error| archive::damaged(&error))?;
    let mut new = ZipWriter::new(copy);
    for index in 0..old.len() {
        let part = old
            .by_index(index)
            .map_err(|error| archive::damaged(&error))?;
        let name = part.name().map_err(|error| archive::damaged(&error))?;
        if !name.contains("worksheets/") || !name.ends_with(".xml") {
            new.raw_copy_file(part)
                .map_err(|error| archive::damaged(&error))?;
            continue;
        }
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        new.start_file(name.into_owned(), options)
            .map_err(|error| archive::damaged(&error))?;
        rewrite(BufReader::new(part), &mut new)?;
    }
    let mut copy = new.finish().map_err(|error| archive::damaged(&error))?;
    copy.rewind().map_err(|error| archive::damaged(&error))?;
    Ok(copy)
}

fn rewrite(sheet: impl BufRead, out: &mut impl Write) -> Result<(), Refusal> {
    let mut reader = Reader::from_reader(sheet);
    let mut writer = Writer::new(out);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|error| archive::refused(&error))?;
        let event = match event {
            Event::Eof => return Ok(()),
            Event::Start(element) if element.local_name().as_ref() == "c" => {
                Event::Start(with_text_type(&element)?)
            }
            other => other,
        };
        let written = writer.write_event(event);
        written.map_err(|error| archive::damaged(&error))?;
    }
}

/// The cell as it is, but for the type of an error.
fn with_text_type<'a>(cell: &BytesStart<'a>) -> Result<BytesStart<'a>, Refusal> {
    let mut attributes = Vec::new();
    let mut is_error = false;
    for attribute in cell.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| archive::refused(&error))?;
        match attribute.key.0 == "t" && &*attribute.value == "e" {
            true => is_error = true,
            false => attributes.push(attribute),
        }
    }
    if !is_error {
        return Ok(cell.to_owned());
    }
    let mut changed = BytesStart::new(cell.name().0.to_owned());
    changed.extend_attributes(attributes);
    changed.push_attribute(("t", "str"));
    Ok(changed)
}
