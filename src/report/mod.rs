//! Plans for people and for programs: one file per format.

pub mod cell;
pub mod comparison;
pub mod conflict;
pub mod csv;
pub mod explanation;
mod folder;
pub mod grid;
pub mod json;
pub mod people;
pub mod purchases;
pub mod run;
pub mod tables;
pub mod terminal;

pub use folder::{Destination, FolderError, has_marker, write_plan};
