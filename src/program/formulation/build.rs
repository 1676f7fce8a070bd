//! A program in the making.

use std::collections::HashMap;

use super::{Class, ColumnMeaning, FormulationError, Limited, RowMeaning};
use crate::instance::{Instance, Leg, Measure, Product, Service};
use crate::network::{Calendar, Departure, Network};
use crate::program::{self, Column, Program, Row};

/// Grams in a kilogram.
pub(super) const PER_KG: i64 = 1_000;
/// Cubic centimetres in a cubic metre.
pub(super) const PER_M3: i64 = 1_000_000;

pub(super) struct Builder<'a> {
    pub instance: &'a Instance,
    pub calendar: &'a Calendar,
    pub network: &'a Network,
    pub classes: &'a [Class],
    pub program: Program,
    rows: Vec<RowMeaning>,
    columns: Vec<ColumnMeaning>,
    /// Entries of `program.amounts` by their contents.
    known: HashMap<Vec<i64>, u32>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        instance: &'a Instance,
        calendar: &'a Calendar,
        network: &'a Network,
        classes: &'a [Class],
    ) -> Self {
        let program = Program {
            classes: classes.len(),
            ..Program::default()
        };
        Self {
            instance,
            calendar,
            network,
            classes,
            program,
            rows: Vec::new(),
            columns: Vec::new(),
            known: HashMap::new(),
        }
    }

    pub(super) fn finish(self) -> (Program, Vec<RowMeaning>, Vec<ColumnMeaning>) {
        (self.program, self.rows, self.columns)
    }

    pub(super) fn add_row(&mut self, what: Limited, per_unit: i64, upper: i64) -> u32 {
        self.program.rows.push(Row { upper });
        self.rows.push(RowMeaning { what, per_unit });
        (self.rows.len() - 1) as u32
    }

    pub(super) fn add_column(&mut self, meaning: ColumnMeaning, column: Column) -> u32 {
        self.program.columns.push(column);
        self.columns.push(meaning);
        (self.columns.len() - 1) as u32
    }

    /// By how much a row of weight or volume was multiplied to be whole.
    pub(super) fn scale(&self, row: u32, base: i64) -> i64 {
        self.rows[row as usize].per_unit / base
    }

    /// A column of at most `most` parts, of which `parts` make one unit of the column. Where the
    /// bound is not a whole number it becomes a row of its own, named by `what`.
    pub(super) fn add_bounded_column(
        &mut self,
        meaning: ColumnMeaning,
        mut column: Column,
        most: Option<i64>,
        parts: i64,
        what: Limited,
    ) -> (u32, Option<u32>) {
        let mut row = None;
        match most {
            Some(most) if most % parts == 0 => column.upper = Some(most / parts),
            Some(most) => {
                let index = self.add_row(what, parts, most);
                column.entries.push((index, parts));
                row = Some(index);
            }
            None => {}
        }
        (self.add_column(meaning, column), row)
    }

    /// The entry of amounts with one number per class.
    pub(super) fn amount(&mut self, amounts: Vec<i64>) -> u32 {
        if let Some(&index) = self.known.get(&amounts) {
            return index;
        }
        let index = self.known.len() as u32;
        self.program.amounts.extend(&amounts);
        self.known.insert(amounts, index);
        index
    }

    /// A use of `row` by a number per class.
    pub(super) fn use_of(&mut self, row: u32, amounts: Vec<i64>) -> program::Use {
        let amount = self.amount(amounts);
        program::Use { row, amount }
    }

    /// One number per class from its product.
    pub(super) fn per_class(&self, of: impl Fn(&Product) -> i64) -> Vec<i64> {
        let product = |class: &Class| &self.instance.products[class.product.at()];
        self.classes
            .iter()
            .map(|class| of(product(class)))
            .collect()
    }

    pub(super) fn leg(&self, departure: &Departure) -> (&'a Service, &'a Leg) {
        let service = &self.instance.services[departure.service.at()];
        (service, &service.legs[departure.leg as usize])
    }
}

/// What one parcel counts in a measure: a parcel, grams, or cubic centimetres.
pub(super) fn size(measure: Measure, product: &Product) -> i64 {
    match measure {
        Measure::Parcels => 1,
        Measure::Weight => product.weight.0,
        Measure::Volume => product.volume.0,
    }
}

/// Base units in one priced unit of a measure.
pub(super) fn base_units(measure: Measure) -> i64 {
    match measure {
        Measure::Parcels => 1,
        Measure::Weight => PER_KG,
        Measure::Volume => PER_M3,
    }
}

/// A number that the program can hold.
pub(super) fn narrow(value: i128, what: &dyn Fn() -> String) -> Result<i64, FormulationError> {
    // Half the range, so that engines can negate and add two.
    match i64::try_from(value) {
        Ok(number) if number.unsigned_abs() < 1 << 62 => Ok(number),
        _ => Err(FormulationError::TooLarge(what())),
    }
}

pub(super) fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}
