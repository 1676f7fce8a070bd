//! What travels where: from the tables to the places of the instance.

use std::collections::BTreeMap;

use crate::instance::{Instance, Leg, Mode, PlaceId, Service};
use crate::network::{line_places, main_haul};

use super::written::{ReportError, Written};

/// A plan and the instance it plans.
pub(super) struct Scene<'a> {
    pub(super) written: &'a Written,
    pub(super) instance: &'a Instance,
    services: BTreeMap<&'a str, &'a Service>,
    places: BTreeMap<&'a str, PlaceId>,
}

/// What travels between two places by one mode, in grams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) mode: Mode,
    /// The place with the lower id, and the other.
    pub(super) ends: (PlaceId, PlaceId),
    /// From the first to the second.
    pub(super) there: i64,
    /// From the second to the first.
    pub(super) back: i64,
    /// Whether it belongs to a leg of more than [`FAR_KM`].
    pub(super) far: bool,
}

/// Legs longer than this join regions of the world; shorter ones lie within one.
pub(super) const FAR_KM: f64 = 2500.0;

/// The part of an allocation's way that counts most: its longest ride.
#[derive(Clone, Copy, Debug)]
pub(super) struct Haul<'a> {
    pub(super) service: &'a Service,
    /// Where the parcels leave that service.
    pub(super) into: PlaceId,
}

impl<'a> Scene<'a> {
    pub(super) fn new(written: &'a Written, instance: &'a Instance) -> Self {
        let services = instance.services.iter().map(|s| (s.id.as_str(), s));
        let places = (0..).zip(&instance.places);
        Self {
            written,
            instance,
            services: services.collect(),
            places: places.map(|(at, p)| (p.id.as_str(), PlaceId(at))).collect(),
        }
    }

    pub(super) fn service(&self, id: &str) -> Option<&'a Service> {
        self.services.get(id).copied()
    }

    pub(super) fn place(&self, id: &str) -> Option<PlaceId> {
        self.places.get(id).copied()
    }

    /// The leg of a service, counted from 1.
    pub(super) fn leg(&self, service: &str, leg: i64) -> Option<(&'a Service, &'a Leg)> {
        let service = self.service(service)?;
        let at = usize::try_from(leg).ok()?.checked_sub(1)?;
        Some((service, service.legs.get(at)?))
    }

    /// The name of a place for people: its name, else its id.
    pub(super) fn place_name(&self, place: PlaceId) -> &'a str {
        let place = &self.instance.places[place.at()];
        match place.name.as_str() {
            "" => &place.id,
            name => name,
        }
    }

    /// The name of a place by its id.
    pub(super) fn name_of<'b>(&self, id: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.place(id).map_or(id, |place| self.place_name(place))
    }

    /// `HGH → LGG`.
    pub(super) fn route(&self, leg: &Leg) -> String {
        let id = |place: PlaceId| &self.instance.places[place.at()].id;
        format!("{} → {}", id(leg.origin), id(leg.destination))
    }

    /// Grams on each stretch of line, by mode and ends. What several services carry along the same
    /// line counts together.
    pub(super) fn stretches(&self) -> Result<Vec<Stretch>, ReportError> {
        let sheet = &self.written.departures;
        let legs = sheet.numbers("leg", 0)?;
        let weights = sheet.numbers("kg", 3)?;
        let mut sums: BTreeMap<(Mode, PlaceId, PlaceId), Stretch> = BTreeMap::new();
        for ((service, leg), weight) in sheet.texts("service")?.into_iter().zip(legs).zip(weights) {
            let Some((service, leg)) = self.leg(service, leg).filter(|_| weight > 0) else {
                continue;
            };
            let line: Vec<PlaceId> = line_places(leg).collect();
            for pair in line.windows(2) {
                let ends = (pair[0].min(pair[1]), pair[0].max(pair[1]));
                let sum = sums
                    .entry((service.mode, ends.0, ends.1))
                    .or_insert(Stretch {
                        mode: service.mode,
                        ends,
                        there: 0,
                        back: 0,
                        far: false,
                    });
                match pair[0] <= pair[1] {
                    true => sum.there += weight,
                    false => sum.back += weight,
                }
                sum.far |= leg.km > FAR_KM;
            }
        }
        Ok(sums.into_values().collect())
    }

    /// The services of a path with the legs ridden, in order; handling steps are left out.
    fn rides(&self, path: &str) -> Vec<(&'a Service, usize)> {
        let ride = |element: &str| {
            let (name, _run) = element.rsplit_once('@')?;
            if let Some(service) = self.service(name) {
                return Some((service, 0));
            }
            let (name, leg) = name.rsplit_once('/')?;
            let leg = leg.parse::<usize>().ok()?.checked_sub(1)?;
            let service = self.service(name)?;
            (leg < service.legs.len()).then_some((service, leg))
        };
        path.split(" > ").filter_map(ride).collect()
    }

    /// The names of the services of a path, in order, without their runs.
    pub(super) fn route_of(&self, path: &str) -> String {
        let mut names: Vec<&str> = Vec::new();
        for (service, _) in self.rides(path) {
            if names.last() != Some(&service.id.as_str()) {
                names.push(&service.id);
            }
        }
        names.join(" > ")
    }

    /// The haul of a path; `None` where no ride of it is known.
    pub(super) fn haul(&self, path: &str) -> Option<Haul<'a>> {
        let rides = self.rides(path);
        let legs = rides.iter().map(|&(service, leg)| &service.legs[leg]);
        let at = main_haul(legs)?;
        let (service, _) = rides[at];
        let last = rides[at..]
            .iter()
            .take_while(|ride| ride.0.id == service.id)
            .last();
        let &(_, leg) = last?;
        Some(Haul {
            service,
            into: service.legs[leg].destination,
        })
    }
}

/// The word of a mode as people read it.
pub(super) fn by(mode: Mode) -> &'static str {
    super::super::tables::mode(mode)
}

/// Modes in the order in which legends name them.
pub(super) const MODES: [Mode; 4] = [Mode::Rail, Mode::Air, Mode::Road, Mode::Sea];
