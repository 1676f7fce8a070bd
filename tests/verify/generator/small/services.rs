//! Services of small instances and what they sell.

use super::super::random::thousandths;
use super::super::row::Row;
use super::Writer;

const COLUMNS: [&str; 22] = [
    "service",
    "leg",
    "origin",
    "destination",
    "days",
    "departs",
    "hours",
    "dwell_hours",
    "operator",
    "mode",
    "km",
    "max_kg",
    "max_m3",
    "unit",
    "units",
    "kg_per_unit",
    "m3_per_unit",
    "price_per_unit",
    "currency",
    "min_units",
    "whole_units",
    "commit",
];

impl Writer<'_> {
    pub(super) fn services(&mut self) {
        let mut rows = Vec::new();
        for number in 1..=self.random.between(2, 6) {
            let name = format!("S{number}");
            let (from, to) = match self.random.chance(60) {
                true => *self.random.pick(&self.demands),
                false => self.lane(),
            };
            let between = self.place();
            let via = self.random.chance(25) && between != from && between != to;
            let stops = if via {
                vec![from, between, to]
            } else {
                vec![from, to]
            };
            let days = *self.random.pick(&["daily", "24", "135", "246", "12345"]);
            let mode = *self.random.pick(&["rail", "air", "road", "sea"]);
            for (leg, ends) in (1..).zip(stops.windows(2)) {
                let mut row = Row::of(&COLUMNS);
                row.set("service", &name)
                    .set("leg", leg)
                    .set("origin", ends[0])
                    .set("destination", ends[1])
                    .set("hours", self.random.pick(&["5", "9.9", "13", "26"]))
                    .set("km", self.random.pick(&["100", "425.669"]));
                if leg == 1 {
                    let departs = self.random.pick(&["00:00", "06:00", "12:00", "18:00"]);
                    row.set("days", days).set("departs", departs);
                    row.set("mode", mode);
                    row.set("operator", self.random.pick(&["", "op1", "op2"]));
                } else {
                    row.set("dwell_hours", self.random.pick(&[2, 6]));
                }
                self.lift(&mut row);
                self.sells(&mut row);
                rows.push(row.text());
            }
            self.services.push((name, days));
            self.modes.push(mode);
        }
        self.table("services", &COLUMNS.join(","), &rows);
    }

    /// What a departure can lift.
    fn lift(&mut self, row: &mut Row) {
        if self.random.chance(30) {
            let most = self.amount(&[30_000, 60_700, 150_000]);
            row.set("max_kg", thousandths(most));
        }
        if self.random.chance(15) {
            let most = self.amount(&[170, 600, 1_500]);
            row.set("max_m3", thousandths(most));
        }
    }

    /// What a departure sells, if anything.
    fn sells(&mut self, row: &mut Row) {
        let units = ["", "chargeable_kg", "kg", "m3", "tonne"];
        let boxes = ["FEU", "FEU", "box", "box"];
        let unit = *self.random.pick(&[&units[..], &boxes[..]].concat());
        if unit.is_empty() {
            return;
        }
        row.set("unit", unit).set("currency", self.currency());
        let is_box = boxes.contains(&unit);
        let (prices, limits): (&[&str], &[i64]) = match unit {
            "tonne" => (&["200", "2051.383"], &[50, 137, 600]),
            "m3" => (&["50", "407.413"], &[300, 770, 2_000]),
            _ if is_box => (
                &["9.431", "21.212", "70.633", "127.799", "500"],
                &[500, 1_500, 2_000, 5_000, 9_380],
            ),
            _ => (&["0.577", "0.923", "2.5"], &[20_000, 77_500, 234_500]),
        };
        row.set("price_per_unit", self.random.pick(prices));
        if is_box {
            self.holds(row);
        }
        if self.random.chance(25) {
            row.set("commit", self.random.pick(&["week", "horizon"]));
        }
        let whole = unit == "FEU" && self.random.chance(25);
        let least = is_box && self.random.chance(25);
        let least = least.then(|| *self.random.pick(&[250, 1_000, 2_000]));
        let units = if whole {
            row.set("whole_units", "yes");
            let most = self.random.between(1, 6);
            Some(self.scaled(most) * 1_000)
        } else if self.random.chance(if is_box { 80 } else { 50 }) {
            Some(self.amount(limits))
        } else {
            None
        };
        if let Some(units) = units {
            row.set("units", thousandths(units));
        }
        if let Some(least) = least {
            // whole where units are, and no more than there are
            let least = if whole { 1_000 } else { least };
            let least = least.min(units.unwrap_or(least));
            row.set("min_units", thousandths(least));
        }
    }

    /// What a box holds.
    fn holds(&mut self, row: &mut Row) {
        let by_weight = self.random.chance(80);
        if by_weight {
            let kg = ["20", "60", "182.555", "600"];
            row.set("kg_per_unit", self.random.pick(&kg));
        }
        if !by_weight || self.random.chance(60) {
            let m3 = ["0.3", "0.4", "2", "5"];
            row.set("m3_per_unit", self.random.pick(&m3));
        }
    }
}
