//! Plans for people and for programs: one file per format.

pub mod cell;
pub mod comparison;
pub mod conflict;
pub mod csv;
pub mod difference;
pub mod explanation;
mod folder;
pub mod grid;
pub mod json;
pub mod next_purchases;
pub mod people;
mod purchases;
pub mod run;
pub mod tables;
pub mod terminal;
mod workplace;

pub use folder::{Destination, FolderError, has_marker, write_plan};
