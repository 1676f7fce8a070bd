//! The random instances that other tests rely on are instances, and say the same every time.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use railair::instance::load;
use railair::network::{Calendar, expand};

#[test]
fn random_instances_are_instances() {
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in 0..200 {
        let folder = tempfile::tempdir().expect("a folder");
        let shape = crate::generator::write_random_instance(seed, folder.path());
        let loaded = load(folder.path(), None);
        let Some(instance) = loaded.instance else {
            panic!("seed {seed}: {shape:?}\n{:#?}", loaded.findings);
        };
        let mut count = |kind, holds: bool| *kinds.entry(kind).or_default() += u32::from(holds);
        count("dated", shape.dated_weeks.is_some());
        count("counted weeks", instance.settings.counted_weeks > 0);
        count("handling", !instance.handling.is_empty());
        count(
            "tiers",
            instance.handling.iter().any(|step| step.tiers.len() > 1),
        );
        let in_shifts = |tier: &railair::instance::Tier| tier.shift.is_some();
        count(
            "shifts",
            (instance.handling.iter()).any(|step| step.tiers.iter().any(in_shifts)),
        );
        count("limits", !instance.limits.is_empty());
        count("rules", !instance.rules.is_empty());
        count("events", !instance.events.is_empty());
        count("bookings", !instance.bookings.is_empty());
        count(
            "legs",
            instance
                .services
                .iter()
                .any(|service| service.legs.len() > 1),
        );
        let storage = instance.places.iter().any(|place| place.storage.is_some());
        count("storage", storage);
        let whole = |service: &railair::instance::Service| service.legs[0].unit.whole;
        count("whole units", instance.services.iter().any(whole));
        let network = expand(&instance, &Calendar::new(&instance));
        count(
            "tail",
            network.releases.iter().any(|release| !release.reported),
        );
    }
    assert_eq!(kinds.len(), 13);
    for (kind, count) in kinds {
        assert!(count >= 8, "{kind} in {count} of 200");
    }
}

#[test]
fn a_seed_writes_the_same_bytes() {
    let random = |folder: &Path| {
        crate::generator::write_random_instance(7, folder);
    };
    let small = |folder: &Path| crate::generator::write_small_instance(7, folder);
    assert_eq!(bytes(&random), bytes(&random));
    assert_eq!(bytes(&small), bytes(&small));
}

/// The files that are written, with their text.
fn bytes(write: &dyn Fn(&Path)) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path());
    let mut files: Vec<(String, String)> = fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| {
            let path = entry.expect("a file").path();
            let text = fs::read_to_string(&path).expect("text");
            let name = path.file_name().expect("a name");
            (name.to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}
