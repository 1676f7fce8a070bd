//! `railair verify`

use super::arguments::Verify;
use super::exit::Failure;

/// Shows the plan.
pub fn run(arguments: &Verify) -> Result<(), Failure> {
    let _ = (
        arguments.format,
        &arguments.plan,
        &arguments.instance,
        &arguments.scenario,
    );
    Err(Failure::Usage("verify is not ready".to_owned()))
}
