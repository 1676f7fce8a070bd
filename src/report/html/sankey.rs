//! Where weight starts, what carries it, and where it ends: a Sankey diagram.
//!
//! Columns are the origins, the service of the longest ride of each path, the places that those
//! services reach, and the destinations; the places reached are drawn only where that tells something.
//! The height of a node and of a link is its weight.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::people::count;
use super::flows::{Scene, by};
use super::map::tonnes;
use super::markup::{Px, Text, shorten};
use super::written::ReportError;

const WIDTH: f64 = 1120.0;
const NODE: f64 = 12.0;
const GAP: f64 = 7.0;
/// Room for labels left of the first column, and right of the last.
const LEFT: f64 = 175.0;
const RIGHT: f64 = 205.0;
/// Nodes of a column that are drawn one by one.
const NODES: usize = 22;

/// The picture, and its links as a table: from, to, mode, grams.
#[derive(Debug, Default)]
pub(super) struct Sankey {
    pub(super) svg: String,
    pub(super) links: Vec<(String, String, &'static str, i64)>,
}

/// A node: what it is called, and how it is coloured.
type Key = (String, &'static str);

#[derive(Default)]
struct Column {
    nodes: Vec<Node>,
}

struct Node {
    key: Key,
    weight: i64,
    y: f64,
    high: f64,
}

/// The picture of a plan.
pub(super) fn draw(scene: &Scene) -> Result<Sankey, ReportError> {
    let ways = ways(scene)?;
    if ways.is_empty() {
        return Ok(Sankey::default());
    }
    let ways = grouped(ways);
    let mut columns = columns(&ways);
    let links = links(&ways);
    let scale = lay_out(&mut columns, &links);
    let svg = picture(&columns, &links, scale);
    let table = links
        .iter()
        .map(|(link, &weight)| (link.1.0.clone(), link.2.0.clone(), link.3, weight))
        .collect();
    Ok(Sankey { svg, links: table })
}

/// Nodes from left to right, the mode of the longest ride, and grams.
type Ways = BTreeMap<(Vec<Key>, &'static str), i64>;

fn ways(scene: &Scene) -> Result<Ways, ReportError> {
    let sheet = &scene.written.allocation;
    let (origins, destinations) = (sheet.texts("origin")?, sheet.texts("destination")?);
    let (paths, weights) = (sheet.texts("path")?, sheet.numbers("kg", 3)?);
    let mut hauls = BTreeMap::new();
    let mut ways = Ways::new();
    for at in 0..sheet.len() {
        // Paths of many rows differ only in their days.
        let haul = *hauls
            .entry(paths[at])
            .or_insert_with(|| scene.haul(paths[at]));
        let Some(haul) = haul else { continue };
        let mode = by(haul.service.mode);
        let place = |id: &str| (scene.name_of(id).to_owned(), "place");
        let nodes = vec![
            place(origins[at]),
            (haul.service.id.clone(), mode),
            (scene.place_name(haul.into).to_owned(), "place"),
            place(destinations[at]),
        ];
        *ways.entry((nodes, mode)).or_default() += weights[at];
    }
    Ok(without_idle_columns(ways))
}

/// Drops the column of places reached where each path also ends there, or where all end in one.
fn without_idle_columns(ways: Ways) -> Ways {
    let differs = |(nodes, _): &(Vec<Key>, &str)| nodes[2] != nodes[3];
    let mut ends: Vec<&Key> = ways.keys().map(|(nodes, _)| &nodes[3]).collect();
    ends.sort_unstable();
    ends.dedup();
    if ends.len() > 1 && ways.keys().any(differs) {
        return ways;
    }
    let mut kept = Ways::new();
    for ((mut nodes, mode), weight) in ways {
        nodes.remove(2);
        *kept.entry((nodes, mode)).or_default() += weight;
    }
    kept
}

/// Nodes beyond the heaviest of each column become one per colour.
fn grouped(ways: Ways) -> Ways {
    let depth = ways.keys().map(|(nodes, _)| nodes.len()).max().unwrap_or(0);
    let mut others: Vec<BTreeMap<Key, Key>> = Vec::new();
    for column in 0..depth {
        let mut weights: BTreeMap<&Key, i64> = BTreeMap::new();
        for ((nodes, _), weight) in &ways {
            *weights.entry(&nodes[column]).or_default() += weight;
        }
        let mut ranked: Vec<_> = weights.into_iter().collect();
        ranked.sort_by_key(|&(key, weight)| (-weight, key.clone()));
        let small: Vec<&Key> = ranked.iter().skip(NODES).map(|&(key, _)| key).collect();
        let mut names = BTreeMap::new();
        for &key in &small {
            let alike = small.iter().filter(|other| other.1 == key.1).count();
            if alike > 1 {
                let what = if key.1 == "place" { "place" } else { "service" };
                let name = count(
                    alike as i64,
                    &format!("more {what}"),
                    &format!("more {what}s"),
                );
                names.insert(key.clone(), (name, key.1));
            }
        }
        others.push(names);
    }
    let mut grouped = Ways::new();
    for ((nodes, mode), weight) in ways {
        let nodes = nodes
            .into_iter()
            .zip(&others)
            .map(|(key, names)| names.get(&key).cloned().unwrap_or(key))
            .collect();
        *grouped.entry((nodes, mode)).or_default() += weight;
    }
    grouped
}

fn columns(ways: &Ways) -> Vec<Column> {
    let mut sums: Vec<BTreeMap<&Key, i64>> = Vec::new();
    for ((nodes, _), weight) in ways {
        for (column, key) in nodes.iter().enumerate() {
            if sums.len() <= column {
                sums.push(BTreeMap::new());
            }
            *sums[column].entry(key).or_default() += weight;
        }
    }
    let rank = |class: &str| {
        ["rail", "air", "sea", "road"]
            .iter()
            .position(|&m| m == class)
    };
    sums.into_iter()
        .map(|sums| {
            let node = |(key, weight): (&Key, i64)| Node {
                key: key.clone(),
                weight,
                y: 0.0,
                high: 0.0,
            };
            let mut nodes: Vec<Node> = sums.into_iter().map(node).collect();
            nodes.sort_by_key(|node| (rank(node.key.1), -node.weight, node.key.clone()));
            Column { nodes }
        })
        .collect()
}

/// Links from a column (by its number) to the next, each with its mode, and grams.
type Links = BTreeMap<(usize, Key, Key, &'static str), i64>;

fn links(ways: &Ways) -> Links {
    let mut links = Links::new();
    for ((nodes, mode), weight) in ways {
        for (column, pair) in nodes.windows(2).enumerate() {
            let link = (column, pair[0].clone(), pair[1].clone(), *mode);
            *links.entry(link).or_default() += weight;
        }
    }
    links
}

/// Puts nodes near the middle of what they are linked to; gives pixels per gram.
fn lay_out(columns: &mut [Column], links: &Links) -> f64 {
    let most = columns.iter().map(|c| c.nodes.len()).max().unwrap_or(1);
    let height = (most as f64 * 30.0).clamp(260.0, 640.0);
    let total: i64 = columns[0].nodes.iter().map(|node| node.weight).sum();
    let room = height - GAP * (most as f64 - 1.0);
    let scale = room.max(60.0) / total.max(1) as f64;
    for column in columns.iter_mut() {
        stack(column, scale, height);
    }
    for round in 0..7 {
        let forward = round % 2 == 0;
        let order: Vec<usize> = match forward {
            true => (1..columns.len()).collect(),
            false => (0..columns.len() - 1).rev().collect(),
        };
        for at in order {
            // Services stay in the order of their modes, or their colours would mix.
            let by_mode = columns[at].nodes.iter().any(|node| node.key.1 != "place");
            let other = if forward { at - 1 } else { at + 1 };
            let middles = middles(&columns[other]);
            let pull = |node: &Node| {
                let (mut sum, mut weight) = (0.0, 0.0);
                for ((_, from, to, _), &grams) in
                    links.iter().filter(|(link, _)| link.0 == at.min(other))
                {
                    let (own, far) = if forward { (to, from) } else { (from, to) };
                    if *own == node.key
                        && let Some(middle) = middles.get(far)
                    {
                        sum += middle * grams as f64;
                        weight += grams as f64;
                    }
                }
                if weight > 0.0 { sum / weight } else { 0.0 }
            };
            let mut pulled: Vec<(usize, f64, Node)> = Vec::new();
            let rank = |node: &Node| match by_mode {
                true => ["rail", "air", "sea", "road"]
                    .iter()
                    .position(|&m| m == node.key.1)
                    .unwrap_or(9),
                false => 0,
            };
            for node in std::mem::take(&mut columns[at].nodes) {
                pulled.push((rank(&node), pull(&node), node));
            }
            pulled.sort_by(|a, b| {
                a.0.cmp(&b.0)
                    .then(a.1.total_cmp(&b.1))
                    .then_with(|| a.2.key.cmp(&b.2.key))
            });
            columns[at].nodes = pulled.into_iter().map(|(_, _, node)| node).collect();
            stack(&mut columns[at], scale, height);
        }
    }
    scale
}

fn stack(column: &mut Column, scale: f64, height: f64) {
    let used: f64 = column
        .nodes
        .iter()
        .map(|node| node.weight as f64 * scale)
        .sum();
    let gaps = column.nodes.len().saturating_sub(1).max(1) as f64;
    let gap = ((height - used) / gaps).clamp(GAP, 26.0);
    let mut y = 8.0 + ((height - used - gap * (column.nodes.len() as f64 - 1.0)) / 2.0).max(0.0);
    for node in &mut column.nodes {
        node.y = y;
        node.high = node.weight as f64 * scale;
        y += node.high + gap;
    }
}

fn middles(column: &Column) -> BTreeMap<Key, f64> {
    let middle = |node: &Node| (node.key.clone(), node.y + node.high / 2.0);
    column.nodes.iter().map(middle).collect()
}

fn picture(columns: &[Column], links: &Links, scale: f64) -> String {
    let bottom = columns
        .iter()
        .flat_map(|column| column.nodes.last())
        .map(|node| node.y + node.high)
        .fold(0.0, f64::max);
    let step = (WIDTH - LEFT - RIGHT - NODE) / (columns.len() as f64 - 1.0).max(1.0);
    let x = |column: usize| LEFT + step * column as f64;
    let mut svg = format!(
        "<svg class=\"sankey\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"Flow of weight \
         from origins over services to destinations. The table below it says the same in figures.\">",
        Px(bottom + 10.0)
    );
    bands(&mut svg, columns, links, scale, &x);
    let last = columns.len() - 1;
    for (at, column) in columns.iter().enumerate() {
        for node in &column.nodes {
            let title = format!("{}: {} t", node.key.0, tonnes(node.weight));
            let (left, anchor) = match at {
                0 => (x(at) - 7.0, "end"),
                _ => (x(at) + NODE + 7.0, "start"),
            };
            let _ = write!(
                svg,
                "<g class=\"node {class}\"><title>{title}</title><rect x=\"{x}\" y=\"{y}\" width=\"{NODE}\" height=\"{h}\"/>",
                class = node.key.1,
                title = Text(&title),
                x = Px(x(at)),
                y = Px(node.y),
                h = Px(node.high.max(1.0)),
            );
            let room = match at {
                0 => 15,
                _ if at == last => 17,
                _ => 22,
            };
            let _ = write!(
                svg,
                "<text x=\"{left}\" y=\"{y}\" text-anchor=\"{anchor}\">{name} <tspan class=\"amount\">{mode}{t} t</tspan></text></g>",
                left = Px(left),
                y = Px(node.y + node.high / 2.0 + 4.0),
                name = Text(&shorten(&node.key.0, room)),
                mode = mode_word(node.key.1),
                t = tonnes(node.weight),
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

/// The mode of a service, so that its colour is not the only sign of it.
fn mode_word(class: &str) -> String {
    match class {
        "place" => String::new(),
        mode => format!("{mode} · "),
    }
}

/// Links as bands, in the order of their ends so that they cross least.
fn bands(
    svg: &mut String,
    columns: &[Column],
    links: &Links,
    scale: f64,
    x: &impl Fn(usize) -> f64,
) {
    let place = |column: usize, key: &Key| columns[column].nodes.iter().position(|n| n.key == *key);
    for column in 0..columns.len() - 1 {
        let mut own: Vec<(usize, usize, &'static str, i64)> = links
            .iter()
            .filter(|(link, _)| link.0 == column)
            .filter_map(|((_, from, to, mode), &weight)| {
                Some((place(column, from)?, place(column + 1, to)?, *mode, weight))
            })
            .collect();
        let mut enters = vec![0.0; columns[column + 1].nodes.len()];
        let mut leaves = vec![0.0; columns[column].nodes.len()];
        let mut into = BTreeMap::new();
        own.sort_by_key(|link| (link.1, link.0, link.2));
        for link in &own {
            into.insert((link.0, link.1, link.2), enters[link.1]);
            enters[link.1] += link.3 as f64 * scale;
        }
        own.sort_by_key(|link| (link.0, link.1, link.2));
        for &(from, to, mode, weight) in &own {
            let high = weight as f64 * scale;
            let y0 = columns[column].nodes[from].y + leaves[from] + high / 2.0;
            leaves[from] += high;
            let y1 = columns[column + 1].nodes[to].y + into[&(from, to, mode)] + high / 2.0;
            let (x0, x1) = (x(column) + NODE, x(column + 1));
            let middle = (x0 + x1) / 2.0;
            let (a, b) = (
                &columns[column].nodes[from].key.0,
                &columns[column + 1].nodes[to].key.0,
            );
            let _ = write!(
                svg,
                "<path class=\"band {mode}\" d=\"M{} {}C{m} {} {m} {} {} {}\" stroke-width=\"{}\"><title>{} → {} ({mode}): {} t</title></path>",
                Px(x0),
                Px(y0),
                Px(y0),
                Px(y1),
                Px(x1),
                Px(y1),
                Px(high.max(0.5)),
                Text(a),
                Text(b),
                tonnes(weight),
                m = Px(middle),
            );
        }
    }
}
