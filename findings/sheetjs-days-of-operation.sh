#!/usr/bin/env bash
# SheetJS takes some days of operation for dates, and others of the same column for text.
#
# Airlines and their schedules (IATA's SSIM) write the days on which a flight operates as seven places,
# Monday first: `1.3.5..` is Monday, Wednesday and Friday. SheetJS, reading a CSV file, makes of that the
# number 38355, the 3rd of January 2005, and of `1.3.5` the same; what was written is gone, only a shown
# text `1/3/05` is left. `.2.4...`, `1...5..` and `12345..` of the same column stay text, and `1234567` is
# a number. The option `raw: true` keeps them all as text.
#
# Seen: xlsx 0.18.5 on Node.js 20.
# Expected by a good engineer: two dots at the end are no date in any country.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > /dev/null
npm install --silent --no-fund --no-audit xlsx@0.18.5
cat > check.js <<'JAVASCRIPT'
const assert = require("node:assert");
const xlsx = require("xlsx");
const days = ["1.3.5..", "1.3.5", ".2.4...", "1...5..", "12345..", ".....67", "1234567"];
const text = ["days", ...days].join("\n") + "\n";
const read = (options) => {
  const book = xlsx.read(text, { type: "string", ...options });
  const sheet = book.Sheets[book.SheetNames[0]];
  return days.map((_, row) => sheet[`A${row + 2}`].v);
};
const found = read({});
days.forEach((written, row) => console.log(written.padEnd(8), "is read as", JSON.stringify(found[row])));
const seen = [38355, 38355, ".2.4...", "1...5..", "12345..", ".....67", 1234567];
assert.deepStrictEqual(found, seen, "SheetJS has changed");
assert.deepStrictEqual(read({ raw: true }), days, "with raw all stay as they are written");
JAVASCRIPT
node check.js
