//! Plans for people and for programs: one file per format.

pub mod cell;
pub mod comparison;
pub mod csv;
pub mod difference;
mod folder;
pub mod grid;
pub mod json;
pub mod people;
mod purchases;
pub mod run;
pub mod tables;
pub mod terminal;
mod workplace;

pub use folder::{Destination, FolderError, has_marker, write_plan};
