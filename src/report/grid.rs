//! Aligned columns with colour for the terminal.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

/// Faint: heads, tracks of bars, hints.
pub const FAINT: Style = Style::new().dimmed();
/// Bold: what to read first.
pub const BOLD: Style = Style::new().bold();
/// Room left.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// Nearly full; late.
pub const WARN: Style = AnsiColor::Yellow.on_default();
/// Full; left behind.
pub const BAD: Style = AnsiColor::Red.on_default();

/// How a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table that is filled row by row and then drawn with aligned columns.
#[derive(Debug, Default)]
pub struct Grid {
    columns: Vec<Align>,
    rows: Vec<(Style, Vec<(String, Style)>)>,
}

impl Grid {
    /// A grid with a head: `<` before a name aligns left, otherwise right.
    pub fn new(head: &[&str]) -> Self {
        let align = |name: &&str| match name.starts_with('<') {
            true => Align::Left,
            false => Align::Right,
        };
        let names = head.iter().map(|name| plain(name.trim_start_matches('<')));
        Self {
            columns: head.iter().map(align).collect(),
            rows: vec![(FAINT, names.collect())],
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<(String, Style)>) {
        self.rows.push((Style::new(), cells));
    }

    /// Adds a row all in one style.
    pub fn styled_row(&mut self, style: Style, cells: Vec<(String, Style)>) {
        self.rows.push((style, cells));
    }

    /// Whether it has only a head.
    pub fn is_empty(&self) -> bool {
        self.rows.len() <= 1
    }

    /// The lines, indented by two and with two blanks between columns; no trailing blanks.
    pub fn draw(&self) -> String {
        let mut widths = vec![0; self.columns.len()];
        for (_, cells) in &self.rows {
            for (width, (text, _)) in widths.iter_mut().zip(cells) {
                *width = (*width).max(text.width());
            }
        }
        let mut out = String::new();
        for (style, cells) in &self.rows {
            let last = cells.iter().rposition(|(text, _)| !text.is_empty());
            for (index, (text, own)) in cells.iter().enumerate().take(last.map_or(0, |l| l + 1)) {
                let style = if *own == Style::new() { *style } else { *own };
                let blanks = " ".repeat(widths[index] - text.width());
                let painted = paint(text, style);
                out.push_str("  ");
                match self.columns[index] {
                    Align::Right => out.push_str(&(blanks + &painted)),
                    Align::Left if Some(index) == last => out.push_str(&painted),
                    Align::Left => out.push_str(&(painted + &blanks)),
                }
            }
            out.push('\n');
        }
        out
    }
}

/// A cell without a style of its own.
pub fn plain(text: impl Into<String>) -> (String, Style) {
    (text.into(), Style::new())
}

/// Text in a style.
pub fn paint(text: &str, style: Style) -> String {
    if style == Style::new() || text.is_empty() {
        text.to_owned()
    } else {
        format!("{style}{text}{style:#}")
    }
}

/// Width of a bar.
const BAR: usize = 10;

/// A bar of ten blocks in steps of an eighth, green with room, yellow from 90 %, red when full.
pub fn bar(share: f64) -> (String, Style) {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let steps = (share.clamp(0.0, 1.0) * (BAR * 8) as f64).round() as usize;
    let steps = if share > 0.0 { steps.max(1) } else { 0 };
    let (full, part) = (steps / 8, steps % 8);
    let track = BAR - full - usize::from(part > 0);
    let text = "█".repeat(full) + EIGHTHS[part] + &"·".repeat(track);
    let style = match share {
        share if share >= 0.995 => BAD,
        share if share >= 0.9 => WARN,
        _ => GOOD,
    };
    (text, style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_whatever_script_they_are_in() {
        let mut grid = Grid::new(&["<place", "parcels"]);
        grid.row(vec![plain("列日"), plain("1,000")]);
        grid.row(vec![plain("Liège"), plain("1")]);
        let text = anstream::adapter::strip_str(&grid.draw()).to_string();
        assert_eq!(
            text,
            "  place  parcels\n  列日     1,000\n  Liège        1\n"
        );
    }

    #[test]
    fn bars_fill_in_eighths() {
        assert_eq!(bar(0.0).0, "··········");
        assert_eq!(bar(1.0).0, "██████████");
        assert_eq!(bar(0.5).0, "█████·····");
        assert_eq!(bar(0.55).0, "█████▌····"); // 44 eighths = 5 blocks and 4/8
        assert_eq!(bar(0.0001).0, "▏·········"); // something is never drawn as nothing
    }
}
