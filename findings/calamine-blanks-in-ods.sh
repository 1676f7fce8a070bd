#!/usr/bin/env bash
# calamine refuses valid OpenDocument sheets in which elements stand on lines of their own.
#
# Between the elements of a table OpenDocument allows blanks and line ends, as XML does where an element
# holds elements only; Gnumeric and SheetJS write them. calamine ends with an error at the first blank
# that it meets within a row ("Expecting 'table-cell', found 'Text(...)'"), and reads the same sheet with
# the blanks taken out. pandas (odfpy) reads both alike.
#
# Seen: calamine 0.38.0; pandas 2.2.3 with odfpy 1.4.1.
# Expected by a good engineer: blanks between elements mean nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check pandas==2.2.3 odfpy==1.4.1
cat > write.py <<'PYTHON'
import zipfile

import pandas

MIME = "application/vnd.oasis.opendocument.spreadsheet"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(
    f'xmlns:{name}="{OASIS}:{name}:1.0"' for name in ("office", "table", "text")
)
MANIFEST = (
    f'<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)


def element(name, gap, parts, attributes=""):
    return f"<{name}{attributes}>{gap}{gap.join(parts)}{gap}</{name}>"


def cell(text):
    text = f"<text:p>{text}</text:p>"
    return element("table:table-cell", "", [text], ' office:value-type="string"')


def write(path, gap):
    rows = [("place", "kind"), ("LGG", "hub")]
    rows = [element("table:table-row", gap, [cell(text) for text in row]) for row in rows]
    table = element("table:table", gap, rows, ' table:name="places"')
    body = element("office:body", gap, [element("office:spreadsheet", gap, [table])])
    version = f' {SPACES} office:version="1.2"'
    content = element("office:document-content", gap, [body], version)
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", MIME)
        package.writestr("content.xml", '<?xml version="1.0" encoding="UTF-8"?>' + content)
        package.writestr("META-INF/manifest.xml", MANIFEST)


for path, gap in (("tight.ods", ""), ("lines.ods", "\n ")):
    write(path, gap)
    read = pandas.read_excel(path, engine="odf")
    assert read.to_dict("list") == {"place": ["LGG"], "kind": ["hub"]}, read
    print(f"{path}: pandas reads it")
PYTHON
tools/bin/python write.py
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "reads"
version = "0.0.0"
edition = "2021"

[dependencies]
calamine = "=0.38.0"
TOML
cat > src/main.rs <<'RUST'
use calamine::{open_workbook, Ods, Reader};

fn read(path: &str) -> Result<Vec<Vec<String>>, String> {
    let mut book: Ods<_> = open_workbook(path).map_err(|error: calamine::OdsError| error.to_string())?;
    let sheet = book.worksheet_range("places").map_err(|error| error.to_string())?;
    Ok(sheet.rows().map(|row| row.iter().map(|cell| cell.to_string()).collect()).collect())
}

fn main() {
    let (tight, lines) = (read("tight.ods"), read("lines.ods"));
    println!("without blanks: {tight:?}\nwith line ends: {lines:?}");
    assert_eq!(tight.unwrap(), [["place", "kind"], ["LGG", "hub"]]);
    assert!(lines.unwrap_err().contains("table-cell"), "calamine has changed");
}
RUST
cargo build --quiet
./target/debug/reads
