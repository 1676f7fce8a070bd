//! Plans for people and for programs: one file per format.

pub mod cell;
pub mod comparison;
pub mod csv;
mod folder;
pub mod grid;
pub mod instance;
pub mod json;
pub mod people;
pub mod run;
pub mod tables;
pub mod terminal;
pub mod workbook;

pub use folder::{Destination, Files, FolderError, has_marker, write_plan, write_plan_with};
