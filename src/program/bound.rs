//! The Lagrangian bound, in exact arithmetic.
