//! An independent check of a plan.

mod calendar;
mod decimal;
mod distance;
#[cfg(test)]
mod example;
mod failure;
mod itinerary;
mod reading;
mod schedule;

pub use failure::Failure;
pub use reading::ReadError;
