//! A sheet as it is written: cells with their looks, formulas with their results.

use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError};

use crate::instance::Mode;
use crate::report::cell::{Cell, decimal};

/// Colour of headers.
pub const HEAD: Color = Color::RGB(0x1F4E78);
/// Colour of bars.
pub const BAR: Color = Color::RGB(0x9DC3E6);
/// Background of what is nearly full, or late.
pub const WARN: Color = Color::RGB(0xFFE699);
/// Background of what is full, or left behind.
pub const BAD: Color = Color::RGB(0xF8CBAD);
/// From this load on a departure or a step is nearly full.
pub const NEARLY_FULL: f64 = 0.95;

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// As text.
    Text,
    /// Parcels, departures.
    Count,
    /// With one decimal: tonnes, cubic metres, hours.
    Tenth,
    /// Money.
    Money,
    /// A price, with four decimals.
    Price,
    /// A percentage.
    Share,
    /// A date.
    Date,
    /// A date and a time.
    Point,
}

impl Look {
    fn format(self) -> &'static str {
        match self {
            Self::Text => "General",
            Self::Count => "#,##0",
            Self::Tenth => "#,##0.0",
            Self::Money => "#,##0.00",
            Self::Price => "#,##0.0000",
            Self::Share => "0.0%",
            Self::Date => "ddd yyyy-mm-dd",
            Self::Point => "yyyy-mm-dd hh:mm",
        }
    }

    /// Its cell format.
    pub fn style(self) -> Format {
        let style = Format::new().set_num_format(self.format());
        match self {
            Self::Date | Self::Point => style.set_align(FormatAlign::Left),
            _ => style,
        }
    }
}

/// A sheet that is being written.
pub struct Page<'a> {
    /// The sheet.
    pub sheet: &'a mut Worksheet,
}

impl Page<'_> {
    /// A text in a style.
    pub fn text(&mut self, row: u32, column: u16, text: &str, style: &Format) -> Written {
        self.sheet
            .write_string_with_format(row, column, text, style)?;
        Ok(())
    }

    /// A plain text.
    pub fn plain(&mut self, row: u32, column: u16, text: &str) -> Written {
        self.sheet.write_string(row, column, text)?;
        Ok(())
    }

    /// A number.
    pub fn number(&mut self, row: u32, column: u16, value: f64, style: &Format) -> Written {
        self.sheet
            .write_number_with_format(row, column, value, style)?;
        Ok(())
    }

    /// A formula with what it comes to.
    pub fn live(
        &mut self,
        row: u32,
        column: u16,
        formula: &str,
        result: f64,
        style: &Format,
    ) -> Written {
        let formula = Formula::new(formula).set_result(result.to_string());
        self.sheet
            .write_formula_with_format(row, column, formula, style)?;
        Ok(())
    }

    /// Names of columns.
    pub fn heads(&mut self, row: u32, column: u16, names: &[&str]) -> Written {
        for (at, name) in names.iter().enumerate() {
            let align = if at == 0 {
                FormatAlign::Left
            } else {
                FormatAlign::Right
            };
            self.text(row, column + at as u16, name, &head().set_align(align))?;
        }
        Ok(())
    }

    /// A4 across, as wide as a page, with what it is and its number below.
    pub fn set_print(&mut self, title: &str, head_row: Option<u32>) -> Written {
        // `&` starts a code in a footer, and 255 characters are the most of one
        let title: String = title
            .chars()
            .take(80)
            .collect::<String>()
            .replace('&', "&&");
        self.sheet
            .set_landscape()
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0)
            .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
            .set_footer(format!("&L{title}&C&A&Rpage &P of &N"));
        if let Some(row) = head_row {
            self.sheet.set_repeat_rows(0, row)?;
        }
        Ok(())
    }
}

/// What writing a cell gives.
pub type Written = Result<(), XlsxError>;

/// The style of a column's name.
pub fn head() -> Format {
    Format::new()
        .set_bold()
        .set_font_color(Color::White)
        .set_background_color(HEAD)
}

/// The style of a sheet's title.
pub fn title() -> Format {
    Format::new().set_bold().set_font_size(16)
}

/// The style of a section's title.
pub fn section() -> Format {
    Format::new()
        .set_bold()
        .set_font_size(12)
        .set_font_color(HEAD)
}

/// The style of what explains.
pub fn faint() -> Format {
    Format::new()
        .set_italic()
        .set_font_color(Color::RGB(0x7F7F7F))
}

/// A style for a line of sums.
pub fn sum(look: Look) -> Format {
    look.style().set_bold().set_border_top(FormatBorder::Thin)
}

/// The colour of a mode in charts.
pub fn colour(mode: Mode) -> Color {
    Color::RGB(match mode {
        Mode::Rail => 0x2E8B57,
        Mode::Air => 0x2F75B5,
        Mode::Road => 0xA6A6A6,
        Mode::Sea => 0x17A2A2,
    })
}

/// The nearest floating-point number to an exact one: the one that a spreadsheet has for its text.
pub fn float(mantissa: impl Into<i128>, places: u32) -> f64 {
    decimal(mantissa.into(), places).parse().unwrap_or(f64::NAN)
}

/// The number in a cell.
pub fn float_of(cell: &Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Number { mantissa, places } => Some(float(*mantissa, *places)),
        Cell::Blank | Cell::Text(_) => None,
    }
}

/// A dated point of time, `2019-11-11 18:00`, as spreadsheets count it; `None` in a typical week.
pub fn point(text: &str) -> Option<f64> {
    let (date, time) = text.split_once(' ')?;
    let point: DateTime = format!("{date}T{time}:00").parse().ok()?;
    let minutes = f64::from(point.hour()) * 60.0 + f64::from(point.minute());
    Some(serial(point.date()) + minutes / 1440.0)
}

/// A date, `2019-11-11`, as spreadsheets count it; `None` in a typical week.
pub fn day(text: &str) -> Option<f64> {
    text.parse().ok().map(serial)
}

fn serial(date: Date) -> f64 {
    const ORIGIN: Date = Date::constant(1899, 12, 30);
    ORIGIN
        .until(date)
        .map_or(f64::NAN, |span| f64::from(span.get_days()))
}

/// The letters of a column from 0: `A`, `Z`, `AA`.
pub fn letters(column: u16) -> String {
    rust_xlsxwriter::utility::column_number_to_name(column)
}
