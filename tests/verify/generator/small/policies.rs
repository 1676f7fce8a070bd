//! Handling, limits and bookings of small instances.

use super::super::random::thousandths;
use super::super::row::Row;
use super::Writer;

const HANDLING: [&str; 11] = [
    "place",
    "step",
    "direction",
    "hours",
    "tier",
    "unit",
    "per",
    "capacity",
    "shift_capacity",
    "price_per_unit",
    "currency",
];

const LIMITS: [&str; 11] = [
    "limit",
    "metric",
    "mode",
    "service",
    "per",
    "min",
    "max",
    "min_share",
    "max_share",
    "counts",
    "penalty_per_unit",
];

impl Writer<'_> {
    pub(super) fn handling(&mut self) {
        let mut rows = Vec::new();
        let steps = *self.random.pick(&[0, 0, 1, 2]);
        for step in ["load", "sort"].into_iter().take(steps) {
            self.step(step, &mut rows);
        }
        self.table("handling", &HANDLING.join(","), &rows);
    }

    /// A step with its tiers, the last of which may be without a limit.
    fn step(&mut self, step: &str, rows: &mut Vec<String>) {
        let place = self.place();
        let direction = *self.random.pick(&["in", "out"]);
        let unit = *self.random.pick(&["parcel", "kg", "m3"]);
        let capacities: &[i64] = match unit {
            "parcel" => &[3_000, 10_000, 20_000],
            "kg" => &[33_500, 100_000, 300_000],
            _ => &[500, 1_700, 2_000],
        };
        let per = *self.random.pick(&["day", "week"]);
        let hours = *self.random.pick(&["1", "2.5", "14"]);
        let tiers = self.random.between(1, 3);
        for tier in 1..=tiers {
            let mut row = Row::of(&HANDLING);
            row.set("place", place)
                .set("step", step)
                .set("direction", direction)
                .set("tier", tier);
            if tier == 1 {
                row.set("hours", hours).set("unit", unit).set("per", per);
            }
            let prices = ["0.298", "1.558", "5.721", "10.596"];
            row.set("price_per_unit", self.random.pick(&prices))
                .set("currency", self.currency());
            if tier < tiers || self.random.chance(80) {
                self.capacity(&mut row, capacities, unit == "parcel");
            }
            rows.push(row.text());
        }
    }

    /// The capacity of a tier, now and then in whole shifts and room for a part of another.
    fn capacity(&mut self, row: &mut Row, capacities: &[i64], is_counted: bool) {
        let step = if is_counted { 1_000 } else { 1 };
        let whole = |amount: i64| thousandths(amount / step * step);
        if self.random.chance(80) {
            row.set("capacity", whole(self.amount(capacities)));
            return;
        }
        let shift = *self.random.pick(capacities);
        let shift = self.scaled(shift);
        let all = shift * self.random.between(1, 3) + shift / self.random.between(3, 9);
        row.set("shift_capacity", whole(shift))
            .set("capacity", whole(all));
    }

    pub(super) fn limits(&mut self) {
        let mut rows = Vec::new();
        for number in 1..=*self.random.pick(&[0, 1, 1, 1, 2]) {
            rows.push(self.limit(number));
        }
        self.table("limits", &LIMITS.join(","), &rows);
    }

    fn limit(&mut self, number: i64) -> String {
        let metrics = ["parcels", "parcels", "kg", "m3", "units", "units", "cost"];
        let metric = *self.random.pick(&metrics);
        let per = *self.random.pick(&["day", "week", "horizon"]);
        let mut row = Row::of(&LIMITS);
        row.set("limit", format!("L{number}"))
            .set("metric", metric)
            .set("per", per);
        match self.random.between(1, 3) {
            1 => row.set("service", &self.random.pick(&self.services).0),
            2 => row.set("mode", self.random.pick(&self.modes)),
            _ => &mut row,
        };
        let days = if per == "day" { 7 } else { 1 };
        let amount = thousandths(self.counted(metric) / days);
        let at_least = self.random.chance(40);
        let is_bought = matches!(metric, "units" | "cost");
        if self.random.chance(30) {
            let share = *self.random.pick(&["0.05", "0.2", "0.4", "0.55"]);
            // whose optima the table knows
            row.set(if at_least { "min_share" } else { "max_share" }, share)
                .set("counts", if is_bought { "" } else { "aboard" });
        } else {
            row.set(if at_least { "min" } else { "max" }, amount);
        }
        if self.random.chance(if at_least { 45 } else { 50 }) {
            let penalties = ["1", "2.5", "100"];
            row.set("penalty_per_unit", self.random.pick(&penalties));
        }
        row.text()
    }

    /// Some of what all parcels count in a week, in thousandths.
    fn counted(&mut self, metric: &str) -> i64 {
        let each: &[i64] = match metric {
            "parcels" => &[100, 307, 500],
            "kg" => &[500, 2_000, 5_110],
            "m3" => &[10, 50],
            "cost" => &[1_000, 5_000, 20_000],
            _ => return *self.random.pick(&[500, 1_200, 3_000, 10_000]),
        };
        self.parcels * *self.random.pick(each)
    }

    pub(super) fn bookings(&mut self) {
        let mut rows = Vec::new();
        if self.dated && self.random.chance(50) {
            for (service, days) in self.services.clone() {
                if self.random.chance(50) {
                    // the first weekday, counted from Monday the 18th
                    let day = match days.as_bytes()[0] {
                        b'2' => 19,
                        _ => 18,
                    };
                    let kg = *self.random.pick(&["", "10", "40"]);
                    let m3 = *self.random.pick(&["", "0.2"]);
                    let units = *self.random.pick(&["", "", "1"]);
                    rows.push(format!("{service},2024-03-{day},{kg},{m3},{units}"));
                }
            }
        }
        self.table("bookings", "service,date,kg,m3,units", &rows);
    }
}
