//! `railair export`

use std::io::{self, Write};
use std::path::Path;

use railair::Prepared;
use railair::network::{Activity, Network, Stage, haul_text};
use railair::program::export::{self, Format, Names};
use railair::program::formulation::ProgramNames;

use super::arguments::Export;
use super::choices::ExportFormat;
use super::exit::Failure;
use super::output;

/// Writes the linear program of an instance.
pub fn run(arguments: &Export) -> Result<(), Failure> {
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
    let program = &prepared.formulation.program;
    match &arguments.out {
        None => output::stream(|out| export::write(program, &names, format, out)),
        Some(path) => {
            to_file(path, |out| export::write(program, &names, format, out)).map_err(|source| {
                Failure::File {
                    what: format!("write {}", path.display()),
                    source,
                }
            })
        }
    }
}

/// Writes a file whole or not at all: beside it first, then under its name.
fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    {
        let mut out = io::BufWriter::new(&mut file);
        write(&mut out)?;
        out.flush()?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
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
            Stage::Inbound(step) => format!("{} {place} {time}", instance.handling[step.at()].name),
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
