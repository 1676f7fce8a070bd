//! Rules of the house that no compiler checks.

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
