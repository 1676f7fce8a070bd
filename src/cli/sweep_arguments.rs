//! The command line of `railair sweep`.

use std::path::PathBuf;

use clap::Args;
use railair::sweep::{Axis, Draws, Shard, What};

use super::arguments::{Insist, gap};

/// Solve many variants of an instance: a row each
///
/// Without a choice the runs are the instance as it is and each of its scenarios. Every run is a
/// plan in whole parcels with its bound: one line of CSV with the run's parameters, cost, bound,
/// gap, parcels on time, late and unserved, tonnes and load by mode, and the parts of the cost.
///
/// The rows stand in the order of the runs and are the same bytes whatever the threads, shards and
/// interruptions: runs stand in blocks of 16, and each starts from the answer of its nearest
/// neighbour in the block, or of the instance as it is, whoever works them out. Rows of a variant agree with `railair solve` on
/// the cost to the gap; where several plans cost the same, another one may be found.
///
/// With --out the file is gone on with after a stop (Ctrl-C, a crash, a node that is taken away):
/// give the same command again. Whole rows are kept, half a row is dropped, and a file of another
/// instance, other parameters or another version is refused.
#[derive(Debug, Args)]
#[command(after_help = "\
Variants:
  --vary TABLE.COLUMN[KEY]=VALUES    set; *= scales and += adds. Without [KEY] every row.
         The key is that of scenarios: key columns joined by /, * for any, the end left out.
         VALUES are single ones and ranges, separated by commas: 1..4, 0.8..2.0/0.1, 135,daily
         Several --vary make a grid; the last one changes fastest.

Examples:
  railair sweep instances/liege-2019-week
  railair sweep instances/liege-2019-week --vary 'services.units[ZHENGZHOU-LIEGE]=20..41/7' \\
      --vary 'demand.parcels*=0.8..2.0/0.1' --out grid.csv
  railair sweep instances/liege-2019-week --drop-each-service --out without.csv
  railair sweep instances/liege-2019-week --draws 1000 --seed 7 --out draws.csv

On many machines a part each; parts in order are the whole:
  Slurm         #SBATCH --array=1-16
                railair sweep week --draws 100000 --threads $SLURM_CPUS_PER_TASK \\
                    --shard $SLURM_ARRAY_TASK_ID/16 --out part-$SLURM_ARRAY_TASK_ID.csv
  Kubernetes    completionMode: Indexed, completions: 16, and in the container
                railair sweep week --draws 100000 \\
                    --shard $((JOB_COMPLETION_INDEX + 1))/16 --out part-$JOB_COMPLETION_INDEX.csv
  GNU parallel  parallel railair sweep week --draws 100000 --threads 1 \\
                    --shard {}/16 --out part-{}.csv ::: $(seq 16)
  and then      railair sweep --merge part-*.csv --out all.csv

Draws: parcels of every row of demand times L times F, L shared by all rows of a draw and F of the row
alone, both triangular around 1 (1 - s + u + u', u and u' uniform from 0 to s); every run of a
train, flight or ship cancelled with the given probability. A seed gives the same draws everywhere.

Exit codes: 0 every run has an answer (a plan, or proof that hard limits cannot all hold),
3 the instance is wrong in some runs, 6 interrupted, or some runs end above the gap.")]
pub struct Sweep {
    /// Folder with one CSV file per table
    #[arg(value_name = "INSTANCE", required_unless_present = "merge")]
    pub instance: Option<PathBuf>,
    /// Apply this scenario of the instance before every run
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// What runs there are.
    #[command(flatten)]
    pub variants: Variants,
    /// Write to this file, and go on where it ends [default: stdout]
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Start the file over
    #[arg(long, requires = "out")]
    pub restart: bool,
    /// Only this part of the runs, such as 3/16
    #[arg(long, value_name = "K/N")]
    pub shard: Option<Shard>,
    /// Put the files of shards together, in any order
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = [
        "instance", "scenario", "vary", "drop_each_service", "draws", "shard"
    ])]
    pub merge: Vec<PathBuf>,
    /// Runs at a time (the rows do not depend on it) [default: all cores]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Solve each run to within this share of its least cost (whole parcels come on top)
    #[arg(long, value_name = "SHARE", default_value_t = 1e-6, value_parser = gap)]
    pub gap: f64,
    /// Look for better whole parcels as long as `solve` does: a few millionths cheaper, slower
    #[arg(long)]
    pub thorough: bool,
    /// No progress on stderr
    #[arg(long, short)]
    pub quiet: bool,
    /// What may be overwritten.
    #[command(flatten)]
    pub insist: Insist,
}

/// What runs there are.
#[derive(Debug, Args)]
#[command(next_help_heading = "Variants")]
pub struct Variants {
    /// Vary a column of a table over values; several make a grid
    #[arg(long, value_name = "SPEC", conflicts_with_all = ["drop_each_service", "draws"])]
    pub vary: Vec<Axis>,
    /// Leave out each service in turn
    #[arg(long, conflicts_with = "draws")]
    pub drop_each_service: bool,
    /// Draw demand and cancellations at random so many times
    #[arg(long, value_name = "NUMBER")]
    pub draws: Option<usize>,
    /// Where the randomness comes from
    #[arg(long, value_name = "NUMBER", default_value_t = 1, requires = "draws")]
    pub seed: u64,
    /// Spread of the level that all demand of a draw shares
    #[arg(long, value_name = "SHARE", default_value = "0.2", requires = "draws", value_parser = share)]
    pub level_spread: usize,
    /// Spread of each row of demand by itself
    #[arg(long, value_name = "SHARE", default_value = "0.1", requires = "draws", value_parser = share)]
    pub demand_spread: usize,
    /// How likely each run of a train, flight or ship is cancelled
    #[arg(long, value_name = "SHARE", default_value = "0.02", requires = "draws", value_parser = share)]
    pub cancelled: usize,
}

impl Variants {
    /// What is run.
    pub fn what(&self) -> What {
        if !self.vary.is_empty() {
            What::Grid(self.vary.clone())
        } else if self.drop_each_service {
            What::DropEachService
        } else if let Some(count) = self.draws {
            What::Draws(Draws {
                count,
                seed: self.seed,
                level_spread: self.level_spread,
                demand_spread: self.demand_spread,
                cancellation: self.cancelled,
            })
        } else {
            What::Scenarios
        }
    }
}

/// A share in ten-thousandths.
fn share(text: &str) -> Result<usize, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok((share * 1e4).round() as usize),
        _ => Err("a share is a number from 0 to 1, such as 0.05; four places count".to_owned()),
    }
}
