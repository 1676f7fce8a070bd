//! Where railair writes to: folders and files, whole or not at all, in the place of nothing that
//! somebody else wrote.
//!
//! Everything goes into a temporary folder beside the target and is flushed to disk; then the two
//! trade names in one step (`renameat2` with `RENAME_EXCHANGE` on Linux, `renamex_np` on macOS). A
//! crash or a full disk at any point leaves the old content or the new under the target's name,
//! never a mixture and never neither. Where a file system cannot exchange, the old folder is moved
//! aside first and put back if the new one cannot take its place.
//!
//! | what stands there | |
//! |---|---|
//! | nothing, an empty folder | is written |
//! | what railair wrote, as its [`Owner`] knows it | is replaced; permissions stay, and so do entries of a folder that are not railair's |
//! | what somebody else wrote, or is read-only | is refused unless somebody insists; then too what is not railair's stays in a folder |
//! | a device, a pipe, a socket, a link to nothing, a mount point, a file for a folder | is refused |
//!
//! A link to a file or folder stays, and what it points to is written. In the folder that the
//! process works in files are replaced one after the other, because a shell would be left in a
//! folder that is gone. A killed run leaves its temporary folder; the next run clears it away (see
//! `workplace`).

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::workplace::{self, Workplace, move_entries};

/// What railair writes of one kind, and how it is known again.
#[derive(Clone, Copy, Debug)]
pub struct Owner {
    /// What it is, for messages: `a plan of railair`.
    pub what: &'static str,
    /// Whether an entry of a folder is of that kind, by its name; not asked of files.
    pub owns: fn(&str) -> bool,
    /// Why what stands there is not what railair wrote; `Ok` where it is.
    pub wrote: fn(&Path) -> Result<(), String>,
}

/// Where something is written to. Made before the long run, so that a bad path fails at once.
#[derive(Debug)]
pub struct Destination {
    /// As it was typed.
    typed: PathBuf,
    /// The folder or file itself, links resolved.
    target: PathBuf,
    /// The folder it stands in.
    parent: PathBuf,
    owner: Owner,
    force: bool,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is something under that name that railair did not write, or that was changed since.
    #[error(
        "{} is not {owner} ({what}), and nothing else is overwritten: choose another name, or insist \
         with --force",
        path.display()
    )]
    NotOurs {
        /// The path.
        path: PathBuf,
        /// What would be overwritten.
        owner: &'static str,
        /// What was found.
        what: String,
    },
    /// There is something under that name that is never replaced.
    #[error("{} {what}, which is never overwritten: choose another name", path.display())]
    Never {
        /// The path.
        path: PathBuf,
        /// What it is.
        what: String,
    },
    /// The path cannot be a name.
    #[error("{} cannot be the name of a folder or file to write", path.display())]
    NoName {
        /// The path.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("failed to write {}", path.display())]
    Write {
        /// The folder or file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
}

impl Destination {
    /// Checks that a folder may be written to `path`, and that its parent (made where it is
    /// missing) takes files. With `force` strangers in it are no hindrance, and stay.
    ///
    /// # Errors
    /// [`FolderError`] otherwise.
    pub fn folder(path: &Path, owner: Owner, force: bool) -> Result<Self, FolderError> {
        Self::checked(path, owner, force, Self::check_folder)
    }

    /// Checks that a file may be written to `path`, and that its folder (made where it is missing)
    /// takes files. With `force` it takes the place of any ordinary file.
    ///
    /// # Errors
    /// [`FolderError`] otherwise.
    pub fn file(path: &Path, owner: Owner, force: bool) -> Result<Self, FolderError> {
        Self::checked(path, owner, force, Self::check_file)
    }

    fn checked(
        path: &Path,
        owner: Owner,
        force: bool,
        check: fn(&Self) -> Result<(), FolderError>,
    ) -> Result<Self, FolderError> {
        let target = resolved(path)?;
        let parent = target.parent().ok_or_else(|| FolderError::NoName {
            path: path.to_owned(),
        })?;
        let made = Self {
            typed: path.to_owned(),
            parent: parent.to_owned(),
            target: target.clone(),
            owner,
            force,
        };
        workplace::clear(parent, &target, owner.owns);
        check(&made)?;
        Workplace::beside(parent, &target).map_err(|source| made.failed(source))?;
        Ok(made)
    }

    /// The path itself, links resolved.
    pub fn path(&self) -> &Path {
        &self.target
    }

    /// Lets `fill` write all files into an empty folder, which then takes the target's place.
    ///
    /// # Errors
    /// What was found there meanwhile, or [`FolderError::Write`] with what `fill` or the file system
    /// said; the target is then as it was.
    pub fn write(&self, fill: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), FolderError> {
        let workplace = Workplace::beside(&self.parent, &self.target);
        let workplace = workplace.map_err(|source| self.failed(source))?;
        let new = workplace.new_entry();
        let filled = fs::create_dir(&new)
            .and_then(|()| fill(&new))
            .and_then(|()| sync(&new));
        filled.map_err(|source| self.failed(source))?;
        self.check_folder()?;
        let placed = self.place(&new, &workplace);
        placed.map_err(|source| self.failed(source))
    }

    /// Lets `fill` write a file, which then takes the target's place.
    ///
    /// # Errors
    /// As for [`write`](Self::write).
    pub fn write_file(
        &self,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), FolderError> {
        let workplace = Workplace::beside(&self.parent, &self.target);
        let workplace = workplace.map_err(|source| self.failed(source))?;
        let new = workplace.new_entry();
        let filled = File::create(&new).and_then(|file| {
            let mut out = BufWriter::new(file);
            fill(&mut out)?;
            out.flush()?;
            out.get_ref().sync_all()
        });
        filled.map_err(|source| self.failed(source))?;
        self.check_file()?;
        let placed = keep_permissions(&self.target, &new)
            .and_then(|()| fs::rename(&new, &self.target))
            .and_then(|()| sync_folder(&self.parent));
        placed.map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> FolderError {
        FolderError::Write {
            path: self.target.clone(),
            source,
        }
    }

    fn never(&self, what: impl Into<String>) -> FolderError {
        FolderError::Never {
            path: self.typed.clone(),
            what: what.into(),
        }
    }

    fn not_ours(&self, what: impl Into<String>) -> FolderError {
        FolderError::NotOurs {
            path: self.typed.clone(),
            owner: self.owner.what,
            what: what.into(),
        }
    }

    fn check_folder(&self) -> Result<(), FolderError> {
        let Some(there) = self.there()? else {
            return Ok(());
        };
        if !there.is_dir() {
            return Err(match there.is_file() {
                true => self.not_a_folder(),
                false => self.never(kind(&there)),
            });
        }
        let names = names_in(&self.target).map_err(|source| self.failed(source))?;
        for name in names.iter().filter(|name| (self.owner.owns)(name)) {
            let entry = fs::symlink_metadata(self.target.join(name));
            let entry = entry.map_err(|source| self.failed(source))?;
            if !entry.is_file() {
                return Err(self.never(format!("holds {name}, which {}", kind(&entry))));
            }
        }
        if names.is_empty() || self.force {
            return Ok(());
        }
        let is_stranger = |name: &&String| !name.starts_with('.') && !(self.owner.owns)(name);
        if let Some(stranger) = names.iter().find(is_stranger) {
            return Err(self.not_ours(format!("it holds {stranger}")));
        }
        (self.owner.wrote)(&self.target).map_err(|what| {
            let only_hidden = names.iter().all(|name| name.starts_with('.'));
            match only_hidden {
                true => self.not_ours(format!("it holds {}", names[0])),
                false => self.not_ours(what),
            }
        })
    }

    /// A file stands where a folder is to be: insisting would not help.
    fn not_a_folder(&self) -> FolderError {
        FolderError::NotOurs {
            path: self.typed.clone(),
            owner: self.owner.what,
            what: "it is a file".to_owned(),
        }
    }

    fn check_file(&self) -> Result<(), FolderError> {
        let Some(there) = self.there()? else {
            return Ok(());
        };
        if !there.is_file() {
            return Err(self.never(kind(&there)));
        }
        if self.force {
            return Ok(());
        }
        if there.permissions().readonly() {
            return Err(self.not_ours("it is read-only"));
        }
        (self.owner.wrote)(&self.target).map_err(|what| self.not_ours(what))
    }

    /// What stands there; nothing may be mounted on it, or renaming would fail after the long run.
    fn there(&self) -> Result<Option<Metadata>, FolderError> {
        let there = match fs::symlink_metadata(&self.target) {
            Ok(there) => there,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(self.failed(source)),
        };
        match is_mount_point(&self.target, &there, &self.parent) {
            true => Err(self.never("is a mount point")),
            false => Ok(Some(there)),
        }
    }

    fn place(&self, new: &Path, workplace: &Workplace) -> io::Result<()> {
        if !self.target.exists() {
            fs::rename(new, &self.target)?;
            return sync_folder(&self.parent);
        }
        for name in names_in(new)? {
            keep_permissions(&self.target.join(&name), &new.join(&name))?;
        }
        if is_worked_in(&self.target) {
            self.fill(new, &workplace.aside())?;
            return sync_folder(&self.target);
        }
        let mut strangers = names_in(&self.target)?;
        strangers.retain(|name| !(self.owner.owns)(name));
        move_entries(&strangers, &self.target, new)?;
        let exchanged = keep_permissions(&self.target, new)
            .and_then(|()| exchange(new, &self.target, &workplace.old_entry()));
        exchanged.inspect_err(|_| {
            let _ = move_entries(&strangers, new, &self.target);
        })?;
        sync_folder(&self.parent)
    }

    /// Moves files into the folder that is there, and the old ones aside, which come back where that
    /// fails.
    fn fill(&self, new: &Path, aside: &Path) -> io::Result<()> {
        let mut old = names_in(&self.target)?;
        old.retain(|name| (self.owner.owns)(name));
        fs::create_dir(aside)?;
        move_entries(&old, &self.target, aside)?;
        move_entries(&names_in(new)?, new, &self.target).inspect_err(|_| {
            let _ = move_entries(&old, aside, &self.target);
        })?;
        fs::remove_dir_all(aside)
    }
}

/// The absolute path of what stands at `path`, or will; makes its parents.
fn resolved(path: &Path) -> Result<PathBuf, FolderError> {
    let refused = |source| FolderError::Write {
        path: path.to_owned(),
        source,
    };
    match fs::canonicalize(path) {
        Ok(target) => Ok(target),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if fs::symlink_metadata(path).is_ok() {
                return Err(FolderError::Never {
                    path: path.to_owned(),
                    what: "is a link to nothing".to_owned(),
                });
            }
            let name = path.file_name().ok_or_else(|| FolderError::NoName {
                path: path.to_owned(),
            })?;
            let parent = match path.parent() {
                Some(parent) if parent != Path::new("") => parent,
                _ => Path::new("."),
            };
            fs::create_dir_all(parent)
                .and_then(|()| fs::canonicalize(parent))
                .map(|parent| parent.join(name))
                .map_err(refused)
        }
        Err(error) => Err(refused(error)),
    }
}

/// What stands there, for a sentence.
fn kind(there: &Metadata) -> &'static str {
    if there.is_dir() {
        return "is a folder";
    }
    if there.is_symlink() {
        return "is a link";
    }
    match there.is_file() {
        true => "is a file",
        false => "is a device, pipe or socket",
    }
}

/// The sorted names of what stands in a folder.
///
/// # Errors
/// What the file system says, or that a name is no text.
pub fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name.into_string().map_err(|name| {
            let what = format!("{} is not a name in UTF-8", name.display());
            io::Error::new(io::ErrorKind::InvalidFilename, what)
        })?;
        names.push(name);
    }
    names.sort();
    Ok(names)
}

/// Gives what replaces something its permissions, and its owner and group as far as one may.
fn keep_permissions(from: &Path, to: &Path) -> io::Result<()> {
    let Ok(old) = fs::metadata(from) else {
        return Ok(());
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        let new = fs::metadata(to)?;
        if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
            // nobody but root gives files away
            let _ = chown(to, Some(old.uid()), Some(old.gid()));
        }
    }
    fs::set_permissions(to, old.permissions())
}

/// Whether the process works in a folder, or below it.
fn is_worked_in(folder: &Path) -> bool {
    let here = std::env::current_dir().and_then(fs::canonicalize);
    here.is_ok_and(|here| here.starts_with(folder))
}

#[cfg(target_os = "linux")]
fn is_mount_point(path: &Path, there: &Metadata, parent: &Path) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    // a folder of the same device can be mounted as well
    let says_so = statx(
        CWD,
        path,
        AtFlags::SYMLINK_NOFOLLOW,
        StatxFlags::BASIC_STATS,
    )
    .is_ok_and(|found| found.stx_attributes.contains(StatxAttributes::MOUNT_ROOT));
    says_so || is_other_device(there, parent)
}

#[cfg(not(target_os = "linux"))]
fn is_mount_point(_: &Path, there: &Metadata, parent: &Path) -> bool {
    is_other_device(there, parent)
}

#[cfg(unix)]
fn is_other_device(there: &Metadata, parent: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(parent).is_ok_and(|parent| parent.dev() != there.dev())
}

#[cfg(not(unix))]
fn is_other_device(_: &Metadata, _: &Path) -> bool {
    false
}

/// Flushes a folder and the files in it to disk.
fn sync(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        File::open(entry?.path())?.sync_all()?;
    }
    sync_folder(folder)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Puts `new` in the place of `target`; what was there ends up as `new` or as `aside`.
fn exchange(new: &Path, target: &Path, aside: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, target, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    fs::rename(target, aside)?;
    fs::rename(new, target).inspect_err(|_| {
        let _ = fs::rename(aside, target);
    })
}
