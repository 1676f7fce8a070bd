//! The table `places`.

use super::codes::Code;
use super::findings::Findings;
use super::model::{Place, PlaceKind};
use super::row::{Read, Row, must, read_rows, report_duplicates};
use super::text_table::TextTable;
use super::zones;
use crate::units::{CubicCentimetres, Money};

const KINDS: [PlaceKind; 7] = [
    PlaceKind::City,
    PlaceKind::Airport,
    PlaceKind::RailTerminal,
    PlaceKind::Port,
    PlaceKind::Border,
    PlaceKind::Hub,
    PlaceKind::Market,
];
/// A billionth of a degree: how coordinates are counted while they are read.
const DEGREE: f64 = 1e9;
/// Degrees of longitude that the sun passes in two and a half hours.
const FAR_FROM_GREENWICH: f64 = 37.5;

/// Reads the places, by id.
pub(super) fn read(table: Option<&TextTable>, findings: &mut Findings) -> Vec<Place> {
    let mut keys = Vec::new();
    let zoned = table.is_some_and(has_zones);
    let mut places = read_rows(table, findings, |row| {
        let place = read_row(row);
        if let Ok(place) = &place {
            warn_zone(row, place, zoned);
            doubt_zone(row, place);
        }
        keys.push((row.raw("place").to_owned(), row.number()));
        place
    });
    keys.retain(|(id, _)| !id.is_empty());
    report_duplicates(table, findings, "place", keys, |id| format!("place {id}"));
    places.sort_by(|a, b| a.id.cmp(&b.id));
    places.dedup_by(|a, b| a.id == b.id);
    places
}

/// Whether any place says which clock it keeps.
fn has_zones(table: &TextTable) -> bool {
    let column = table.table.position("time_zone");
    let filled = |column| (0..table.len()).any(|row| !table.cell(row, column).is_empty());
    column.is_some_and(filled)
}

/// Says where a blank is read as UTC and is probably none. An instance that gives no zones at all
/// and lies nowhere, or near Greenwich, keeps one clock on purpose.
fn warn_zone(row: &mut Row<'_, '_>, place: &Place, zoned: bool) {
    let far = |(_, lon): (f64, f64)| lon.abs() > FAR_FROM_GREENWICH;
    if !row.raw("time_zone").is_empty() || !(zoned || place.position.is_some_and(far)) {
        return;
    }
    let id = &place.id;
    row.report(
        Code::BlankTimeZone,
        "time_zone",
        format!("times of day at {id} are read in UTC"),
        "fill in its zone, such as `Asia/Shanghai`; write `UTC` where that is meant",
    );
}

/// Says where a zone is far from where the place lies.
fn doubt_zone(row: &mut Row<'_, '_>, place: &Place) {
    let name = row.raw("time_zone");
    let doubt = place
        .position
        .filter(|_| !name.is_empty())
        .and_then(|position| zones::doubt(name, &place.time_zone, position));
    if let Some(doubt) = doubt {
        row.fault("time_zone", doubt);
    }
}

fn read_row(row: &mut Row<'_, '_>) -> Read<Place> {
    let id = must(row.id("place"));
    let name = row.text("name");
    let kind = must(row.word("kind"));
    let country = row.text("country");
    let lat = row.number_in("lat");
    let lon = row.number_in("lon");
    let unlocode = row.text("unlocode");
    let iata = row.text("iata");
    let time_zone = must(row.time_zone("time_zone"));
    let storage = row.number_in("storage_m3");
    let storage_price = must(row.number_in("storage_per_m3_day"));
    let position = match (lat, lon) {
        (Ok(Some(lat)), Ok(Some(lon))) => Ok(Some((lat as f64 / DEGREE, lon as f64 / DEGREE))),
        (Ok(None), Ok(None)) => Ok(None),
        (Ok(lat), Ok(_)) => {
            let missing = if lat.is_some() { "lon" } else { "lat" };
            let message = "one coordinate is filled in and the other is blank";
            Err(row.report(
                Code::HalfPosition,
                missing,
                message,
                "fill in both, or neither",
            ))
        }
        (lat, lon) => lat.and(lon).map(|_| None),
    };
    let id = id?;
    let name = name?;
    Ok(Place {
        id: id.to_owned(),
        name: if name.is_empty() { id } else { name }.to_owned(),
        kind: KINDS[kind?],
        country: country?.to_owned(),
        position: position?,
        unlocode: unlocode?.to_owned(),
        iata: iata?.to_owned(),
        time_zone: time_zone?,
        storage: storage?.map(CubicCentimetres),
        storage_per_m3_day: Money(storage_price?),
    })
}
