//! Whole parcels.
