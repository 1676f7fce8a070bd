//! A map projection that readers are used to: north is up everywhere.
//!
//! Miller's cylindrical projection (Snyder, *Map Projections: A Working Manual*, USGS Professional
//! Paper 1395, 1987, p. 88), cut opposite to the middle of what is drawn. Great circles bend
//! towards the pole, as flights do on the maps of airlines, and high latitudes stretch less than
//! in Mercator's.
//!
//! ```text
//! x = λ − λ₀
//! y = 5/4 · ln tan(π/4 + 2/5 · φ)
//! ```

/// Latitude and longitude in degrees.
pub(super) type Position = (f64, f64);

/// Farther north or south than this, in degrees, nothing is drawn.
const POLAR: f64 = 84.0;

/// A projection that is fitted into a frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Projection {
    /// The meridian in the middle, in degrees.
    meridian: f64,
    scale: f64,
    shift: (f64, f64),
    /// Width and height of the frame.
    pub(super) size: (f64, f64),
}

impl Projection {
    /// A projection that shows all `positions` in a frame of `width`, whose height lies between
    /// the two of `heights`; `margin` stays free on each side. `None` of nothing.
    pub(super) fn fit(
        positions: &[Position],
        width: f64,
        heights: (f64, f64),
        margin: f64,
    ) -> Option<Self> {
        let mut projection = Self {
            meridian: middle(positions)?.1,
            scale: 1.0,
            shift: (0.0, 0.0),
            size: (width, heights.0),
        };
        let points: Vec<_> = positions.iter().map(|&p| projection.at(p)).collect();
        let range = |of: fn(&(f64, f64)) -> f64| {
            let values = points.iter().map(of);
            values.fold((f64::MAX, f64::MIN), |(low, high), v| {
                (low.min(v), high.max(v))
            })
        };
        let (left, right) = range(|p| p.0);
        let (top, bottom) = range(|p| p.1);
        // A single place still deserves a map of some hundred kilometres.
        let (wide, high) = ((right - left).max(0.02), (bottom - top).max(0.01));
        let room = |size: f64| size - 2.0 * margin;
        projection.size.1 = (room(width) * high / wide + 2.0 * margin).clamp(heights.0, heights.1);
        projection.scale = (room(width) / wide).min(room(projection.size.1) / high);
        projection.shift = (
            width / 2.0 - (left + right) / 2.0 * projection.scale,
            projection.size.1 / 2.0 - (top + bottom) / 2.0 * projection.scale,
        );
        Some(projection)
    }

    /// Where a position is in the frame, or outside of it.
    pub(super) fn at(&self, (lat, lon): Position) -> (f64, f64) {
        let east = (lon - self.meridian + 180.0).rem_euclid(360.0) - 180.0;
        self.turned(lat, east)
    }

    /// The same for a ring of land, whose positions hang together: whole, wherever the frame's
    /// edge cuts the globe, and once for each turn of the globe that the frame may show.
    pub(super) fn rings(&self, ring: &[Position]) -> [Vec<(f64, f64)>; 3] {
        [-360.0, 0.0, 360.0].map(|turn| {
            ring.iter()
                .map(|&(lat, lon)| self.turned(lat, lon - self.meridian + turn))
                .collect()
        })
    }

    /// A line cut where it leaves the frame on one side and comes back on the other.
    pub(super) fn line(&self, line: &[Position]) -> Vec<Vec<(f64, f64)>> {
        let world = std::f64::consts::PI * self.scale;
        let mut pieces: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
        for point in line.iter().map(|&position| self.at(position)) {
            let piece = pieces.last_mut().expect("there is a first piece");
            match piece.last() {
                Some(last) if (point.0 - last.0).abs() > world => pieces.push(vec![point]),
                _ => piece.push(point),
            }
        }
        pieces
    }

    fn turned(&self, lat: f64, east: f64) -> (f64, f64) {
        let lat = lat.clamp(-POLAR, POLAR).to_radians();
        let up = 1.25 * (std::f64::consts::FRAC_PI_4 + 0.4 * lat).tan().ln();
        (
            east.to_radians() * self.scale + self.shift.0,
            -up * self.scale + self.shift.1,
        )
    }

    /// Whether a point of the frame, or one within `margin` of it.
    pub(super) fn shows(&self, (x, y): (f64, f64), margin: f64) -> bool {
        let (width, height) = self.size;
        (-margin..=width + margin).contains(&x) && (-margin..=height + margin).contains(&y)
    }

    /// The latitude in the middle of the frame, in degrees.
    pub(super) fn latitude(&self) -> f64 {
        let up = (self.shift.1 - self.size.1 / 2.0) / self.scale;
        let lat = ((up / 1.25).exp().atan() - std::f64::consts::FRAC_PI_4) / 0.4;
        lat.to_degrees()
    }

    /// Pixels of a kilometre from west to east at [`Self::latitude`].
    pub(super) fn per_km(&self) -> f64 {
        self.scale / (6371.0088 * self.latitude().to_radians().cos())
    }
}

/// The middle of positions on the sphere: the direction of the mean of their unit vectors.
fn middle(positions: &[Position]) -> Option<Position> {
    let mut sum = [0.0; 3];
    for &(lat, lon) in positions {
        let (lat, lon) = (lat.to_radians(), lon.to_radians());
        sum[0] += lat.cos() * lon.cos();
        sum[1] += lat.cos() * lon.sin();
        sum[2] += lat.sin();
    }
    let [x, y, z] = sum;
    if positions.is_empty() {
        return None;
    }
    // Places all around the globe have no middle; any will do.
    if x.hypot(y).hypot(z) < 1e-6 {
        return Some((0.0, 0.0));
    }
    Some((z.atan2(x.hypot(y)).to_degrees(), y.atan2(x).to_degrees()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_places_are_in_the_frame_with_north_up() {
        let liege = (50.64, 5.44);
        let places = [liege, (30.2, 120.4), (22.3, 113.9), (45.2, 82.4)];
        let map = Projection::fit(&places, 1000.0, (300.0, 600.0), 20.0).expect("a map");
        for place in places {
            let at = map.at(place);
            assert!(map.shows(at, -19.9), "{place:?} is at {at:?}");
        }
        let (north, south) = (map.at((60.0, 60.0)), map.at((40.0, 60.0)));
        assert!(north.1 < south.1 && (north.0 - south.0).abs() < 1e-9);
    }

    #[test]
    fn the_scale_holds_in_the_middle() {
        // At 60°N a degree of longitude is 111.195 km × cos 60° = 55.5975 km.
        let places = [(60.0, 10.0), (60.0, 11.0)];
        let map = Projection::fit(&places, 400.0, (300.0, 300.0), 10.0).expect("a map");
        assert!((map.latitude() - 60.0).abs() < 1e-9);
        let km = (map.at(places[1]).0 - map.at(places[0]).0) / map.per_km();
        assert!((km - 55.5975).abs() < 1e-3, "{km}");
    }

    #[test]
    fn a_line_over_the_date_line_is_whole_where_the_map_is() {
        // From Tokyo to Anchorage the map's middle lies near the date line: one piece.
        let places = [(35.7, 139.7), (61.2, -149.9)];
        let map = Projection::fit(&places, 400.0, (300.0, 300.0), 10.0).expect("a map");
        assert_eq!(map.line(&places).len(), 1);
        // Seen from Liège, the same line runs over the map's edge: two.
        let map = Projection::fit(&[(50.6, 5.4)], 400.0, (300.0, 300.0), 10.0).expect("a map");
        assert_eq!(map.line(&places).len(), 2);
    }

    #[test]
    fn one_place_or_the_far_side_of_the_world_is_no_failure() {
        assert!(Projection::fit(&[], 100.0, (50.0, 50.0), 5.0).is_none());
        let map = Projection::fit(&[(0.0, 0.0)], 100.0, (50.0, 50.0), 5.0).expect("a map");
        let at = map.at((0.0, 0.0));
        assert!((at.0 - 50.0).abs() < 1e-9 && (at.1 - 25.0).abs() < 1e-9);
        let all_around = [(0.0, 0.0), (0.0, 180.0)];
        assert!(Projection::fit(&all_around, 100.0, (50.0, 50.0), 5.0).is_some());
    }
}
