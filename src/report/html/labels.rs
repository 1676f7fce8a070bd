//! Labels on a map that do not cover each other.

use unicode_width::UnicodeWidthChar;

/// A box of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Area {
    pub(super) fn around((x, y): (f64, f64), half: f64) -> Self {
        Self {
            left: x - half,
            top: y - half,
            right: x + half,
            bottom: y + half,
        }
    }

    fn touches(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn is_within(&self, (width, height): (f64, f64)) -> bool {
        self.left >= 2.0
            && self.top >= 2.0
            && self.right <= width - 2.0
            && self.bottom <= height - 2.0
    }
}

/// Height of a label in pixels.
const HEIGHT: f64 = 15.0;

/// The width of a label in pixels, as the wider of common fonts draw it.
fn width_of(text: &str, bold: bool) -> f64 {
    let sign = |sign: char| match sign.width().unwrap_or(0) {
        2 => 12.0,
        1 if sign.is_uppercase() || sign.is_ascii_digit() => 8.4,
        1 => 6.9,
        _ => 0.0,
    };
    let width: f64 = text.chars().map(sign).sum();
    width * if bold { 1.22 } else { 1.0 }
}

/// Where a label stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    /// The base line.
    pub(super) y: f64,
    /// `start`, `middle` or `end` of the text is at `x`.
    pub(super) anchor: &'static str,
}

/// What is taken of a picture.
#[derive(Debug)]
pub(super) struct Board {
    size: (f64, f64),
    taken: Vec<Area>,
    avoided: Vec<Area>,
}

impl Board {
    pub(super) fn new(size: (f64, f64)) -> Self {
        Self {
            size,
            taken: Vec::new(),
            avoided: Vec::new(),
        }
    }

    /// Keeps an area free of labels.
    pub(super) fn take(&mut self, area: Area) {
        self.taken.push(area);
    }

    /// Keeps an area free of labels as long as there is room elsewhere.
    pub(super) fn avoid(&mut self, area: Area) {
        self.avoided.push(area);
    }

    /// A free spot for a label beside a mark, nearest first, and takes it.
    pub(super) fn place(
        &mut self,
        text: &str,
        at: (f64, f64),
        gap: f64,
        bold: bool,
    ) -> Option<Spot> {
        let width = width_of(text, bold);
        let spots = candidates(width, at, gap);
        let free = |area: &Area| {
            area.is_within(self.size) && !self.taken.iter().any(|taken| taken.touches(area))
        };
        let clear = |area: &Area| !self.avoided.iter().any(|avoided| avoided.touches(area));
        let best = spots.iter().find(|(_, area)| free(area) && clear(area));
        let (spot, area) = *best.or_else(|| spots.iter().find(|(_, area)| free(area)))?;
        self.taken.push(area);
        Some(spot)
    }
}

/// Spots around a mark, the nearest and most usual first, with the areas that a label of a width
/// takes there.
fn candidates(width: f64, at: (f64, f64), gap: f64) -> Vec<(Spot, Area)> {
    let around = [1.0, 1.6, 2.4].into_iter().flat_map(|far| {
        let gap = gap * far;
        let slant = gap * 0.75;
        [
            (gap, 0.0, "start"),
            (-gap, 0.0, "end"),
            (0.0, -gap - 5.0, "middle"),
            (0.0, gap + 5.0, "middle"),
            (slant, -slant - 2.0, "start"),
            (slant, slant + 2.0, "start"),
            (-slant, -slant - 2.0, "end"),
            (-slant, slant + 2.0, "end"),
        ]
    });
    around
        .map(|(dx, dy, anchor)| {
            let (x, y) = (at.0 + dx, at.1 + dy);
            let left = match anchor {
                "start" => x,
                "middle" => x - width / 2.0,
                _ => x - width,
            };
            let area = Area {
                left: left - 3.0,
                top: y - HEIGHT / 2.0,
                right: left + width + 3.0,
                bottom: y + HEIGHT / 2.0,
            };
            let y = y + 4.2;
            (Spot { x, y, anchor }, area)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_go_where_there_is_room_or_nowhere() {
        let mut board = Board::new((200.0, 60.0));
        board.take(Area::around((100.0, 30.0), 4.0));
        let first = board
            .place("Liège", (100.0, 30.0), 8.0, false)
            .expect("room");
        assert_eq!(first.anchor, "start");
        let second = board
            .place("Bierset", (101.0, 30.0), 8.0, false)
            .expect("room");
        assert_eq!(second.anchor, "end");
        assert_eq!(
            board.place(&"x".repeat(40), (100.0, 30.0), 8.0, false),
            None
        );
    }
}
