//! `railair generate`: a synthetic instance of any size.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::{Date, date};

use railair::instance::generate::{GenerateError, Options, write_folder};

/// Make a synthetic instance of any size from a seed
///
/// It scales the pattern of Liège in 2019: cities, feeders, flights, trains, a hub and markets.
/// The same options give the same tables, byte for byte.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// Folder to write, which must be empty or not exist
    folder: PathBuf,
    /// Cities that send parcels
    #[arg(long, value_name = "N", default_value_t = 10)]
    origins: usize,
    /// Products
    #[arg(long, value_name = "N", default_value_t = 4)]
    products: usize,
    /// Markets that receive parcels
    #[arg(long, value_name = "N", default_value_t = 6)]
    markets: usize,
    /// Departures of trains and flights a week
    #[arg(long, value_name = "N", default_value_t = 26)]
    services: usize,
    /// Dated weeks
    #[arg(long, value_name = "N", default_value_t = 4)]
    weeks: u32,
    /// One steady week that repeats, instead of dated weeks
    #[arg(long, conflicts_with_all = ["weeks", "week_start"])]
    typical: bool,
    /// The Monday on which dated weeks start
    #[arg(long, value_name = "DATE", default_value_t = date(2024, 1, 1))]
    week_start: Date,
    /// Where the randomness comes from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Demand over what trains and flights can carry
    #[arg(long, value_name = "SHARE", default_value_t = 0.9)]
    load: f64,
    /// Charters on offer on top, each whole or not at all
    #[arg(long, value_name = "N", default_value_t = 0)]
    whole: usize,
}

impl GenerateArgs {
    fn options(&self) -> Options {
        Options {
            origins: self.origins,
            products: self.products,
            markets: self.markets,
            services: self.services,
            weeks: if self.typical { 1 } else { self.weeks },
            typical: self.typical,
            week_start: self.week_start,
            seed: self.seed,
            load: self.load,
            whole: self.whole,
        }
    }
}

/// Writes the instance and says where it is.
///
/// # Errors
/// Options out of range, a folder that holds something, or a disk that refuses.
pub fn run(args: &GenerateArgs) -> Result<(), GenerateError> {
    write_folder(&args.options(), &args.folder)?;
    anstream::println!("wrote {}", args.folder.display());
    Ok(())
}
