//! Plans for people and for programs: one file per format.

pub mod cell;
pub mod comparison;
pub mod conflict;
pub mod csv;
pub mod difference;
pub mod ending;
pub mod explanation;
mod folder;
pub mod grid;
pub mod html;
pub mod instance;
pub mod json;
pub mod next_purchases;
pub mod people;
mod purchases;
pub mod run;
pub mod tables;
pub mod terminal;
mod why;
pub mod workbook;

pub use crate::files::{Destination, FolderError};
pub use folder::{
    Files, Rendered, has_marker, render, write_into, write_plan, write_plan_with, write_rendered,
};
