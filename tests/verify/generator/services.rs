//! Random services and what they sell.

use super::row::Row;
use super::tables::Writer;

const COLUMNS: [&str; 22] = [
    "service",
    "leg",
    "operator",
    "mode",
    "origin",
    "destination",
    "days",
    "departs",
    "hours",
    "dwell_hours",
    "max_kg",
    "max_m3",
    "unit",
    "units",
    "kg_per_unit",
    "m3_per_unit",
    "price_per_unit",
    "min_units",
    "whole_units",
    "km",
    "co2e_g_per_tkm",
    "first_date",
];
const DAYS: [&str; 6] = ["daily", "135", "1.3.5..", "6", "..3...7", "24"];

/// A leg from a place to a place.
fn leg(service: &str, leg: i64, mode: &str, from: &str, to: &str) -> Row {
    let mut row = Row::of(&COLUMNS);
    row.set("service", service)
        .set("leg", leg)
        .set("mode", mode)
        .set("origin", from)
        .set("destination", to);
    row
}

impl Writer<'_> {
    pub(super) fn services(&mut self) {
        let mut rows = Vec::new();
        for origin in 1..=self.shape.origins {
            let name = format!("feeder {origin}");
            rows.push(self.truck(&name, &format!("O{origin}"), "Gate", 8));
        }
        rows.push(self.truck("overland", "Gate", "Hub", 150));
        for market in 1..=self.shape.markets {
            let name = format!("last {market}");
            rows.push(self.truck(&name, "Hub", &format!("M{market}"), 5));
        }
        for number in 1..=self.shape.services {
            // at least one flight, so that rules and limits by air find something
            match if number == 1 {
                2
            } else {
                self.random.between(1, 3)
            } {
                1 => rows.extend(self.train(number)),
                2 => rows.push(self.flight(number, "Gate", "Hub")),
                _ => {
                    let origin = self.random.between(1, self.shape.origins as i64);
                    let market = self.random.between(1, self.shape.markets as i64);
                    rows.push(self.flight(number, &format!("O{origin}"), &format!("M{market}")));
                }
            }
        }
        self.table("services", &COLUMNS.join(","), rows);
    }

    /// A daily truck that carries whatever comes, at a cost by weight.
    fn truck(&mut self, name: &str, from: &str, to: &str, hours: i64) -> String {
        let mut row = leg(name, 1, "road", from, to);
        row.set("operator", "Truckers")
            .set("days", "daily")
            .set("departs", format!("{:02}:00", self.random.between(0, 23)))
            .set("hours", hours)
            .set("unit", "kg")
            .set("price_per_unit", self.random.decimal(1, 900))
            .set("km", hours * 50)
            .set("co2e_g_per_tkm", 60);
        row.text()
    }

    /// Two legs through a terminal, sold by the container, cheap and slow.
    fn train(&mut self, number: usize) -> Vec<String> {
        let name = format!("train-{number}");
        let days = *self.random.pick(&DAYS);
        self.sold.push((name.clone(), days));
        let mut first = leg(&name, 1, "rail", "Gate", "Mid");
        let mut second = leg(&name, 2, "rail", "Mid", "Hub");
        let departs = self.time();
        first.set("days", days).set("departs", departs);
        if self.random.chance(50) {
            let departs = self.time();
            second.set("departs", departs);
        }
        second.set("dwell_hours", self.random.between(2, 20));
        for (row, km) in [(&mut first, 4800), (&mut second, 4300)] {
            row.set("operator", "Railers")
                .set("hours", self.random.between(90, 120))
                .set("km", km)
                .set("co2e_g_per_tkm", 18);
            self.containers(row, "FEU", 40_000);
        }
        vec![first.text(), second.text()]
    }

    /// Fast and dear: by the chargeable kilogram, by position, or as a whole aircraft.
    fn flight(&mut self, number: usize, from: &str, to: &str) -> String {
        let name = format!("flight-{number}");
        let mut row = leg(&name, 1, "air", from, to);
        let days = *self.random.pick(&DAYS);
        self.sold.push((name, days));
        row.set("operator", "Flyers")
            .set("days", days)
            .set("departs", self.time())
            .set("hours", self.random.between(11, 15))
            .set("km", 8000)
            .set("co2e_g_per_tkm", 600);
        match self.random.between(1, 3) {
            1 => {
                row.set("unit", "chargeable_kg")
                    .set("price_per_unit", self.random.decimal(500, 6_000));
                if self.random.chance(80) {
                    row.set("units", self.random.between(1, 4000));
                    if self.random.chance(50) {
                        row.set("min_units", "0.5");
                    }
                }
            }
            2 => self.containers(&mut row, "ULD", 900_000),
            _ if self.shape.whole_units => {
                row.set("unit", "aircraft")
                    .set("units", self.random.between(1, 2))
                    .set("kg_per_unit", self.random.between(50, 3000))
                    .set("m3_per_unit", self.random.between(1, 20))
                    .set("price_per_unit", self.random.between(100, 5000))
                    .set("whole_units", "yes");
                if self.random.chance(30) {
                    row.set("min_units", 1);
                }
            }
            _ => {
                row.set("unit", "m3")
                    .set("units", self.random.between(1, 9))
                    .set("price_per_unit", self.random.between(50, 900));
            }
        }
        if self.random.chance(40) {
            row.set("max_kg", self.random.between(10, 4000));
        }
        if self.random.chance(30) {
            row.set("max_m3", self.random.between(1, 12));
        }
        row.text()
    }

    /// Units that hold weight and volume, at a price of `price` thousandths at most.
    fn containers(&mut self, row: &mut Row, unit: &str, price: i64) {
        row.set("unit", unit)
            .set("kg_per_unit", self.random.decimal(100_000, 900_000))
            .set("m3_per_unit", self.random.decimal(500, 3_000))
            .set("price_per_unit", self.random.decimal(price / 10, price));
        if self.random.chance(85) {
            row.set("units", self.random.between(1, 6));
            if self.random.chance(40) {
                row.set("min_units", "0.25");
            }
        }
    }

    fn time(&mut self) -> String {
        format!(
            "{:02}:{:02}",
            self.random.between(0, 23),
            self.random.between(0, 59)
        )
    }
}
