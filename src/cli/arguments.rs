//! The command line as it is typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use jiff::civil::Date;
use railair::engine::{Options, WholeOptions};

use super::choices::{
    ComparisonTable, CsvDialect, Engine, ExportFormat, Format, GraphFormat, SolverName, TableName,
    TextOrJson,
};

/// Plans rail and air capacity for parcels, and proves every plan.
#[derive(Debug, Parser)]
#[command(
    name = "railair",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "\
Start with:
  railair init my-network             write a small instance to start from
  railair check my-network            say what is wrong with it, if anything
  railair solve my-network            find the cheapest plan and show it
  railair solve my-network --out plan the same, and write its tables to plan/

Exit codes:
  0 done   1 internal error   2 usage, files, folders   3 the instance is wrong
  4 hard limits cannot all hold   5 a plan fails verification
  6 stopped with a plan, but above the requested gap; or an explanation that is partial
  7 no plan in whole parcels found, none known to be impossible"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What railair can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find the cheapest plan of an instance, prove it, show it and write its tables
    Solve(Solve),
    /// Say what is wrong with an instance, all at once
    Check(Check),
    /// Write a small commented instance to start from
    Init(Init),
    /// Compare policies on one instance, or plans that were written
    Compare(Compare),
    /// Solve many variants of an instance: a row each
    Sweep(super::sweep_arguments::Sweep),
    /// Show the network: single points of failure, narrowest cuts, or a map
    Graph(Graph),
    /// Write the linear program as MPS or LP for other solvers
    Export(Export),
    /// Say why a plan is as it is: bottlenecks, a demand, a service
    Explain(Explain),
    /// Check a plan against its instance without trusting any engine
    Verify(Verify),
    /// Draw a plan as one HTML file to look at
    Report(Report),
    /// Make a synthetic instance of any size from a seed
    Generate(Generate),
    /// Turn a folder of tables into a workbook, or a workbook into a folder
    Convert(Convert),
    /// Print the completion script of a shell
    Completions(Completions),
    /// Print the manual page
    Man,
}

/// Which instance, and which variant of it.
#[derive(Debug, Args)]
pub struct Source {
    /// Folder with one CSV file per table, or workbook with one sheet per table (.xlsx, .ods)
    #[arg(value_name = "INSTANCE")]
    pub instance: PathBuf,
    /// Apply the changes of this scenario of the table `scenarios`
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
}

/// What may be overwritten.
#[derive(Debug, Args)]
pub struct Insist {
    /// Write over what railair did not write, too; never over devices, pipes and mount points
    #[arg(long, short)]
    pub force: bool,
}

/// How to look for the plan.
#[derive(Debug, Args)]
#[command(next_help_heading = "How to look for the plan")]
pub struct Search {
    /// Which engine finds the plan
    #[arg(long, value_enum, default_value_t = Engine::ColumnGeneration)]
    pub engine: Engine,
    /// Which solver stands behind the engine `direct`
    #[arg(long, value_enum, default_value_t = SolverName::Microlp)]
    pub solver: SolverName,
    /// Stop when the plan is proven within this share of the least cost [default: 0.000001, or
    /// 0.001 where whole units are decided]
    #[arg(long, value_name = "SHARE", value_parser = gap)]
    pub gap: Option<f64>,
    /// Stop after so many seconds with the best plan so far [default: none, or 60 where whole units
    /// are decided]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub time_limit: Option<Duration>,
    /// Worker threads (the plan does not depend on it) [default: all cores]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

impl Search {
    /// The engine's options.
    pub fn options(&self) -> Options {
        let usual = Options::default();
        Options {
            engine: self.engine.kind(),
            solver: self.solver.solver(),
            gap: self.gap.unwrap_or(usual.gap),
            whole: WholeOptions {
                gap: self.gap.unwrap_or(usual.whole.gap),
                ..usual.whole
            },
            threads: self.threads.map(usize::from),
            ..usual
        }
        .within(self.time_limit)
    }
}

/// Find the cheapest plan of an instance, prove it, show it and write its tables
///
/// The answer goes to stdout, progress and warnings to stderr. Without --out nothing is written.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  railair solve instances/liege-2019-week
  railair solve instances/liege-2019-week --out plan
  railair solve week.xlsx --out plan --xlsx
  railair solve instances/liege-2019-week --out plan --report
  railair solve instances/liege-2019-week --scenario no-trains --engine cheapest-first
  railair solve instances/liege-2019-week --ranges --out plan
  railair solve instances/liege-2019-week --format json | jq .run.cost
  railair solve instances/liege-2019-week --format csv --table departures > departures.csv
  railair solve big --time-limit 60 --gap 0.001 --out plan

Ctrl-C stops early: the best plan so far is shown and written, with its proof, exit code 6.")]
pub struct Solve {
    /// Which instance.
    #[command(flatten)]
    pub source: Source,
    /// Write the plan's tables to this folder (made if missing; an older plan is replaced whole)
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write plan.xlsx too: the plan as a workbook, to look at and to calculate with
    #[arg(long, requires = "out")]
    pub xlsx: bool,
    /// Plan by hand too, and set those plans beside this one in plan.xlsx
    #[arg(long, requires = "xlsx")]
    pub compare: bool,
    /// How tables are spelled, in the folder and with `--format csv`
    #[arg(long, value_enum, default_value_t = CsvDialect::Plain)]
    pub csv_dialect: CsvDialect,
    /// Also draw the plan as report.html in that folder
    #[arg(long, requires = "out")]
    pub report: bool,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Which table to print with `--format csv`
    #[arg(long, value_enum, default_value_t = TableName::Allocation)]
    pub table: TableName,
    /// Find the range of every price by solving again, and list what to buy next
    #[arg(long)]
    pub ranges: bool,
    /// Where hard limits cannot all hold: write the least repair to this file, as a scenario
    #[arg(long, value_name = "FILE")]
    pub repair: Option<PathBuf>,
    /// Print nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
    /// How to look for the plan.
    #[command(flatten)]
    pub search: Search,
    /// What may be overwritten.
    #[command(flatten)]
    pub insist: Insist,
}

/// Say what is wrong with an instance, all at once
///
/// Errors (E…) keep a plan from being made, warnings (W…) do not. Exit code 3 where there are
/// errors.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  railair check instances/liege-2019-week
  railair check my-network --scenario no-trains
  railair check my-network --format json | jq '.findings[].message'")]
pub struct Check {
    /// Which instance.
    #[command(flatten)]
    pub source: Source,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    pub format: TextOrJson,
}

/// Write a small commented instance to start from
///
/// It solves as it is. The column `note` of each table says what the other columns mean.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  railair init my-network
  railair solve my-network
  railair init my-network.xlsx")]
pub struct Init {
    /// Folder to make (must not exist or be empty), or workbook where it ends in .xlsx
    #[arg(value_name = "DIR|FILE")]
    pub folder: PathBuf,
    /// What may be overwritten.
    #[command(flatten)]
    pub insist: Insist,
}

/// Make a synthetic instance of any size from a seed
///
/// It scales the pattern of Liège in 2019: cities, feeders, flights, trains, a hub and markets.
/// The same options give the same tables, byte for byte.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  railair generate week --typical
  railair generate quarter --weeks 13 --seed 7
  railair generate year --origins 60 --products 8 --services 500 --weeks 52")]
pub struct Generate {
    /// Folder to make; must not exist or be empty
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Cities that send parcels
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    pub origins: usize,
    /// Products
    #[arg(long, value_name = "NUMBER", default_value_t = 4)]
    pub products: usize,
    /// Markets that receive parcels
    #[arg(long, value_name = "NUMBER", default_value_t = 6)]
    pub markets: usize,
    /// Departures of trains and flights a week (trucks come on top)
    #[arg(long, value_name = "NUMBER", default_value_t = 26)]
    pub services: usize,
    /// Dated weeks
    #[arg(long, value_name = "NUMBER", default_value_t = 4)]
    pub weeks: u32,
    /// One steady week that repeats, instead of dated weeks
    #[arg(long, conflicts_with_all = ["weeks", "week_start"])]
    pub typical: bool,
    /// The Monday on which dated weeks start
    #[arg(long, value_name = "DATE", default_value = "2024-01-01")]
    pub week_start: Date,
    /// Where the randomness comes from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Demand over what trains and flights can carry
    #[arg(long, value_name = "SHARE", default_value_t = 0.9)]
    pub load: f64,
    /// Charters on offer on top, each whole or not at all
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub whole: usize,
    /// What may be overwritten.
    #[command(flatten)]
    pub insist: Insist,
}

/// Turn a folder of tables into a workbook, or a workbook into a folder
///
/// Nothing is lost either way: back again the tables are the same, byte for byte, in their
/// canonical form (columns in the order of the format, those without a value left out). The
/// workbook has a sheet per table, explains every column and checks what is typed. What stands
/// under the name is replaced only if it is as railair wrote it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  railair convert instances/liege-2019-week week.xlsx
  railair convert week.xlsx week
  railair convert week-from-excel tidy-week")]
pub struct Convert {
    /// Folder or workbook to read
    #[arg(value_name = "FROM")]
    pub from: PathBuf,
    /// Folder to write, or workbook where it ends in .xlsx
    #[arg(value_name = "TO")]
    pub to: PathBuf,
    /// What may be overwritten.
    #[command(flatten)]
    pub insist: Insist,
}

/// Compare policies on one instance, or plans that were written
///
/// With an instance, the engines' plans stand side by side: the proven one and what planners do
/// by hand. With plans (folders that `solve --out` wrote), those. The first column is the
/// reference that the others are held against.
///
/// With two plans, of one instance or of two, of one scenario or of two: what the difference of
/// their costs is due to, to the millionth; what moved, by release and path; and what differs in
/// their tables. Causes: price, the first plan at the second's prices; volume, more or fewer
/// parcels at what a parcel of their demand costs there; and what is left of ways (routing), of
/// units that are sold whole (purchases), of lateness, and of parcels left behind (unserved).
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  railair compare instances/liege-2019-week
  railair compare instances/liege-2019-week --policy column-generation --policy pro-rata
  railair compare plan plan-without-trains
  railair compare plan plan-without-trains --format csv --table moves > moves.csv
  railair compare plan plan-without-trains --report differences.html
  railair compare instances/liege-2019-week --format csv > policies.csv")]
pub struct Compare {
    /// One instance, or two or more plans
    #[arg(value_name = "INSTANCE|PLAN", required = true)]
    pub subjects: Vec<PathBuf>,
    /// Apply the changes of this scenario (with an instance)
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// Which policies to compare (with an instance) [default: the proven plan and all three habits]
    #[arg(long = "policy", value_enum, value_name = "ENGINE")]
    pub policies: Vec<Engine>,
    /// Also draw the differences between two plans as an HTML file
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// How to print the comparison
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Which table to print with `--format csv`
    #[arg(long, value_enum, default_value_t = ComparisonTable::Figures)]
    pub table: ComparisonTable,
    /// Stop after so many seconds, which the policies share [default: none, or 60 for each where
    /// whole units are decided]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub time_limit: Option<Duration>,
    /// What may be overwritten.
    #[command(flatten)]
    pub insist: Insist,
}

/// Show the network: single points of failure, narrowest cuts, or a map
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  railair graph instances/liege-2019-week
  railair graph instances/liege-2019-week --format dot | dot -Tsvg > network.svg
  railair graph instances/liege-2019-week --format geojson > network.geojson")]
pub struct Graph {
    /// Which instance.
    #[command(flatten)]
    pub source: Source,
    /// What to print
    #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
    pub format: GraphFormat,
}

/// Write the linear program as MPS or LP for other solvers
///
/// The program is written over arcs, so it is whole: any solver finds the same least cost. Costs are
/// in the currency's unit, weights in kilograms, volumes in cubic metres, and rows divided by powers
/// of ten where their entries are very large or small; what was divided stands in the file's comment.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  railair export instances/liege-2019-week --format mps --out week.mps
  railair export instances/liege-2019-week --format lp --out week.lp --names names.csv
  railair export instances/textbook/dantzig --format lp --exact")]
pub struct Export {
    /// Which instance.
    #[command(flatten)]
    pub source: Source,
    /// Which format
    #[arg(long, value_enum)]
    pub format: ExportFormat,
    /// Write to this file instead of stdout
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write integers: grams, cubic centimetres and millionths of the currency
    #[arg(long)]
    pub exact: bool,
    /// Write to this file, too, what each name stands for, which is cut off after 64 characters
    #[arg(long, value_name = "FILE")]
    pub names: Option<PathBuf>,
    /// What may be overwritten.
    #[command(flatten)]
    pub insist: Insist,
}

/// Say why a plan is as it is: bottlenecks, a demand, a service
///
/// What the parcels do comes from the plan's tables. Every "what if" is solved again, so that its
/// figures hold. The instance must be the one that the plan was made from.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  railair explain plan
  railair explain plan --demand C_YIWU economy28
  railair explain plan --demand C_YIWU economy28 LGG --format json
  railair explain plan --service YIWU-LIEGE")]
pub struct Explain {
    /// Folder with the plan's tables
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Where a demand's parcels go, and why not something cheaper
    #[arg(long, num_args = 2..=3, value_names = ["ORIGIN", "PRODUCT", "DESTINATION"])]
    pub demand: Vec<String>,
    /// Who rides on a service, and what if it were larger, or cancelled
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// Stop after so many seconds with what is answered by then [default: three times what the plan
    /// took, 5 at least]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub time_limit: Option<Duration>,
    /// The instance that it plans [default: the one named in the plan's run.json]
    #[arg(long, value_name = "DIR")]
    pub instance: Option<PathBuf>,
    /// How to print the explanation
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    pub format: TextOrJson,
}

/// Check a plan against its instance without trusting any engine
///
/// Recomputes every itinerary, capacity, cost and the bound from the tables alone, and says what
/// fails: which row of which table, by how much. Exit code 5 where something does.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  railair verify plan
  railair verify plan --instance instances/liege-2019-week
  railair verify allocation-of-mine --by-hand --instance my-week")]
pub struct Verify {
    /// Folder with the plan's tables
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// The instance that it plans [default: the one named in the plan's run.json]
    #[arg(long, value_name = "DIR")]
    pub instance: Option<PathBuf>,
    /// The scenario that it plans [default: the one named in the plan's run.json]
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// The plan was made by hand and has no run.json: check what is there
    #[arg(long)]
    pub by_hand: bool,
    /// How to print what fails
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    pub format: TextOrJson,
}

/// Draw a plan as one HTML file to look at
///
/// Maps, flows, load factors, lateness, bottlenecks, and tables that sort and filter. The file holds
/// everything and loads nothing. It is drawn from the plan's tables; places, lines and promises are
/// the instance's.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  railair report plan                     writes plan/report.html
  railair report plan --out week-46.html
  railair solve instances/liege-2019-week --out plan --report")]
pub struct Report {
    /// Folder with the plan's tables
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// The file to write [default: report.html in the plan's folder]
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The instance that it plans [default: the one named in the plan's run.json]
    #[arg(long, value_name = "DIR")]
    pub instance: Option<PathBuf>,
    /// The scenario that it plans [default: the one named in the plan's run.json]
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// What may be overwritten.
    #[command(flatten)]
    pub insist: Insist,
}

/// Print the completion script of a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  railair completions bash > ~/.local/share/bash-completion/completions/railair
  railair completions fish > ~/.config/fish/completions/railair.fish")]
pub struct Completions {
    /// Which shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

pub(super) fn gap(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(gap) if (0.0..1.0).contains(&gap) => Ok(gap),
        _ => Err("a gap is a share from 0 up to 1, such as 0.001 for a tenth of a percent".into()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || "a time limit is a number of seconds above 0, such as 60 or 0.5".to_owned();
    let seconds = text.parse::<f64>().map_err(|_| wrong())?;
    if seconds > 0.0 {
        Duration::try_from_secs_f64(seconds).map_err(|_| wrong())
    } else {
        Err(wrong())
    }
}
