//! The answer in the planner's words.

pub mod verify;
