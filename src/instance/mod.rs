//! The planner's tables: reading, checking and scenarios.
//!
//! Files become rows of text with a place in a file, scenarios change those rows,
//! rows become typed and checked values, and what is left without an error is an [`Instance`].
//! Everything that is found wrong on the way is a [`Finding`]; all are collected before any is
//! reported, and a rule that would only repeat another's finding stays silent.
//!
//! [`table_schema`] describes every table and column once; reading, checking and the format
//! reference all follow it. Each kind of source, a folder or a workbook, becomes [`Texts`], and
//! everything after that is the same.

mod amounts;
mod bands;
mod canonical;
mod codes;
mod column_kinds;
mod counted;
mod csv_folder;
mod csv_text;
mod demand;
mod differences;
mod encoding;
mod events;
mod fields;
mod findings;
pub mod generate;
mod handling;
mod header;
mod idle;
mod in_memory;
mod kept;
mod legs;
mod limits;
mod load;
mod magnitude;
mod model;
mod no_effect;
mod places;
mod prices;
mod products;
mod reference;
mod reference_of_plans;
mod row;
mod rows;
mod scenario;
mod schema;
mod services;
mod settings;
mod source;
mod sums;
mod sums_of_limits;
mod tables;
mod tables_of_demand;
mod tables_of_policy;
mod tables_of_supply;
mod text_table;
mod unused;
mod volumes;
mod words;
mod workbook;
mod zones;

pub use canonical::csv as canonical_csv;
pub use codes::{Code, Severity};
pub use csv_folder::PLAN_TABLES;
pub use differences::{Difference, differences};
pub use findings::{Finding, Findings, KEPT_PER_CODE, More, nearest, shown};
pub use in_memory::{Change, Tables, decimal_range, is_decimal};
pub use kept::{Changes, KEPT};
pub use legs::great_circle_km;
pub use load::{Loaded, load, load_tables};
pub use model::*;
pub use reference::format_reference;
pub use rows::Rows;
pub use schema::{Blank, Column, Kind, Number, Scale, Table};
pub use source::{Texts, read_csv_texts, read_tables};
pub use tables::{NEW_INSTANCE, is_table_file, table_schema};
pub use text_table::TextTable;
pub use workbook::form::{FormError, workbook};
pub use workbook::is_workbook;
