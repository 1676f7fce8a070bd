//! Every kind of finding, with its entry in the format reference.

use std::fmt;

use serde::{Serialize, Serializer};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing can be planned until it is put right.
    Error,
    /// A plan is possible; look whether it is the one that was meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal,)+) => {
        /// A kind of finding. `E` codes are errors, `W` codes warnings; numbers are never reused.
        ///
        /// The documentation of each code is its entry in the reference: what it means, why it
        /// matters, and the remedy.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every code, in the order of the reference.
            pub const fn all() -> &'static [Self] {
                &[$(Self::$name,)+]
            }

            /// The code as it is printed: `E203`.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }

            /// The entry in the reference, line by line.
            pub const fn entry(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$($doc,)+],)+
                }
            }
        }
    };
}

codes! {
    /// There is nothing at the path given.
    /// Remedy: give the folder that holds `settings.csv`, or the workbook; `railair init` writes one to start from.
    InstanceNotFound = "E101",
    /// The path is a file, and not one that holds an instance.
    /// Remedy: give the folder that holds `settings.csv`, or a workbook (`.xlsx`, `.xlsm`, `.ods`).
    NotAnInstance = "E102",
    /// A table that every instance needs is not there: `settings`, `places`, `products`, `demand` or `services`.
    /// Remedy: add the file, or the sheet; its columns stand in the reference.
    MissingTable = "E103",
    /// A `.csv` file in the folder is none of railair's tables, or the name of a sheet nearly one, so nothing would read it. An optional table under a misspelled name would otherwise be left out of the plan in silence.
    /// Remedy: give it the table's name, or move it elsewhere.
    UnknownTable = "E104",
    /// The file is there but cannot be read.
    /// Remedy: see to its permissions, and that it is an ordinary file.
    Unreadable = "E105",
    /// The file is not UTF-8 text, so letters outside ASCII would be guessed. The message says what they probably are; the rest of the file is checked with that guess.
    /// Remedy: save it as “CSV UTF-8”.
    NotUtf8 = "E106",
    /// The file has no header line.
    /// Remedy: write the column names in its first line.
    NoHeader = "E107",
    /// A column without a default is missing.
    /// Remedy: add the column.
    MissingColumn = "E108",
    /// A column that the table does not have; what it says would be left out of the plan in silence.
    /// Remedy: give it the name of a column in the reference; free text goes into `note` or `source`. A column of your own is called `x_…`, or stands in the setting `ignore_columns`.
    UnknownColumn = "E109",
    /// A column stands twice in the header, and the two may disagree.
    /// Remedy: remove one of them.
    DuplicateColumn = "E110",
    /// A row has more or fewer cells than the header, so its cells may stand under the wrong names. Usually a comma in a text or a number has no quotes around its cell.
    /// Remedy: put cells with commas in double quotes; write numbers without thousands separators.
    RaggedRow = "E111",
    /// A quoted cell does not end, and swallows the rows after it.
    /// Remedy: close the quote; a quote inside a quoted cell is written twice.
    UnclosedQuote = "E112",
    /// A table that every instance needs has a header but no rows.
    /// Remedy: add at least one row.
    NoRows = "E113",
    /// The header is separated by tabs.
    /// Remedy: save the table with commas or semicolons.
    TabSeparated = "E114",
    /// A workbook that cannot be taken apart: broken off, or no workbook under a workbook's name.
    /// Remedy: open it in a spreadsheet and save it anew.
    DamagedWorkbook = "E115",
    /// A workbook with a password.
    /// Remedy: save it without one.
    EncryptedWorkbook = "E116",
    /// A spreadsheet in a format that railair does not read: `.xls`, `.xlsb` and others.
    /// Remedy: save it as `.xlsx` or `.ods`.
    UnreadFormat = "E117",
    /// Two sheets have the name of one table, but for capitals or blanks around it.
    /// Remedy: remove one of them.
    DuplicateSheet = "E118",

    /// A cell without a default is blank.
    /// Remedy: fill it in.
    Blank = "E201",
    /// A cell that should be a number is not one.
    /// Remedy: write digits with a decimal point: `12345.6`. No units, no exponent, no percent sign.
    NotANumber = "E202",
    /// A number that people read in two ways: `1,234`, `12 000`, `1'000`; among whole numbers `90.000` too. Guessing it has turned demands above 1,000 into 1.234 before.
    /// Remedy: write it without a thousands separator, with a decimal point: `1234` or `1.234`.
    AmbiguousNumber = "E203",
    /// `NaN`, `inf` and the like are no quantities.
    /// Remedy: leave the cell blank for its default (often: unlimited), or write a number.
    NotFinite = "E204",
    /// A point inside a number of a table with semicolons, whose decimal sign is the comma: `1.234` could be a thousand or one. Spreadsheets save a CSV as the cells look: a count that is shown with thousands, `51.380` in a German one.
    /// Remedy: write `1,234` or `1234` in such a table, give columns of counts the number format `0` before saving, or save it with commas between the cells and decimal points.
    PointInCommaTable = "E205",
    /// A number is finer than railair counts: grams, cubic centimetres, millionths of money, millionths of units.
    /// Remedy: round it.
    TooFine = "E206",
    /// A number or date lies outside what the column may hold. Sums of such numbers might not be exact any more.
    /// Remedy: correct it; the range stands in the reference.
    OutOfRange = "E207",
    /// A count is not whole.
    /// Remedy: round it.
    NotWhole = "E208",
    /// A cell that should be a time of day is not one.
    /// Remedy: write HH:MM between 00:00 and 23:59; midnight is 00:00 of the next day.
    NotATime = "E209",
    /// A cell that should be a date is not one, or the calendar does not have it.
    /// Remedy: write year-month-day: `2019-11-11`.
    NotADate = "E210",
    /// A date that people read in two ways: `03/04/2019` is in March or in April.
    /// Remedy: write year-month-day: `2019-04-03`.
    AmbiguousDate = "E211",
    /// A cell that should be weekdays is not.
    /// Remedy: write `daily`, or the days' numbers from Monday = 1: `135`, `1 3 5` or `1.3.5..`.
    NotDays = "E212",
    /// A cell that should be yes or no is neither.
    /// Remedy: write `yes` or `no`.
    NotYesNo = "E213",
    /// A word that the column does not know.
    /// Remedy: choose one of the words in the reference.
    UnknownWord = "E214",
    /// An id that railair cannot print safely in paths, file names and spreadsheets.
    /// Remedy: 1 to 64 letters, digits, `_`, `-`, `.` and single inner spaces, starting with none of `= + - @`.
    BadId = "E215",
    /// A text with control characters, or longer than 1,000 characters.
    /// Remedy: shorten it, or type it anew.
    BadText = "E216",
    /// A time zone that the IANA database does not have.
    /// Remedy: write its name: `Asia/Shanghai`, `Europe/Brussels`, `UTC`.
    UnknownTimeZone = "E217",
    /// A currency that is not three capital letters.
    /// Remedy: write its ISO 4217 code: `EUR`.
    BadCurrency = "E218",
    /// A cell of a sheet holds an error of the spreadsheet: `#REF!`, `#DIV/0!`, `#N/A`, `#SPILL!`.
    /// Remedy: correct its formula, or what the formula refers to.
    ErrorCell = "E219",
    /// A formula whose result was never calculated, as programs that write workbooks leave it; the cell would read as blank.
    /// Remedy: open the workbook in a spreadsheet and save it there.
    NoResult = "E220",

    /// Two rows have the same key, so that one would override or double the other.
    /// Remedy: remove one, or put them together.
    DuplicateKey = "E301",
    /// An id that no row of the table it refers to defines.
    /// Remedy: correct it, or add the row there.
    UnknownId = "E302",
    /// A setting that railair does not have.
    /// Remedy: choose one of the settings in the reference.
    UnknownSetting = "E303",
    /// A setting without a default is missing.
    /// Remedy: add its row.
    MissingSetting = "E304",
    /// Weeks run from Monday, and `week_start` is another day.
    /// Remedy: write the date of a Monday.
    NotAMonday = "E305",
    /// A week that the horizon does not have.
    /// Remedy: write a week from 1 to `weeks`, or leave the cell blank for every week.
    WeekOutsideHorizon = "E306",
    /// The shares of a profile do not sum to 1 (within 0.0001), so parcels would be lost or invented.
    /// Remedy: correct the shares; fractions, not per cent.
    ProfileSum = "E307",
    /// Legs of a service, or tiers of a handling step, are not numbered 1, 2, 3, … without a hole.
    /// Remedy: add the missing row, or renumber.
    NumberMissing = "E308",
    /// A leg does not start where the leg before it ends.
    /// Remedy: correct the places, or the leg numbers.
    BrokenLegChain = "E309",
    /// Rows of one service, or of one handling step, contradict each other in what holds for all of it.
    /// Remedy: give all rows the same value, or leave the later ones blank.
    RowsDisagree = "E310",
    /// Something leads from a place to the same place.
    /// Remedy: correct one of the two.
    SamePlace = "E311",
    /// A leg's `km` is blank, and a place on its line has no coordinates to measure from.
    /// Remedy: fill in `km`, or `lat` and `lon` of the places.
    NoDistance = "E312",
    /// What a departure sells is not told completely: units, prices or contents without a `unit`, or a unit that holds neither weight nor volume, so that buying it would buy nothing.
    /// Remedy: name the `unit` and what it holds.
    IncompleteUnit = "E313",
    /// A minimum is above its maximum, or a first date after its last.
    /// Remedy: correct one of the two.
    MinimumAboveMaximum = "E314",
    /// A limit without `min`, `max`, `min_share` or `max_share` limits nothing.
    /// Remedy: fill in one of them.
    EmptyLimit = "E315",
    /// A limit on units or carriage cost selects parcels, or counts main hauls, but departures buy space for all parcels together.
    /// Remedy: leave `origin`, `destination`, `product` and `counts` blank, or choose another metric.
    NotAttributable = "E316",
    /// An event concerns neither, or both, of a service and a place.
    /// Remedy: fill in exactly one of `service` and `place`.
    EventTarget = "E317",
    /// An event's `value` does not go with its `effect`, or its effect not with what it concerns.
    /// Remedy: `capacity_factor` and `delay_hours` need a value, the others take none; `closed` and `held` are for places.
    EventEffect = "E318",
    /// A price in a currency without an exchange rate.
    /// Remedy: add the currency to `exchange_rates`.
    NoExchangeRate = "E320",
    /// A place has a latitude without a longitude, or the reverse.
    /// Remedy: fill in both, or neither.
    HalfPosition = "E321",
    /// A handling tier in whole shifts has no `capacity`, shifts of nothing, or more than 100 of them, or its step has more than three such tiers.
    /// Remedy: write what a shift works and what all of them work together; work in more and smaller parts goes by the unit.
    IncompleteShift = "E322",

    /// A parcel that no parcel network carries: above 150 kg or 2,000 litres, or denser than any metal. Grams or cubic centimetres have probably been written.
    /// Remedy: write kilograms and litres.
    ImpossibleParcel = "E401",
    /// A leg faster than its mode can be: 1,300 km/h by air, 400 by rail, 150 by road, 90 by sea. Days have probably been written for hours, or miles for kilometres.
    /// Remedy: correct `hours` or `km`.
    ImpossibleSpeed = "E402",
    /// A price above a million per kilogram of what its unit holds.
    /// Remedy: correct the price, its currency, or what the unit holds.
    ImpossiblePrice = "E403",
    /// More weight or volume than any vehicle of the mode lifts. Grams or litres have probably been written.
    /// Remedy: write kilograms and cubic metres.
    ImpossibleLoad = "E404",
    /// A parcel heavier than 70 kg, larger than 500 litres, denser than steel, or lighter than foam.
    /// Remedy: check that the columns hold kilograms and litres of one parcel.
    DoubtfulParcel = "W411",
    /// A leg unusually fast or slow for its mode.
    /// Remedy: check `hours` and `km`.
    DoubtfulSpeed = "W412",
    /// A price per kilogram more than 20 times the median of its mode, or less than a twentieth.
    /// Remedy: check the price, its currency, and what the unit holds.
    DoubtfulPrice = "W413",
    /// A unit of a well-known kind that holds much more or less than such units do.
    /// Remedy: check `kg_per_unit` and `m3_per_unit`.
    DoubtfulLoad = "W414",
    /// A leg's `km` is shorter than the straight line between its places, or more than three times as long.
    /// Remedy: check `km` and the places' coordinates.
    DoubtfulDistance = "W415",
    /// A place without a time zone, so that times of day there are read in UTC, though other places have a zone or its longitude is more than two and a half hours from Greenwich.
    /// Remedy: fill in `time_zone`; write `UTC` where that is meant.
    BlankTimeZone = "W416",

    /// A table is larger than 256 MiB.
    /// Remedy: leave out columns and rows that are not needed.
    FileTooLarge = "E501",
    /// A line is longer than 1 MiB.
    /// Remedy: look whether the file is a table at all.
    LineTooLong = "E502",
    /// A header has more than 200 columns.
    /// Remedy: remove what railair does not read.
    TooManyColumns = "E503",
    /// More than 5,000,000 demands, counting a blank `week` once for every week.
    /// Remedy: plan fewer weeks at once, or put demands together.
    TooManyDemands = "E504",
    /// More than 2,000,000 departures within the horizon.
    /// Remedy: plan fewer weeks at once, or leave out services.
    TooManyDepartures = "E505",
    /// The sum of a column would leave exact arithmetic (about 10^18 grams, cubic centimetres or millionths of money).
    /// Remedy: correct the number; it is far above anything carried.
    SumTooLarge = "E506",
    /// A scenario has more changes than can be applied: 1,000,000,000 comparisons of a change with a row.
    /// Remedy: use `*` to change many rows at once.
    TooManyChanges = "E507",
    /// What a limit counts, what it asks for, or what its penalty may come to where a plan breaks it, would leave exact arithmetic (about 10^18 of the smallest parts: millionths of money, grams, cubic centimetres, billionths of a unit).
    /// Remedy: correct the bound or the penalty; a penalty above all other costs of a unit is enough.
    LimitTooLarge = "E508",
    /// A table has more than 48,000,000 cells (6,000,000 rows of demand), counting a cell for each of its columns in the reference.
    /// Remedy: leave out rows that are not needed, or put demands together.
    TooManyCells = "E509",
    /// A workbook is larger than 128 MiB, unpacks to more than 1 GiB (512 MiB a sheet, 128 MiB of texts), or has more than 4,000,000 cells in an `.ods`.
    /// Remedy: leave out what railair does not read, or give it as a folder of CSV tables.
    WorkbookTooLarge = "E510",

    /// The scenario asked for is not in the table `scenarios`.
    /// Remedy: choose one that is.
    UnknownScenario = "E601",
    /// A scenario changes a column that its table does not have.
    /// Remedy: correct `column`.
    ScenarioColumn = "E602",
    /// A scenario's `key` has more parts than the key of its table.
    /// Remedy: write the key columns joined by `/`, as many as are needed; `*` stands for any.
    ScenarioKey = "E603",
    /// A scenario's `key` matches no row, so the change would do nothing.
    /// Remedy: correct the key.
    NothingMatched = "E604",
    /// A change that cannot be made: `scale` or `add` on a column without numbers, or a `value` that is not a number; `drop` with a value.
    /// Remedy: use `set` for text; write a number for `scale` and `add`; leave `column` and `value` blank for `drop`.
    ScenarioChange = "E605",

    /// No demand and no service uses a place.
    /// Remedy: remove it, or look for the misspelled id.
    UnusedPlace = "W701",
    /// No demand is of a product.
    /// Remedy: remove it, or look for the misspelled id.
    UnusedProduct = "W702",
    /// No demand has a profile.
    /// Remedy: remove it, or look for the misspelled id.
    UnusedProfile = "W703",
    /// No price is in a currency.
    /// Remedy: remove it, or fill in the `currency` of the prices.
    UnusedRate = "W704",
    /// No service of the mode arrives at (or departs from) the place of a handling step.
    /// Remedy: remove the step, or correct its place, mode or direction.
    UnusedHandling = "W705",
    /// Events and bookings have dates, and a typical week has none: the table is not used.
    /// Remedy: set `horizon` to `dated`, or remove the table.
    UnusedTable = "W706",
    /// Dates outside the horizon: the row is not used.
    /// Remedy: correct the dates, or remove the row.
    OutsideHorizon = "W707",
    /// A cell that has no effect where it stands.
    /// Remedy: leave it blank.
    UnusedCell = "W708",
    /// A sheet whose name is no table's: it is not read.
    /// Remedy: none, if it is not meant to be read.
    ForeignSheet = "W709",
    /// A table's sheet is hidden, and is read all the same.
    /// Remedy: unhide it, or remove it.
    HiddenSheet = "W710",

    /// Nothing can carry a demand within its promise and `max_late_hours`, whatever it costs; all of it stays behind at `unserved_per_parcel`. The message tells why: no service, no time, or the rule that forbids it. A warning, because unserved volume at a price is a plan.
    /// Remedy: add a service, allow it, or allow more time.
    NothingInTime = "W801",
    /// More parcels ask for capacity than there is, whatever it costs; the rest stays behind. The message names the bottleneck (a minimum cut). A warning, because a planner may want to see what stays behind.
    /// Remedy: add capacity at the bottleneck.
    MoreDemandThanCapacity = "W802",
    /// A limit on a share counts each parcel once, on its main haul, because `counts` is blank, and there are ways with several legs. Where every leg counted, feeder trucks would be part of the whole, and a share of it by rail could be out of reach. Told once for all such limits.
    /// Remedy: write `main` into `counts` where that is meant, or `aboard` to count every leg.
    CountsMainHauls = "W803",

    /// A column holds data and has no name, so nothing would read it: a price without a heading would cost nothing. In a sheet this concerns columns inside the table or right beside it; what stands beyond a blank column are notes.
    /// Remedy: write its name above it. A column of your own is called `x_…`, or stands in the setting `ignore_columns`; in a sheet leave a blank column between the table and notes.
    BlankHeading = "E119",
    /// An exchange rate that the currency has never had: it may stand the wrong way round. The message says how it is read. Known are major currencies against the euro, by the European Central Bank's reference rates of 2005 to 2025 with some room.
    /// Remedy: write how much of the currency one unit of the instance's currency buys.
    DoubtfulRate = "W417",
    /// A zone whose standard time is more than three and a half hours from what the sun says at the place's longitude. `UTC` is taken for meant.
    /// Remedy: check the zone and the coordinates. The signs of `Etc/GMT+8` are inverted: it is eight hours behind UTC.
    DoubtfulTimeZone = "W418",
    /// What holds less than a kilogram a cubic metre, or a booking that weighs less: litres have probably been written for cubic metres.
    /// Remedy: write cubic metres.
    DoubtfulVolume = "W419",
    /// Units are paid for whether used or not, and no demand can ride: none starts where the leg can be reached from and ends where it leads to.
    /// Remedy: remove the service, or correct its places or those of the demand.
    IdleMinimum = "W711",
    /// Leaving parcels of a product behind costs less than space on any way that any of them could take, so that none is carried.
    /// Remedy: check `unserved_per_parcel`, and the prices of carriage.
    CheaperLeftBehind = "W712",
    /// More is booked on a departure than it has, or a departure is booked that an event cancels.
    /// Remedy: correct the booking, or what the departure has.
    Overbooked = "W713",
    /// An event that changes nothing: nothing departs, passes or is handled there on its days, or its value changes nothing, or nothing there has a capacity that it could change. Events with the factor 1 that a scenario changes are not meant.
    /// Remedy: correct the service or place, the dates or the value, or remove the event.
    NoEffect = "W714",
    /// A booking names a date on which its service does not depart: it takes room from nothing.
    /// Remedy: write the local date on which the first leg departs.
    NoSuchDeparture = "W715",
}

impl Code {
    /// Error or warning, as the first letter says.
    pub const fn severity(self) -> Severity {
        match self.id().as_bytes()[0] {
            b'E' => Severity::Error,
            _ => Severity::Warning,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_has_its_own_number_and_a_remedy() {
        let numbers: BTreeSet<&str> = Code::all().iter().map(|code| &code.id()[1..]).collect();
        assert_eq!(numbers.len(), Code::all().len());
        for code in Code::all() {
            assert!(matches!(code.id().as_bytes()[0], b'E' | b'W'), "{code}");
            assert!(
                code.entry()
                    .iter()
                    .any(|line| line.trim().starts_with("Remedy: ")),
                "{code} has no remedy"
            );
        }
    }
}
