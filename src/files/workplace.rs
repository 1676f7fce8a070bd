//! Temporary folders beside what is written: made, held while their run lives, cleared away when it died.
//!
//! A run holds a lock on its folder, which the system takes back when the process ends, however it
//! ends. A folder of that name without a lock is therefore what a killed run left, and nobody
//! writes to it any more. Where the system has no such locks nothing is cleared.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::destination::names_in;

/// What is being written.
const NEW: &str = "new";
/// What stood there before, where two folders cannot trade names in one step.
const OLD: &str = "old";
/// What stood in a folder that stays itself while its files are replaced.
const ASIDE: &str = "aside";

/// A folder of our own beside the target, gone when dropped.
#[derive(Debug)]
pub(super) struct Workplace {
    folder: TempDir,
    /// Let go after the folder is gone.
    _lock: Option<File>,
}

impl Workplace {
    /// Makes one in `parent` to write `target` in.
    ///
    /// # Errors
    /// What the file system says.
    pub(super) fn beside(parent: &Path, target: &Path) -> io::Result<Self> {
        loop {
            let folder = tempfile::Builder::new()
                .prefix(&prefix(target))
                .tempdir_in(parent)?;
            let lock = lock(folder.path());
            // Another run may have cleared it away before it was locked.
            if folder.path().exists() {
                let _lock = lock;
                return Ok(Self { folder, _lock });
            }
        }
    }

    /// Where to write.
    pub(super) fn new_entry(&self) -> PathBuf {
        self.folder.path().join(NEW)
    }

    /// Where the target goes before the new one takes its place.
    pub(super) fn old_entry(&self) -> PathBuf {
        self.folder.path().join(OLD)
    }

    /// Where the target's files go before new ones take their places, where it stays itself. A run
    /// that is killed then leaves them: the next does not clear away a folder that holds this.
    pub(super) fn aside(&self) -> PathBuf {
        self.folder.path().join(ASIDE)
    }
}

/// Locks a folder until the file is dropped; `None` where that cannot be done.
fn lock(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    file.lock().ok()?;
    Some(file)
}

/// `.NAME.writing-`
fn prefix(target: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(target.file_name().unwrap_or(OsStr::new("plan")));
    prefix.push(".writing-");
    prefix
}

/// Clears away what killed runs left in `parent` while writing `target`. An old plan that one had
/// moved aside is put back first, and so is what it had moved into a new folder that is not of its own
/// kind, by `owns`. What cannot be cleared stays for the next run.
pub(super) fn clear(parent: &Path, target: &Path, owns: fn(&str) -> bool) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    let prefix = prefix(target);
    let prefix = prefix.as_encoded_bytes();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let rest = name.as_encoded_bytes().strip_prefix(prefix);
        let ours = rest.is_some_and(|rest| rest.iter().all(u8::is_ascii_alphanumeric));
        if ours && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            clear_one(&entry.path(), target, owns);
        }
    }
}

fn clear_one(folder: &Path, target: &Path, owns: fn(&str) -> bool) {
    // Locked by a run that lives, or not to be locked at all: not ours to touch.
    let Ok(file) = File::open(folder) else { return };
    if file.try_lock().is_err() || !holds_nothing_else(folder) {
        return;
    }
    let old = folder.join(OLD);
    if old.is_dir() && !target.exists() && fs::rename(&old, target).is_err() {
        return;
    }
    let new = folder.join(NEW);
    if new.is_dir() {
        let Ok(mut strangers) = names_in(&new) else {
            return;
        };
        strangers.retain(|name| !owns(name));
        if move_entries(&strangers, &new, target).is_err() {
            return;
        }
    }
    let _ = fs::remove_dir_all(folder);
}

/// Moves entries from one folder to another, all or none: nothing that is there already is replaced.
pub(super) fn move_entries(names: &[String], from: &Path, to: &Path) -> io::Result<()> {
    for (moved, name) in names.iter().enumerate() {
        let step = match fs::symlink_metadata(to.join(name)) {
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => fs::rename(from.join(name), to.join(name)),
        };
        if let Err(error) = step {
            for name in &names[..moved] {
                let _ = fs::rename(to.join(name), from.join(name));
            }
            return Err(error);
        }
    }
    Ok(())
}

/// Whether only what a run writes is in a folder.
fn holds_nothing_else(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| {
        entries.all(|entry| {
            entry.is_ok_and(|entry| [NEW, OLD].iter().any(|n| entry.file_name() == *n))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owns(name: &str) -> bool {
        name == "run.json"
    }

    /// A home with what a killed run left of writing `plan`.
    fn left(what: &[&str]) -> (TempDir, PathBuf, PathBuf) {
        let home = tempfile::tempdir().expect("a folder");
        let (target, left) = (
            home.path().join("plan"),
            home.path().join(".plan.writing-aB3xYz"),
        );
        for name in what {
            fs::create_dir_all(left.join(name)).expect("a folder");
            fs::write(left.join(name).join("run.json"), name).expect("a file");
        }
        (home, target, left)
    }

    #[test]
    fn what_a_dead_run_left_goes_and_what_a_live_one_writes_stays() {
        let (home, target, left) = left(&[NEW]);
        let alive = Workplace::beside(home.path(), &target).expect("a folder");
        clear(home.path(), &target, owns);
        assert!(!left.exists());
        assert!(alive.folder.path().exists());
        let path = alive.folder.path().to_owned();
        drop(alive);
        assert!(!path.exists());
    }

    #[test]
    fn an_old_plan_that_was_moved_aside_comes_back() {
        let (home, target, left) = left(&[NEW, OLD]);
        clear(home.path(), &target, owns);
        assert_eq!(
            fs::read_to_string(target.join("run.json")).expect("the plan"),
            OLD
        );
        assert!(!left.exists());
    }

    /// Killed between moving what is not the plan's and the last step.
    #[test]
    fn what_was_not_the_plans_comes_back() {
        let (home, target, left) = left(&[NEW]);
        fs::create_dir(&target).expect("a folder");
        fs::create_dir(left.join(NEW).join(".git")).expect("a folder");
        fs::write(left.join(NEW).join(".git/HEAD"), "mine").expect("a file");
        clear(home.path(), &target, owns);
        assert_eq!(
            fs::read_to_string(target.join(".git/HEAD")).expect("what was there"),
            "mine"
        );
        assert!(!left.exists() && !target.join("run.json").exists());
    }

    #[test]
    fn nothing_that_looks_different_is_touched() {
        let (home, target, left) = left(&[NEW, "thesis"]);
        let near = [
            "plan.writing-aB3xYz",
            ".plan.writing-a.b",
            ".other.writing-aB3xYz",
        ];
        for name in near {
            fs::create_dir(home.path().join(name)).expect("a folder");
        }
        fs::write(home.path().join(".plan.writing-file"), "mine").expect("a file");
        clear(home.path(), &target, owns);
        assert!(left.join("thesis/run.json").exists());
        assert!(near.iter().all(|name| home.path().join(name).exists()));
        assert!(home.path().join(".plan.writing-file").exists());
    }
}
