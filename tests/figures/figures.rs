//! Figures as outputs show them, each with its place.

/// A number somewhere in an output.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Where: output, section, row, column.
    pub at: Vec<String>,
    /// What is shown there.
    pub shown: Shown,
}

/// A number as it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    value: f64,
    /// How far the number meant may be from it.
    within: f64,
}

impl Shown {
    /// A number that a program wrote in full.
    pub fn exact(value: f64) -> Self {
        Self {
            value,
            within: 0.6e-6,
        }
    }

    /// A number for people: `3.51 m`, `12,345.6`, `45.1 %`, `< 0.1 %`, `−12`. `None` where a text is no
    /// number.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(bound) = text.strip_prefix("< ") {
            let top = Self::read(bound)?.value;
            return Some(Self {
                value: top / 2.0,
                within: top / 2.0,
            });
        }
        if let Some(bound) = text.strip_prefix("> ") {
            let all = if text.ends_with('%') {
                1.0
            } else {
                f64::INFINITY
            };
            let low = Self::read(bound)?.value;
            return Some(Self {
                value: (low + all) / 2.0,
                within: (all - low) / 2.0,
            });
        }
        let units = [
            (" %", 1e-2),
            (" bn", 1e9),
            (" m", 1e6),
            (" k", 1e3),
            (" t", 1.0),
            (" h", 1.0),
            (" d", 1.0),
        ];
        let unit = units.into_iter().find(|(unit, _)| text.ends_with(unit));
        let (digits, unit) = match unit {
            Some((suffix, unit)) => (&text[..text.len() - suffix.len()], unit),
            None => (text, 1.0),
        };
        let digits = digits.replace(',', "").replace('−', "-");
        let digits = digits.trim_start_matches('+');
        let is_number = digits.bytes().any(|b| b.is_ascii_digit())
            && digits
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
        let value: f64 = digits.parse().ok().filter(|_| is_number)?;
        let places = digits.split_once('.').map_or(0, |(_, after)| after.len());
        let step = 10f64.powi(-(places as i32)) * unit;
        Some(Self {
            value: value * unit,
            within: step / 2.0,
        })
    }

    /// The same where shown numbers are rounded down.
    pub fn rounded_down(self) -> Self {
        Self {
            value: self.value + self.within,
            ..self
        }
    }

    /// The same where it is rounded up.
    pub fn rounded_up(self) -> Self {
        Self {
            value: self.value - self.within,
            ..self
        }
    }

    /// The same, where what it follows from is rounded row by row.
    pub fn give(self, hair: f64) -> Self {
        Self {
            within: self.within + hair,
            ..self
        }
    }

    /// Another number, that one more in its last digit shows.
    pub fn moved(self) -> Self {
        Self {
            value: self.value + 3.0 * self.within + 0.02 * self.value.abs().max(1.0),
            ..self
        }
    }

    /// The number as it stands.
    pub fn middle(self) -> f64 {
        self.value
    }

    /// Whether a number is what is shown, to the digit.
    pub fn is(self, value: f64) -> bool {
        (self.value - value).abs() <= self.within + 1e-9 * value.abs().max(1e-3)
    }
}

/// Collects figures of an output.
#[derive(Default)]
pub struct Collected(pub Vec<Figure>);

impl Collected {
    pub fn add(&mut self, at: &[&str], shown: Shown) {
        let at = at.iter().map(|&part| part.trim().to_owned()).collect();
        self.0.push(Figure { at, shown });
    }

    /// Adds what is a number; `false` where it is none.
    pub fn add_text(&mut self, at: &[&str], text: &str) -> bool {
        let shown = Shown::read(text);
        if let Some(shown) = shown {
            self.add(at, shown);
        }
        shown.is_some()
    }
}
