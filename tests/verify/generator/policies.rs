//! Random handling, limits, rules, events and bookings.

use super::tables::Writer;

impl Writer<'_> {
    pub(super) fn handling(&mut self) {
        let mut rows = Vec::new();
        for (place, step, direction, hours) in [
            ("Gate", "build-up", "out", 3),
            ("Gate", "loading", "out", 1),
            ("Mid", "unloading", "in", 4),
            ("Hub", "break-down", "in", 2),
            ("Hub", "customs", "in", 5),
            ("Hub", "sorting", "out", 2),
        ] {
            if self.random.chance(35) {
                continue;
            }
            let mode = *self.random.pick(&["", "", "air", "rail"]);
            let per = *self.random.pick(&["day", "day", "week"]);
            let (unit, capacity) = *self
                .random
                .pick(&[("parcel", 900), ("kg", 3000), ("m3", 12)]);
            let tiers = self.random.between(1, 2);
            for tier in 1..=tiers {
                // the last tier is often without a limit
                let limited = tier < tiers || self.random.chance(60);
                let capacity = if limited {
                    self.random.between(1, capacity).to_string()
                } else {
                    String::new()
                };
                let shift = match capacity.parse::<i64>() {
                    Ok(all) if self.random.chance(20) => {
                        let shift = all / self.random.between(1, 4);
                        shift.max(1).to_string()
                    }
                    _ => String::new(),
                };
                let price = self.random.decimal(0, 300);
                rows.push(format!(
                    "{place},{step},{mode},{direction},{hours},{tier},{capacity},{shift},{unit},{per},{price}"
                ));
            }
        }
        if !rows.is_empty() {
            let header = "place,step,mode,direction,hours,tier,capacity,shift_capacity,unit,per,price_per_unit";
            self.table("handling", header, rows);
        }
    }

    pub(super) fn limits(&mut self) {
        let mut rows = Vec::new();
        for number in 1..=self.random.between(1, 3) {
            let per = *self.random.pick(&["day", "week", "horizon"]);
            let penalty = self.random.decimal(1, 5_000);
            let product = if self.random.chance(40) { "P1" } else { "" };
            let (metric, mode, place, amounts) = match self.random.between(1, 8) {
                1 => (
                    "parcels",
                    "air",
                    "",
                    format!(",{},,,", self.random.between(0, 900)),
                ),
                2 => (
                    "kg",
                    "rail",
                    "",
                    format!(",{},,,{penalty}", self.random.between(0, 900)),
                ),
                3 => (
                    "m3",
                    "",
                    "Gate",
                    format!(",{},,,{penalty}", self.random.between(0, 20)),
                ),
                4 => (
                    "tonne_km",
                    "",
                    "",
                    format!("{},,,,{penalty}", self.random.between(0, 90)),
                ),
                5 => (
                    "co2e_kg",
                    "",
                    "",
                    format!(",{},,,{penalty}", self.random.between(0, 900)),
                ),
                6 => (
                    "parcels",
                    "rail",
                    "",
                    format!(",,0.{},,{penalty}", self.random.between(1, 9)),
                ),
                7 => (
                    "kg",
                    "air",
                    "",
                    format!(",,,0.{},{penalty}", self.random.between(1, 9)),
                ),
                _ => (
                    "parcels",
                    "",
                    "Hub",
                    format!("{},,,,{penalty}", self.random.between(0, 300)),
                ),
            };
            let counts = ["", "main", "aboard"][number as usize % 3];
            rows.push(format!(
                "limit {number},{metric},{mode},{place},{product},{per},{amounts},{counts}"
            ));
        }
        if self.random.chance(30) {
            let most = self.random.between(1, 9);
            rows.push(format!("units,units,rail,,,week,,{most},,,25,"));
        }
        if self.random.chance(30) {
            let most = self.random.between(100, 9000);
            rows.push(format!("spending,cost,air,,,horizon,,{most},,,0.5,"));
        }
        let header = "limit,metric,mode,place,product,per,min,max,min_share,max_share,penalty_per_unit,counts";
        self.table("limits", header, rows);
    }

    pub(super) fn rules(&mut self) {
        let mut rows = Vec::new();
        match self.random.between(1, 3) {
            1 => rows.push("P1,air,,,no".to_owned()),
            2 => rows.extend(["P1,rail,,,no".to_owned(), "P1,rail,,Mid,yes".to_owned()]),
            _ => rows.extend([
                ",air,Flyers,,no".to_owned(),
                "P1,air,Flyers,,yes".to_owned(),
            ]),
        }
        self.table("rules", "product,mode,operator,place,allowed", rows);
    }

    pub(super) fn events(&mut self) {
        let mut rows = Vec::new();
        for number in 1..=self.random.between(1, 4) {
            let first = self.random.between(0, 9);
            let last = first + self.random.between(0, 3);
            let (service, place) = match self.random.between(1, 3) {
                1 => ("overland", ""),
                2 => ("", "Hub"),
                _ => ("", "Mid"),
            };
            let effect = match (self.random.between(1, 5), place) {
                (1, _) => "cancelled,".to_owned(),
                (2, _) => format!("capacity_factor,0.{}", self.random.between(1, 9)),
                (3, "") => format!("delay_hours,{}", self.random.between(1, 30)),
                (4, "Mid" | "Hub") => "closed,".to_owned(),
                (_, "Mid" | "Hub") => "held,".to_owned(),
                _ => "cancelled,".to_owned(),
            };
            let (first, last) = (self.date(first), self.date(last));
            rows.push(format!(
                "event {number},{service},{place},{first},{last},{effect}"
            ));
        }
        let header = "event,service,place,first_date,last_date,effect,value";
        self.table("events", header, rows);
        let mut rows = Vec::new();
        for (service, days) in self.sold.clone() {
            let weekdays = match days {
                "daily" => "1234567",
                days => days,
            };
            for weekday in weekdays.bytes().filter(u8::is_ascii_digit) {
                if self.random.chance(50) {
                    let date = self.date(i64::from(weekday - b'1'));
                    let (kg, m3) = (self.random.between(0, 300), self.random.decimal(0, 900));
                    let units = *self.random.pick(&["", "", "1"]);
                    rows.push(format!("{service},{date},{kg},{m3},{units}"));
                }
            }
        }
        self.table("bookings", "service,date,kg,m3,units", rows);
    }

    /// The date of a day counted from the first Monday.
    fn date(&self, day: i64) -> String {
        let monday: jiff::civil::Date = self.monday.parse().expect("a date");
        let date = monday.checked_add(jiff::Span::new().days(day));
        date.expect("a date of this age").to_string()
    }
}
