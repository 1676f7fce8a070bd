//! Bytes as text: UTF-8, or a guess that helps to say what else is wrong.
//!
//! Letters in another encoding are an error, since a guess may be wrong where it does not show. Yet
//! the file is read on with the guess, so that its other errors are told at the same time.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::codes::Code;
use super::csv_text::{RowNumbers, delimiter, reader, with_line_ends};
use super::findings::{Finding, quoted};

/// Bytes beyond ASCII below which the detector needs a hint.
const FEW: usize = 6;
/// The hint, a country's domain: a few accented letters are likeliest of western Europe.
const HOME: &[u8] = b"be";
/// What to do about another encoding.
const REMEDY: &str = "save it as \"CSV UTF-8\"";

/// A file that is not UTF-8.
pub(super) struct Foreign {
    /// How its letters are probably encoded.
    guess: &'static Encoding,
    /// The text before the first byte that is not UTF-8, and that byte; `None` where the file says
    /// itself how it is encoded.
    bad: Option<(String, u8)>,
}

/// The text of a file, without a byte order mark, and what it is if not UTF-8.
pub(super) fn decoded(mut bytes: Vec<u8>) -> (String, Option<Foreign>) {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    for utf_16 in [UTF_16LE, UTF_16BE] {
        if Encoding::for_bom(&bytes).is_some_and(|(found, _)| found == utf_16) {
            let foreign = Foreign {
                guess: utf_16,
                bad: None,
            };
            return (utf_16.decode(&bytes).0.into_owned(), Some(foreign));
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let (guess, text) = guessed(bytes);
            let before = String::from_utf8_lossy(&bytes[..good]).into_owned();
            let bad = Some((before, bytes[good]));
            (text, Some(Foreign { guess, bad }))
        }
    }
}

/// What the letters probably are, and the text that this makes.
fn guessed(bytes: &[u8]) -> (&'static Encoding, String) {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let few = bytes.iter().filter(|byte| !byte.is_ascii()).count() < FEW;
    let guess = detector.guess(few.then_some(HOME), Utf8Detection::Deny);
    let (text, broken) = guess.decode_without_bom_handling(bytes);
    if broken {
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
        return (WINDOWS_1252, text.into_owned());
    }
    // the two decode alike, and only the larger one writes what GBK does not have
    let beyond_gbk = guess == GBK && GBK.encode(&text).2;
    (if beyond_gbk { GB18030 } else { guess }, text.into_owned())
}

impl Foreign {
    /// The finding about a file whose guessed text is given: the first cell that is not UTF-8.
    pub fn finding(&self, text: &str) -> Finding {
        let name = self.guess.name();
        let Some((before, byte)) = &self.bad else {
            return Finding::new(Code::NotUtf8, format!("is {name} text"), REMEDY);
        };
        let place = Place::after(before, text);
        let message = format!(
            "{} has a byte (0x{byte:02x}) that is not UTF-8; it is probably {name}",
            quoted(&place.cell)
        );
        let finding = Finding::new(Code::NotUtf8, message, REMEDY).in_row(place.row);
        let finding = finding.with_text(&place.cell);
        match place.column {
            Some(column) => finding.in_column(column),
            None => finding,
        }
    }
}

/// A cell of a file.
struct Place {
    row: u32,
    column: Option<String>,
    cell: String,
}

impl Place {
    /// The cell of `text` in which it goes on after `before`.
    fn after(before: &str, text: &str) -> Self {
        let text = with_line_ends(text.to_owned());
        let separator = delimiter(&text).unwrap_or(b',');
        // the cell does not end where the text before does
        let before = with_line_ends(format!("{before}x"));
        let (mut rows, mut last) = (0, 0);
        let mut record = csv::StringRecord::new();
        let mut start = reader(&before, separator);
        while start.read_record(&mut record).unwrap_or(false) {
            rows += 1;
            last = record.len().saturating_sub(1);
        }
        let mut numbers = RowNumbers::default();
        let mut whole = reader(&text, separator);
        let (mut header, mut row) = (None, 1);
        for _ in 0..rows {
            if !whole.read_record(&mut record).unwrap_or(false) {
                break;
            }
            row = numbers.next(&record, whole.position().line());
            header = header.or_else(|| Some(record.clone()));
        }
        let named = header.filter(|_| rows > 1);
        Self {
            row,
            column: named.and_then(|header| header.get(last).map(|name| name.trim().to_owned())),
            cell: record.get(last).unwrap_or("").to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, encoding: &'static Encoding) -> String {
        let (bytes, _, lost) = encoding.encode(text);
        assert!(!lost);
        let (read, foreign) = decoded(bytes.into_owned());
        assert_eq!(read, text);
        foreign.expect("not UTF-8").finding(&read).to_string()
    }

    #[test]
    fn the_cell_and_the_encoding_are_named() {
        let chinese =
            "place,name,kind\nHGH,杭州萧山国际机场,airport\nSZX,深圳宝安国际机场,airport\n";
        assert_eq!(
            found(chinese, GBK),
            "error[E106] row 2, column name: \"杭州萧山国际机场\" has a byte (0xba) that is not UTF-8; it is probably GBK; save it as \"CSV UTF-8\""
        );
        let western = "place;name\r\nLGG;\"Aéroport; de Liège\"\r\n";
        let said = found(western, WINDOWS_1252);
        assert!(
            said.contains("row 2, column name: \"Aéroport; de Liège\""),
            "{said}"
        );
        assert!(said.contains("windows-1252"), "{said}");
        // 㐀 has four bytes, which GBK does not have
        let rare = "place,name\nA,\nB,㐀杭州萧山国际机场\n";
        let said = found(rare, GB18030);
        assert!(
            said.contains("row 3, column name") && said.contains("gb18030"),
            "{said}"
        );
        let polish = "place,name\nMAL,Małaszewicze: terminal przeładunkowy, świeżo i chętnie; średnio cięższe paczki\n";
        assert!(found(polish, encoding_rs::WINDOWS_1250).contains("windows-1250"));
        assert!(found("place\nLiège\n", WINDOWS_1252).contains("windows-1252"));
        let said = found("place,Größe\nA,1\n", WINDOWS_1252);
        assert!(said.starts_with("error[E106] row 1: \"Größe\""), "{said}");
    }

    #[test]
    fn a_mark_at_the_start_says_what_it_is() {
        assert!(decoded("\u{feff}a".into()).1.is_none());
        let bytes: Vec<u8> = "\u{feff}place"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let (text, foreign) = decoded(bytes);
        assert_eq!(text, "place");
        let said = foreign.unwrap().finding(&text).to_string();
        assert_eq!(
            said,
            "error[E106]: is UTF-16LE text; save it as \"CSV UTF-8\""
        );
    }

    #[test]
    fn no_bytes_make_it_panic() {
        for bytes in [
            &b"\xff"[..],
            b"\xfe\xff\x00",
            b"a,\"\xe8\n\n",
            b"\n\n\xe8",
            b"a\r\xe8\r",
        ] {
            let (text, foreign) = decoded(bytes.to_vec());
            let _ = foreign.map(|foreign| foreign.finding(&text).to_string());
        }
    }
}
