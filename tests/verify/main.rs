//! Plans of every engine on random instances, checked by `verify`, and changed to be refused.

mod generated;
mod generator;
mod plans;
