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
/// Text on either, and on bars: full, nearly full.
pub const ON_BAD: Color = Color::RGB(0x8A0010);
/// See [`ON_BAD`].
pub const ON_WARN: Color = Color::RGB(0x663A00);
/// Text that explains.
const FAINT: Color = Color::RGB(0x595959);
/// From this load on a departure or a step is nearly full.
pub const NEARLY_FULL: f64 = 0.95;

/// Characters that a printed page is wide and can still be read; wider tables go on beside it.
const PRINTED: f64 = 220.0;
/// Points of a line of text.
const LINE: f64 = 15.0;

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

    /// How many characters a date is wide, in whatever font stands in for the workbook's.
    pub fn width(self) -> usize {
        match self {
            Self::Date => 19,
            Self::Point => 21,
            _ => 12,
        }
    }

    /// How many characters a number is wide.
    pub fn width_of(self, value: f64) -> usize {
        let decimals = match self {
            Self::Tenth => 2,
            Self::Money => 3,
            Self::Price => 5,
            _ => 0,
        };
        let digits = format!("{:.0}", value.abs()).len();
        let text = digits + (digits - 1) / 3 + decimals + 3;
        text.max(self.width())
    }

    /// How wide a column is whose largest number this is, and in which it may be bold.
    pub fn room(self, least: f64, largest: f64) -> f64 {
        let bold = self.width_of(largest) as f64 + 1.0;
        bold.max(least)
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

    /// A formula with what it comes to; one in braces is an array formula.
    pub fn live(
        &mut self,
        row: u32,
        column: u16,
        formula: &str,
        result: f64,
        style: &Format,
    ) -> Written {
        let is_array = formula.starts_with('{');
        let formula = Formula::new(formula).set_result(result.to_string());
        match is_array {
            true => self
                .sheet
                .write_array_formula_with_format(row, column, row, column, formula, style)?,
            false => self
                .sheet
                .write_formula_with_format(row, column, formula, style)?,
        };
        Ok(())
    }

    /// A figure: a formula where there is one that gives it, else the number.
    pub fn figure(
        &mut self,
        at: (u32, u16),
        formula: Option<&str>,
        value: f64,
        style: &Format,
    ) -> Written {
        match formula {
            Some(formula) => self.live(at.0, at.1, formula, value, style),
            None => self.number(at.0, at.1, value, style),
        }
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

    /// A text across columns, as high as its lines of `width` characters.
    pub fn wrapped(
        &mut self,
        row: u32,
        (first, last): (u16, u16),
        width: usize,
        text: &str,
    ) -> Written {
        let style = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        self.sheet
            .merge_range(row, first, row, last, text, &style)?;
        self.make_room(row, width, text)
    }

    /// Makes a row as high as a text in lines of `width` characters: not every spreadsheet does that
    /// by itself, and the text would run over the next row.
    pub fn make_room(&mut self, row: u32, width: usize, text: &str) -> Written {
        let lines = lines_of(text, width);
        if lines > 1 {
            self.sheet.set_row_height(row, LINE * lines as f64)?;
        }
        Ok(())
    }

    /// Printed pages with a week of rows each, which begin at `weeks` below row `first`.
    pub fn break_rows(&mut self, first: u32, weeks: &[usize]) -> Written {
        if weeks.is_empty() {
            return Ok(());
        }
        let breaks: Vec<u32> = weeks.iter().map(|&at| first + at as u32).collect();
        self.sheet.set_print_scale(100);
        self.sheet.set_page_breaks(&breaks)?;
        Ok(())
    }

    /// Printed pages with a week of columns each, which begin at `weeks` right of column `first`;
    /// the columns before it stand on every page.
    pub fn break_columns(&mut self, first: u16, weeks: &[usize]) -> Written {
        if weeks.is_empty() {
            return Ok(());
        }
        let columns: Vec<u32> = weeks
            .iter()
            .map(|&at| u32::from(first) + at as u32)
            .collect();
        self.sheet.set_print_scale(70);
        self.sheet.set_vertical_page_breaks(&columns)?;
        self.sheet.set_repeat_columns(0, first - 1)?;
        Ok(())
    }

    /// A table of columns of these widths on as many printed pages beside each other as can be read,
    /// each with the first column.
    pub fn break_wide(&mut self, widths: impl Iterator<Item = f64>) -> Written {
        let pages = (widths.sum::<f64>() / PRINTED).ceil();
        if pages > 1.0 {
            self.sheet.set_print_fit_to_pages(pages as u16, 0);
            self.sheet.set_repeat_columns(0, 0)?;
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

/// Lines of `width` characters that a text takes, broken between words where they fit.
fn lines_of(text: &str, width: usize) -> usize {
    let mut lines = 0;
    for paragraph in text.split('\n') {
        let mut used = 0;
        lines += 1;
        for word in paragraph.split(' ') {
            let word = unicode_width::UnicodeWidthStr::width(word);
            if used > 0 && used + 1 + word <= width {
                used += 1 + word;
                continue;
            }
            // a word that is wider than a line goes on in the next one
            lines += usize::from(used > 0) + word.saturating_sub(1) / width;
            used = word - word.saturating_sub(1) / width * width;
        }
    }
    lines
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
    Format::new().set_italic().set_font_color(FAINT)
}

/// A style for a line of sums.
pub fn sum(look: Look) -> Format {
    look.style().set_bold().set_border_top(FormatBorder::Thin)
}

/// A part of a whole that stands in the same column, in row `whole` as spreadsheets number it.
pub fn share(
    page: &mut Page<'_>,
    at: (u32, u16),
    part: (u32, u16),
    whole: u32,
    (value, all): (f64, f64),
) -> Written {
    let column = letters(part.1);
    let formula = format!(
        "=IF({column}${whole}=0,0,{column}{}/{column}${whole})",
        part.0 + 1
    );
    let result = if all == 0.0 { 0.0 } else { value / all };
    page.live(at.0, at.1, &formula, result, &Look::Share.style())
}

/// The colour of a mode in charts.
pub fn colour(mode: Mode) -> Color {
    Color::RGB(match mode {
        Mode::Rail => 0x2E8B57,
        Mode::Air => 0x2F75B5,
        Mode::Road => 0x7F7F7F,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast of two colours by WCAG 2.2.
    fn contrast(one: u32, other: u32) -> f64 {
        let luminance = |colour: u32| {
            let part = |shift: u32| {
                let share = f64::from((colour >> shift) & 0xFF) / 255.0;
                match share <= 0.040_45 {
                    true => share / 12.92,
                    false => ((share + 0.055) / 1.055).powf(2.4),
                }
            };
            0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn rgb(colour: Color) -> u32 {
        match colour {
            Color::RGB(rgb) => rgb,
            other => panic!("{other:?} is no colour that is written out"),
        }
    }

    #[test]
    fn every_text_can_be_read_on_its_background() {
        /// Every other row of a table.
        const STRIPE: u32 = 0xDCE6F1;
        const WHITE: u32 = 0xFFFFFF;
        assert!((contrast(0, WHITE) - 21.0).abs() < 1e-9);
        for (text, background) in [
            (rgb(ON_BAD), rgb(BAD)),
            (rgb(ON_WARN), rgb(WARN)),
            (rgb(ON_BAD), rgb(BAR)),
            (rgb(ON_WARN), rgb(BAR)),
            (rgb(ON_BAD), STRIPE),
            (rgb(ON_WARN), STRIPE),
            (0, rgb(BAD)),
            (0, rgb(WARN)),
            (0, rgb(BAR)),
            (rgb(FAINT), WHITE),
            (rgb(FAINT), STRIPE),
            (WHITE, rgb(HEAD)),
            (rgb(HEAD), WHITE),
        ] {
            let found = contrast(text, background);
            assert!(found >= 4.5, "{text:06X} on {background:06X}: {found:.2}");
        }
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(lines_of("", 10), 1);
        assert_eq!(lines_of("one two", 7), 1);
        assert_eq!(lines_of("one two", 6), 2);
        assert_eq!(lines_of("a bcdefghi jklmnopqr st", 10), 3);
        assert_eq!(lines_of("abcdefghijklmnopqrstu v", 10), 3);
        assert_eq!(lines_of("x abcdefghij", 10), 2);
        assert_eq!(lines_of("one\ntwo", 10), 2);
        assert_eq!(lines_of("漢字 漢字", 8), 2);
    }

    #[test]
    fn numbers_have_room_for_their_thousands() {
        assert_eq!(
            Look::Money.width_of(1_234_567.891),
            "1,234,567.89".len() + 3
        );
        assert_eq!(Look::Count.width_of(7.0), 12);
    }
}
