//! The instances that railair comes with.

use std::fs;
use std::path::{Path, PathBuf};

/// Every folder with settings, two levels deep.
pub fn shipped() -> Vec<PathBuf> {
    let folders = |path: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(path).expect("a folder");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        paths.filter(|path| path.is_dir()).collect()
    };
    let top = folders(Path::new("instances"));
    let below = top.iter().flat_map(|path| folders(path));
    let mut all: Vec<PathBuf> = top.iter().cloned().chain(below).collect();
    all.retain(|path| path.join("settings.csv").exists());
    all.sort();
    all
}
