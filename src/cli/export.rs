//! `railair export`

use std::io::Read;
use std::path::PathBuf;

use railair::Prepared;
use railair::files::{Destination, Owner};
use railair::instance::shown;
use railair::network::{Activity, Network, Stage, haul_text};
use railair::program::export::names::NAMES_HEAD;
use railair::program::export::{self, EXPORTED, Format, Names, Numbers, Units};
use railair::program::formulation::ProgramNames;
use railair::units::MONEY_SCALE;

use super::arguments::Export;
use super::choices::ExportFormat;
use super::exit::Failure;
use super::output;

/// The table of names of an exported program.
const NAMES: Owner = Owner {
    what: "a table of names of railair",
    owns: |_| true,
    wrote: |file| {
        let mut head = format!("{}\n", NAMES_HEAD.join(",")).into_bytes();
        let expected = head.clone();
        let read = railair::files::open(file).and_then(|mut file| file.read_exact(&mut head));
        match read.is_ok() && head == expected {
            true => Ok(()),
            false => Err("it begins otherwise".to_owned()),
        }
    },
};

/// Writes the linear program of an instance.
pub fn run(arguments: &Export) -> Result<(), Failure> {
    let to = |path: &Option<PathBuf>, owner| match path {
        Some(path) => Destination::file(path, owner, arguments.insist.force).map(Some),
        None => Ok(None),
    };
    let destination = to(&arguments.out, EXPORTED)?;
    let table = to(&arguments.names, NAMES)?;
    let source = &arguments.source;
    let prepared = railair::prepare(&source.instance, source.scenario.as_deref())?;
    let names = ReadableNames {
        prepared: &prepared,
        program: prepared.program_names(),
    };
    let format = match arguments.format {
        ExportFormat::Mps => Format::Mps,
        ExportFormat::Lp => Format::Lp,
    };
    let (about, rows) = (about(&prepared), prepared.formulation.row_digits());
    let numbers = match arguments.exact {
        true => Numbers::Exact,
        false => Numbers::Scaled(Units {
            about: &about,
            money: (
                &prepared.instance.settings.currency,
                MONEY_SCALE.ilog10() as i32,
            ),
            rows: &rows,
        }),
    };
    let export = export::Export::new(&prepared.formulation.program, &names, numbers);
    match destination {
        None => output::stream(|out| export.write(format, out))?,
        Some(to) => to.write_file(|out| export.write(format, out))?,
    }
    match table {
        None => Ok(()),
        Some(to) => Ok(to.write_file(|out| export.write_names(out))?),
    }
}

/// What is exported, in a line.
fn about(prepared: &Prepared) -> String {
    let scenario = prepared.instance.scenario.as_ref();
    let scenario = scenario.map_or(String::new(), |name| format!(", scenario {}", shown(name)));
    format!(
        "the linear program of {}{scenario}, by version {}",
        shown(&prepared.instance.settings.name),
        env!("CARGO_PKG_VERSION")
    )
}

/// Names a planner can read.
struct ReadableNames<'a> {
    prepared: &'a Prepared,
    program: ProgramNames<'a>,
}

impl ReadableNames<'_> {
    fn network(&self) -> &Network {
        &self.prepared.network
    }
}

impl Names for ReadableNames<'_> {
    fn node(&self, node: u32) -> String {
        let at = self.network().graph[petgraph::graph::NodeIndex::new(node as usize)];
        let instance = &self.prepared.instance;
        let place = &instance.places[at.place.at()].id;
        let time = self.prepared.calendar.text(at.place, at.time);
        let behind = haul_text(at.haul);
        let name = match at.stage {
            Stage::Ready => format!("{place} {time}"),
            Stage::Off(id, weeks_later) => {
                let departure = self.program.names.departure(id, weeks_later);
                format!("{place} {time} off {departure}")
            }
            Stage::Inbound(step, _) => {
                format!("{} {place} {time}", instance.handling[step.at()].name)
            }
            Stage::Aboard(id) => format!("{} {time}", self.program.names.departure(id, 0)),
        };
        name + &behind
    }

    fn arc(&self, arc: u32) -> String {
        let edge = petgraph::graph::EdgeIndex::new(arc as usize);
        let network = self.network();
        let names = &self.program.names;
        let (tail, head) = match network.graph.edge_endpoints(edge) {
            Some((tail, head)) => (
                self.node(tail.index() as u32),
                self.node(head.index() as u32),
            ),
            None => return format!("a{arc}"),
        };
        match &network.graph[edge] {
            Activity::Wait { .. } => format!("wait {tail} until {head}"),
            Activity::Load { departure, .. } => {
                format!("load {} from {tail}", names.departure(*departure, 0))
            }
            Activity::Ride {
                departure,
                weeks_later,
                ..
            } => format!("ride {}", names.departure(*departure, *weeks_later)),
            Activity::Stay => format!("stay {tail} until {head}"),
            Activity::Unload => format!("unload {tail}"),
            Activity::Hold { .. } => format!("hold {tail} until {head}"),
            Activity::Handle { bucket } => format!("handle {} from {tail}", names.bucket(*bucket)),
        }
    }

    fn group(&self, class: u32, sink: u32) -> String {
        let class = &self.prepared.formulation.classes[class as usize];
        let product = &self.prepared.instance.products[class.product.at()].id;
        format!("{product} s{sink}")
    }

    fn release(&self, release: u32) -> String {
        self.program
            .names
            .release(&self.network().releases[release as usize])
    }

    fn row(&self, row: u32) -> String {
        self.program.row(row as usize)
    }

    fn column(&self, column: u32) -> String {
        self.program.column(column as usize)
    }
}
