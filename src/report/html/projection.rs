//! A map projection that suits any part of the world.
//!
//! Lambert's azimuthal equal-area projection (Snyder, *Map Projections: A Working Manual*, USGS
//! Professional Paper 1395, 1987, p. 185) around the middle of what is drawn: areas keep their
//! size, and great circles bend only gently.
//!
//! ```text
//! k = √(2 / (1 + sin φ₀ sin φ + cos φ₀ cos φ cos Δλ))
//! x = k cos φ sin Δλ
//! y = k (cos φ₀ sin φ − sin φ₀ cos φ cos Δλ)
//! ```

/// Latitude and longitude in degrees.
pub(super) type Position = (f64, f64);

/// Farther from the middle than this, in degrees, nothing is drawn: shapes there smear.
const HORIZON: f64 = 140.0;

/// A projection that is fitted into a frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Projection {
    middle: (f64, f64),
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
            middle: middle(positions)?,
            scale: 1.0,
            shift: (0.0, 0.0),
            size: (width, heights.0),
        };
        let points: Vec<_> = positions.iter().filter_map(|&p| projection.at(p)).collect();
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

    /// Where a position is in the frame, or outside of it; `None` beyond the horizon.
    pub(super) fn at(&self, (lat, lon): Position) -> Option<(f64, f64)> {
        let (lat, lon) = (lat.to_radians(), lon.to_radians());
        let (lat0, lon0) = (self.middle.0.to_radians(), self.middle.1.to_radians());
        let away = (lon - lon0).cos();
        let along = lat0.sin() * lat.sin() + lat0.cos() * lat.cos() * away;
        if along < HORIZON.to_radians().cos() {
            return None;
        }
        let k = (2.0 / (1.0 + along)).sqrt();
        let x = k * lat.cos() * (lon - lon0).sin();
        let y = k * (lat0.cos() * lat.sin() - lat0.sin() * lat.cos() * away);
        Some((
            x * self.scale + self.shift.0,
            -y * self.scale + self.shift.1,
        ))
    }

    /// Whether a point of the frame, or one within `margin` of it.
    pub(super) fn shows(&self, (x, y): (f64, f64), margin: f64) -> bool {
        let (width, height) = self.size;
        (-margin..=width + margin).contains(&x) && (-margin..=height + margin).contains(&y)
    }

    /// Pixels of a kilometre, near the middle.
    pub(super) fn per_km(&self) -> f64 {
        self.scale / 6371.0088
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
            let at = map.at(place).expect("on the map");
            assert!(map.shows(at, -19.9), "{place:?} is at {at:?}");
        }
        let north = map.at((60.0, 60.0)).expect("on the map");
        let south = map.at((40.0, 60.0)).expect("on the map");
        assert!(north.1 < south.1 && (north.0 - south.0).abs() < 200.0);
    }

    #[test]
    fn areas_keep_their_size() {
        // A degree of latitude is 111.2 km everywhere; near the middle the map has that length.
        let map = Projection::fit(&[(50.0, 5.0), (51.0, 5.0)], 400.0, (300.0, 300.0), 10.0);
        let map = map.expect("a map");
        let (a, b) = (map.at((50.0, 5.0)), map.at((51.0, 5.0)));
        let (a, b) = (a.expect("on the map"), b.expect("on the map"));
        let km = (a.1 - b.1).abs() / map.per_km();
        assert!((km - 111.195).abs() < 0.01, "{km}");
    }

    #[test]
    fn one_place_or_the_far_side_of_the_world_is_no_failure() {
        assert!(Projection::fit(&[], 100.0, (50.0, 50.0), 5.0).is_none());
        let map = Projection::fit(&[(0.0, 0.0)], 100.0, (50.0, 50.0), 5.0).expect("a map");
        assert_eq!(map.at((0.0, 0.0)), Some((50.0, 25.0)));
        assert!(map.at((0.0, 180.0)).is_none());
        assert!(
            Projection::fit(&[(0.0, 0.0), (0.0, 180.0)], 100.0, (50.0, 50.0), 5.0)
                .is_some_and(|map| map.at((1.0, 2.0)).is_some())
        );
    }
}
