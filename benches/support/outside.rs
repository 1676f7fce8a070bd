//! Public problems, which stand in a folder outside the project, and what is known of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A problem of the folder.
pub struct Problem {
    pub file: PathBuf,
    /// Where it stands in the folder, with `/` between the parts.
    pub path: String,
    /// What `optima.csv` (`file,kind,optimum,..`) says of it.
    pub known: Option<String>,
}

/// The problems whose names end in one of `endings` and whose paths contain one of `names`, or all
/// where none is named, below the folder in `RAILAIR_OUTSIDE` (default `../shared/outside`). Where
/// there is no such folder, it says so and answers nothing.
pub fn problems(endings: &[&str], names: &[String]) -> Option<Vec<Problem>> {
    let folder = std::env::var_os("RAILAIR_OUTSIDE").unwrap_or_else(|| "../shared/outside".into());
    let folder = PathBuf::from(folder);
    if !folder.is_dir() {
        println!("skipped: there is no folder {}", folder.display());
        return None;
    }
    let mut files = Vec::new();
    collect(&folder, endings, &mut files);
    files.sort();
    let known = known_optima(&folder);
    let problem = |file: PathBuf| {
        let path = file.strip_prefix(&folder).unwrap_or(&file);
        let path = path.display().to_string().replace('\\', "/");
        let known = known.get(&path).cloned();
        Problem { file, path, known }
    };
    let is_chosen = |problem: &Problem| {
        let mut names = names.iter();
        names.len() == 0 || names.any(|name| problem.path.contains(name.as_str()))
    };
    Some(files.into_iter().map(problem).filter(is_chosen).collect())
}

fn collect(folder: &Path, endings: &[&str], files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let name = path.to_string_lossy();
        if path.is_dir() {
            collect(&path, endings, files);
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            files.push(path);
        }
    }
}

fn known_optima(folder: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder.join("optima.csv")).unwrap_or_default();
    let entry = |line: &str| {
        let mut cells = line.split(',');
        Some((cells.next()?.to_owned(), cells.nth(1)?.to_owned()))
    };
    text.lines().skip(1).filter_map(entry).collect()
}
