//! `railair graph`

use super::arguments::Graph;
use super::exit::Failure;

/// Shows the network.
pub fn run(arguments: &Graph) -> Result<(), Failure> {
    let _ = (arguments.format, &arguments.source);
    Err(Failure::Usage("graph is not ready".to_owned()))
}
