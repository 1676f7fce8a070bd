//! The table `products`.

use super::findings::Findings;
use super::magnitude;
use super::model::Product;
use super::row::{Read, Row, must, read_rows, report_duplicates};
use super::text_table::TextTable;
use crate::units::{CubicCentimetres, Grams, Minutes, Money};

/// Reads the products, by id.
pub(super) fn read(table: Option<&TextTable>, findings: &mut Findings) -> Vec<Product> {
    let mut keys = Vec::new();
    let mut products = read_rows(table, findings, |row| {
        keys.push((row.raw("product").to_owned(), row.number()));
        read_row(row)
    });
    keys.retain(|(id, _)| !id.is_empty());
    report_duplicates(table, findings, "product", keys, |id| {
        format!("product {id}")
    });
    products.sort_by(|a, b| a.id.cmp(&b.id));
    products.dedup_by(|a, b| a.id == b.id);
    products
}

fn read_row(row: &mut Row<'_, '_>) -> Read<Product> {
    let id = must(row.id("product"));
    let name = row.text("name");
    let weight = must(row.number_in("kg_per_parcel")).map(Grams);
    let volume = must(row.number_in("litres_per_parcel")).map(CubicCentimetres);
    let promise = must(row.number_in("promise_hours"));
    let max_late = must(row.number_in("max_late_hours"));
    let late = must(row.number_in("late_per_parcel_day"));
    let unserved = must(row.number_in("unserved_per_parcel"));
    let parcel = weight.and_then(|weight| Ok((weight, volume?)));
    let parcel = parcel.and_then(|(weight, volume)| {
        magnitude::check_parcel(row, weight, volume)?;
        Ok((weight, volume))
    });
    let id = id?;
    let name = name?;
    let (weight, volume) = parcel?;
    Ok(Product {
        id: id.to_owned(),
        name: if name.is_empty() { id } else { name }.to_owned(),
        weight,
        volume,
        promise: Minutes(promise?),
        max_late: Minutes(max_late?),
        late_per_parcel_day: Money(late?),
        unserved_per_parcel: Money(unserved?),
    })
}
