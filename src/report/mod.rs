//! Plans for people and for programs: one file per format.

pub mod cell;
pub mod comparison;
pub mod csv;
mod folder;
pub mod grid;
pub mod html;
pub mod json;
pub mod people;
pub mod run;
pub mod tables;
pub mod terminal;

pub use folder::{Destination, FolderError, has_marker, write_beside, write_plan, write_plan_with};
