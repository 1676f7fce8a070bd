//! Rules of the house that no compiler checks.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Licences under which a dependency may be shipped with railair.
const PERMISSIVE: [&str; 12] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether an SPDX expression can be met with permissive licences alone: every side of an `AND`,
/// one side of an `OR`.
fn is_permissive(expression: &str) -> bool {
    expression
        .replace(['(', ')'], "")
        .split(" AND ")
        .all(|all| {
            all.split(" OR ")
                .flat_map(|one| one.split('/'))
                .any(|one| PERMISSIVE.contains(&one.trim()))
        })
}

#[test]
fn spdx_expressions_are_read_as_meant() {
    assert!(is_permissive("MIT OR Apache-2.0"));
    assert!(is_permissive("Unlicense/MIT"));
    assert!(is_permissive("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(!is_permissive("LGPL-3.0-only"));
    assert!(!is_permissive("MIT AND GPL-2.0"));
}

#[test]
fn every_dependency_is_permissively_licensed() {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--offline",
            "--all-features",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    // without the crates of optional features on the machine there is no full list to check
    let output = if output.status.success() {
        output
    } else {
        Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--all-features"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs")
    };
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(
        packages.len() > 20,
        "only {} packages listed",
        packages.len()
    );
    let refused: Vec<String> = packages
        .iter()
        .map(|package| (package["name"].as_str(), package["license"].as_str()))
        .filter(|(_, licence)| !licence.is_some_and(is_permissive))
        .map(|(name, licence)| format!("{name:?}: {licence:?}"))
        .collect();
    assert!(refused.is_empty(), "not permissive: {refused:#?}");
}

/// Whoever builds railair gets what was tested: every dependency is a crate of the public
/// registry with the checksum of the lock file, none is a branch, a path or a copy.
#[test]
fn every_dependency_is_pinned_by_its_checksum() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lock = fs::read_to_string(folder.join("Cargo.lock")).expect("a lock file");
    let loose = loose(&lock);
    assert!(loose.is_empty(), "not pinned: {loose:?}");
    assert!(lock.matches("[[package]]").count() > 20);
}

/// The packages of a lock file that are not pinned.
fn loose(lock: &str) -> Vec<&str> {
    let value = |package: &'_ str, key: &str| -> Option<String> {
        let line = package.lines().find_map(|line| line.strip_prefix(key))?;
        Some(
            line.trim_start_matches([' ', '='])
                .trim_matches('"')
                .to_owned(),
        )
    };
    let packages = lock.split("[[package]]").skip(1);
    packages
        .filter(|package| value(package, "name").as_deref() != Some("railair"))
        .filter(|package| {
            let registry = value(package, "source").is_some_and(|source| {
                source.starts_with("registry+") && source.contains("crates.io-index")
            });
            let sum = value(package, "checksum").is_some_and(|sum| sum.len() == 64);
            !(registry && sum)
        })
        .map(str::trim)
        .collect()
}

#[test]
fn what_is_not_pinned_is_found() {
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    let sum = "0".repeat(64);
    let package = |source: &str, sum: &str| {
        format!(
            "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = \"{source}\"\nchecksum = \"{sum}\"\n"
        )
    };
    assert!(loose(&package(registry, &sum)).is_empty());
    assert_eq!(
        loose(&package("git+https://example.org/a#1", &sum)).len(),
        1
    );
    assert_eq!(loose(&package(registry, "")).len(), 1);
    assert_eq!(
        loose("[[package]]\nname = \"a\"\nversion = \"1\"\n").len(),
        1
    );
}

/// The compiler refuses unsafe code in the library and in the program.
#[test]
fn no_code_is_unsafe() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for root in ["lib.rs", "main.rs"] {
        let text = fs::read_to_string(folder.join(root)).expect("a root");
        assert!(text.contains("#![forbid(unsafe_code)]"), "{root}");
    }
}
