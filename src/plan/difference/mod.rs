//! Two plans: what moved, and what the difference of their costs is due to.
//!
//! # Why one plan costs more than another
//!
//! Plan A of instance I, plan B of instance J. Every cost belongs to one of four parts
//! ([`Parts`]): ways W (units of departures but whole ones, carriage by the parcel, handling,
//! storage, CO₂e, penalties of limits), purchases P (units that are sold whole), lateness L, and
//! unserved U. With three valuations of each part, all in whole millionths of money,
//!
//! | | |
//! |---|---|
//! | A | plan A at the prices of I: what A costs |
//! | A′ | plan A at the prices of J: the same parcels on the same paths |
//! | B | plan B at the prices of J: what B costs |
//!
//! and, for each demand k (an origin, destination, product and week), its parcels q and its share
//! of every part as `demand.csv` shares costs out,
//!
//! | volume | of part X and demand k |
//! |---|---|
//! | V_X,k = X_A′,k · (q_B − q_A) / q_A, to the nearest millionth | where q_A > 0 (all of it, negative, where J has no such demand) |
//! | V_X,k = X_B,k | where I has no parcels of it: all that it costs is new |
//!
//! the causes are
//!
//! | cause | |
//! |---|---|
//! | price | Σ_X (X_A′ − X_A) |
//! | volume | Σ_X Σ_k V_X,k: more or fewer parcels at what a parcel of their demand costs in A′ |
//! | routing | W_B − W_A′ − Σ_k V_W,k: other ways, fuller or emptier departures, other commitments |
//! | purchases | P_B − P_A′ − Σ_k V_P,k |
//! | lateness | L_B − L_A′ − Σ_k V_L,k |
//! | unserved | U_B − U_A′ − Σ_k V_U,k |
//!
//! Written out, everything but B − A cancels: the causes add up to the difference to the millionth,
//! whatever is rounded.
//!
//! Prices are those of units, handling tiers, storage, lateness, parcels left behind, CO₂e and
//! penalties of limits, matched by name ([`at_prices_of`]). What only I has keeps its price in A′;
//! a leg whose unit holds something else, or is called otherwise, is not the same thing at another
//! price, and keeps its own. A change of anything else (a schedule, a capacity, a promise, a
//! distance) has no cause of its own: it shows in what the plan does about it.

mod causes;
mod moves;
mod prices;

pub use causes::{Causes, causes};
pub use moves::{Move, MoveError, moves};
pub use prices::at_prices_of;

pub use super::verify::Parts;
