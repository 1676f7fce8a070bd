//! The network without the nodes at which nothing is decided.
//!
//! Most nodes of a network in time are events at which goods can only go on or wait. Where a node
//! neither starts a release nor ends one, and putting every arc into it together with every arc
//! out of it makes no more arcs than there were, it goes, and its arcs become longer ones
//! (contraction of nodes as in R. Geisberger et al., Contraction hierarchies, WEA 2008, though
//! only as far as it costs nothing). Every path of the network is one of the contracted network,
//! at the same cost and with the same uses.

use super::pieces::Pieces;
use crate::program::Program;

const NONE: u32 = u32::MAX;

/// How often all nodes are looked at: what goes makes room for more to go.
const PASSES: usize = 3;

/// The nodes that are left and the arcs between them.
#[derive(Clone, Debug, Default)]
pub(super) struct Contracted {
    /// The number of nodes left.
    pub nodes: usize,
    /// The number of each node of the program among those left, in the same order; `u32::MAX` for
    /// one that is gone.
    pub node: Vec<u32>,
    /// Tail and head, as numbers among the nodes left, and piece of each arc.
    pub arcs: Vec<(u32, u32, u32)>,
    pub pieces: Pieces,
}

impl Contracted {
    pub fn new(program: &Program) -> Self {
        let mut work = Work::new(program);
        for _ in 0..PASSES {
            let mut changed = false;
            for node in 0..program.network.nodes {
                changed |= work.contract(node);
            }
            if !changed {
                break;
            }
        }
        work.finish()
    }
}

/// Where a piece lies, and those behind it in the lists of its ends.
#[derive(Clone, Copy, Debug)]
struct Link {
    tail: u32,
    head: u32,
    next_out: u32,
    next_in: u32,
}

struct Work {
    pieces: Pieces,
    links: Vec<Link>,
    alive: Vec<bool>,
    first_out: Vec<u32>,
    first_in: Vec<u32>,
    /// Nodes that stay: origins and ends.
    stays: Vec<bool>,
    gone: Vec<bool>,
    ins: Vec<u32>,
    outs: Vec<u32>,
}

impl Work {
    fn new(program: &Program) -> Self {
        let nodes = program.network.nodes;
        let mut stays = vec![false; nodes];
        for release in &program.releases {
            stays[release.origin as usize] = true;
        }
        for &(node, _) in program.sinks.iter().flat_map(|sink| &sink.ends) {
            stays[node as usize] = true;
        }
        let arcs = program.arcs();
        let mut this = Self {
            pieces: Pieces::new(program),
            links: Vec::with_capacity(2 * arcs),
            alive: Vec::with_capacity(2 * arcs),
            first_out: vec![NONE; nodes],
            first_in: vec![NONE; nodes],
            stays,
            gone: vec![false; nodes],
            ins: Vec::new(),
            outs: Vec::new(),
        };
        let ends = program.network.tails.iter().zip(&program.network.heads);
        for (&tail, &head) in ends {
            this.link(tail, head);
        }
        this
    }

    /// Links the next piece. One that leads back to where it starts goes at once.
    fn link(&mut self, tail: u32, head: u32) {
        let number = self.links.len() as u32;
        self.links.push(Link {
            tail,
            head,
            next_out: self.first_out[tail as usize],
            next_in: self.first_in[head as usize],
        });
        self.first_out[tail as usize] = number;
        self.first_in[head as usize] = number;
        self.alive.push(tail != head);
    }

    /// Brings the pieces at `node` into `ins` and `outs`, and forgets the dead ones.
    fn look(&mut self, node: usize) {
        let Self {
            links,
            alive,
            ins,
            outs,
            ..
        } = self;
        let walk = |first: u32, next: fn(&Link) -> u32, list: &mut Vec<u32>| {
            list.clear();
            let mut piece = first;
            while piece != NONE {
                if alive[piece as usize] {
                    list.push(piece);
                }
                piece = next(&links[piece as usize]);
            }
        };
        walk(self.first_in[node], |link| link.next_in, ins);
        walk(self.first_out[node], |link| link.next_out, outs);
    }

    /// Takes a node out where that makes no more arcs, and not many more uses. Answers whether it
    /// did.
    fn contract(&mut self, node: usize) -> bool {
        if self.stays[node] || self.gone[node] {
            return false;
        }
        self.look(node);
        let (ins, outs) = (self.ins.len(), self.outs.len());
        let uses = |list: &[u32]| -> usize {
            let uses = list.iter().map(|&piece| self.pieces.get(piece).uses);
            uses.map(|uses| uses as usize).sum()
        };
        let (uses_in, uses_out) = (uses(&self.ins), uses(&self.outs));
        let more = outs * uses_in + ins * uses_out > 2 * (uses_in + uses_out);
        if ins * outs > ins + outs || (more && ins * outs > 1) {
            return false;
        }
        let (ins, outs) = (
            std::mem::take(&mut self.ins),
            std::mem::take(&mut self.outs),
        );
        // the lists lead backwards
        for &first in ins.iter().rev() {
            for &second in outs.iter().rev() {
                let tail = self.links[first as usize].tail;
                let head = self.links[second as usize].head;
                // back to where it came from is never shorter
                if tail != head {
                    self.pieces.chain(first, second);
                    self.link(tail, head);
                }
            }
        }
        for &piece in ins.iter().chain(&outs) {
            self.alive[piece as usize] = false;
        }
        (self.ins, self.outs) = (ins, outs);
        self.gone[node] = true;
        true
    }

    fn finish(mut self) -> Contracted {
        let mut this = Contracted::default();
        for &gone in &self.gone {
            this.node.push(if gone { NONE } else { this.nodes as u32 });
            this.nodes += usize::from(!gone);
        }
        for (number, link) in self.links.iter().enumerate() {
            if self.alive[number] {
                let node = |node: u32| this.node[node as usize];
                this.arcs
                    .push((node(link.tail), node(link.head), number as u32));
            }
        }
        self.pieces.shrink();
        this.pieces = self.pieces;
        this
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::flow_format;

    /// From 1 to 6: 1 → 2 → 3 → 6 (arcs 0, 1, 2) where 3 is also reached from 1 by 4 (arcs 3, 4),
    /// and 1 → 5 → 1 (arcs 5, 6), which leads nowhere. Nodes 2, 4 and 5 have one way in and one
    /// out, then 3 has two in and one out: two arcs are left, 0 1 2 and 3 4 2.
    #[test]
    fn paths_stay_and_idle_nodes_go() {
        let text = "6 7 1\n1 2 1 9\n2 3 2 -1\n3 6 4 9\n1 4 8 -1\n4 3 16 -1\n1 5 1 -1\n5 1 1 -1\n\
                    1 6 5\n";
        let program = flow_format::read(text).unwrap().program;
        let contracted = Contracted::new(&program);
        assert_eq!(contracted.nodes, 2);
        let (start, end) = (contracted.node[0], contracted.node[5]);
        let pieces = &contracted.pieces;
        let costs = pieces.costs(&program, 0);
        let mut found = Vec::new();
        for &(tail, head, piece) in &contracted.arcs {
            let (arcs, mut used) = (pieces.expand(&[piece]), Vec::new());
            pieces.visit_used(piece, |arc| used.push(arc));
            assert_eq!(pieces.chains().join(&arcs), [piece]);
            assert_eq!((tail, head), (start, end));
            found.push((arcs, used, costs[piece as usize] / 1e6));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(
            found,
            [
                (vec![0, 1, 2], vec![0, 2], 7.0),
                (vec![3, 4, 2], vec![2], 28.0),
            ]
        );
    }

    /// An end in the middle of a chain stays: 1 → 2 → 3 with releases to 2 and to 3.
    #[test]
    fn origins_and_ends_stay() {
        let text = "3 2 2\n1 2 1 9\n2 3 1 9\n1 2 1\n1 3 1\n";
        let program = flow_format::read(text).unwrap().program;
        let contracted = Contracted::new(&program);
        assert_eq!((contracted.nodes, contracted.arcs.len()), (3, 2));
    }
}
