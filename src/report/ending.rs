//! How a search ended without a plan: `run.json` and `conflict.csv`, and nothing else.
//!
//! | `status.ending` | |
//! |---|---|
//! | `infeasible` | proven: hard limits cannot all hold, though parcels were divided |
//! | `infeasible_in_whole_parcels` | proven: no plan in whole parcels keeps them |
//! | `no_whole_plan` | none was found, and none is known to be impossible |
//! | `found` | there is a plan, whose `run.json` says more |

use std::collections::BTreeMap;

use crate::plan::conflict::Conflict;
use crate::plan::{PlanError, Prepared};

use super::csv::harmless;
use super::folder::Rendered;
use super::json::{Json, PROGRAM};

/// What the files say.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    /// Why there is no plan.
    pub error: &'a PlanError,
    /// What conflicts, where that was looked for.
    pub conflict: Option<&'a Conflict>,
}

impl Ending<'_> {
    /// Its name in `run.json`; `None` where the error is not the end of a search.
    pub fn name(&self) -> Option<&'static str> {
        match self.error {
            PlanError::Infeasible { .. } => Some("infeasible"),
            PlanError::InfeasibleWhole { .. } => Some("infeasible_in_whole_parcels"),
            PlanError::NoWholePlan { .. } | PlanError::NoPlanYet => Some("no_whole_plan"),
            _ => None,
        }
    }

    /// The two files.
    pub fn files(&self, prepared: &Prepared) -> Rendered {
        BTreeMap::from([
            (
                "run.json".to_owned(),
                self.run(prepared).pretty().into_bytes(),
            ),
            ("conflict.csv".to_owned(), self.table().into_bytes()),
        ])
    }

    fn run(&self, prepared: &Prepared) -> Json {
        let settings = &prepared.instance.settings;
        let (divisible, short) = match self.error {
            PlanError::InfeasibleWhole { divisible } => (*divisible, &[][..]),
            PlanError::NoWholePlan { divisible, short } => (Some(*divisible), &short[..]),
            PlanError::Infeasible { limits } => (None, &limits[..]),
            _ => (None, &[][..]),
        };
        let status = [
            ("ending", self.name().map_or(Json::Null, Json::text)),
            ("feasible", Json::Bool(false)),
        ];
        let inputs = prepared.instance.hashes.iter();
        let inputs = inputs.map(|(table, hash)| (table.clone(), Json::text(hash)));
        Json::object([
            ("program", Json::text(PROGRAM)),
            ("version", Json::text(env!("CARGO_PKG_VERSION"))),
            ("instance", Json::text(&settings.name)),
            (
                "scenario",
                Json::or_null(prepared.instance.scenario.as_ref()),
            ),
            ("currency", Json::text(&settings.currency)),
            ("status", Json::object(status)),
            ("cost_with_parcels_divided", Json::or_null(divisible)),
            ("short", Json::List(short.iter().map(Json::text).collect())),
            ("inputs", Json::Object(inputs.collect())),
        ])
    }

    /// The cells that cannot hold together.
    fn table(&self) -> String {
        let members = self.conflict.map_or(&[][..], |conflict| &conflict.members);
        let irreducible = self.conflict.is_some_and(|conflict| conflict.irreducible);
        let mut rows = csv::Writer::from_writer(Vec::new());
        let head = ["file", "row", "column", "says", "irreducible"];
        let lines = members.iter().map(|member| {
            [
                member.file.to_owned(),
                member.row.map_or_else(String::new, |row| row.to_string()),
                member.column.to_owned(),
                harmless(&member.says).into_owned(),
                irreducible.to_string(),
            ]
        });
        // memory refuses nothing
        let _ = rows.write_record(head);
        for line in lines {
            let _ = rows.write_record(line);
        }
        String::from_utf8(rows.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}
