//! The network in the DOT language of Graphviz.

use std::fmt::Write;

use super::calendar::Calendar;
use super::model::{Activity, Network, Stage};
use super::names::{Names, mode_name};
use super::structure::running_legs;
use crate::instance::{Instance, Mode};

/// The places and the legs between them, with departures a week.
pub fn places_dot(instance: &Instance, network: &Network) -> String {
    let mut dot = String::from("digraph places {\n  node [shape=box];\n");
    for place in &instance.places {
        let label = if place.name.is_empty() || place.name == place.id {
            place.id.clone()
        } else {
            format!("{}\n{}", place.id, place.name)
        };
        line(
            &mut dot,
            &format!("{} [label={}]", quoted(&place.id), quoted(&label)),
        );
    }
    for (id, number) in running_legs(network) {
        let service = &instance.services[id.at()];
        let leg = &service.legs[number as usize];
        let weekly = service.days.iter().filter(|&&runs| runs).count();
        let label = format!(
            "{}\n{} × {weekly} a week",
            service.id,
            mode_name(service.mode)
        );
        let (origin, destination) = (
            &instance.places[leg.origin.at()].id,
            &instance.places[leg.destination.at()].id,
        );
        line(
            &mut dot,
            &format!(
                "{} -> {} [label={}, color={}]",
                quoted(origin),
                quoted(destination),
                quoted(&label),
                colour(service.mode)
            ),
        );
    }
    dot.push_str("}\n");
    dot
}

/// The whole time-expanded network. It is large: a week of ten origins has thousands of nodes.
pub fn time_expanded_dot(instance: &Instance, calendar: &Calendar, network: &Network) -> String {
    let names = Names {
        instance,
        calendar,
        network,
    };
    let mut dot = String::from("digraph network {\n  rankdir=LR;\n  node [shape=box];\n");
    for (index, node) in network.graph.node_weights().enumerate() {
        let state = match node.stage {
            Stage::Ready => "ready".to_owned(),
            Stage::Off(id, weeks_later) => format!("off {}", names.departure(id, weeks_later)),
            Stage::Inbound(step, _) => format!("before {}", instance.handling[step.at()].name),
            Stage::Aboard(departure) => {
                let service = network.departures[departure.at()].service;
                format!("aboard {}", instance.services[service.at()].id)
            }
        };
        let place = &instance.places[node.place.at()].id;
        let time = calendar.text(node.place, node.time);
        let label = format!("{place} {time}\n{state}");
        line(&mut dot, &format!("n{index} [label={}]", quoted(&label)));
    }
    for edge in network.graph.raw_edges() {
        let label = match &edge.weight {
            Activity::Wait { .. } => "wait".to_owned(),
            Activity::Hold { .. } => "hold".to_owned(),
            Activity::Stay => "stay".to_owned(),
            Activity::Unload => "unload".to_owned(),
            Activity::Load { .. } => "load".to_owned(),
            Activity::Ride {
                departure,
                weeks_later,
                ..
            } => names.departure(*departure, *weeks_later),
            Activity::Handle { bucket } => names.bucket(*bucket),
        };
        let (tail, head) = (edge.source().index(), edge.target().index());
        line(
            &mut dot,
            &format!("n{tail} -> n{head} [label={}]", quoted(&label)),
        );
    }
    dot.push_str("}\n");
    dot
}

fn line(dot: &mut String, statement: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(dot, "  {statement};");
}

fn colour(mode: Mode) -> &'static str {
    match mode {
        Mode::Rail => "darkgreen",
        Mode::Air => "blue",
        Mode::Road => "gray40",
        Mode::Sea => "navy",
    }
}

/// A quoted string of the language: quotes and backslashes escaped, line ends as `\n`, other
/// control characters left out.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => {}
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn quotes_and_backslashes_cannot_end_a_string() {
        assert_eq!(quoted("a\"b\\c\nd\u{7}"), "\"a\\\"b\\\\c\\nd\"");
    }
}
