//! `railair completions` and `railair man`

use clap::CommandFactory;

use super::arguments::{Cli, Completions};
use super::exit::Failure;
use super::output;

/// Prints the completion script of a shell.
pub fn completions(arguments: &Completions) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "railair", &mut script);
    output::stream(|out| out.write_all(&script))
}

/// Prints the manual page: railair itself, then every command.
pub fn man() -> Result<(), Failure> {
    let mut root = Cli::command();
    root.build();
    let mut page = Vec::new();
    render(&root, &mut page).map_err(Failure::Output)?;
    output::stream(|out| out.write_all(&page))
}

fn render(root: &clap::Command, page: &mut Vec<u8>) -> std::io::Result<()> {
    clap_mangen::Man::new(root.clone()).render(page)?;
    for command in root
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
    {
        let man = clap_mangen::Man::new(command.clone());
        let title = format!(".SH \"RAILAIR {}\"\n", command.get_name().to_uppercase());
        page.extend(title.bytes());
        man.render_description_section(page)?;
        man.render_synopsis_section(page)?;
        man.render_options_section(page)?;
        man.render_extra_section(page)?;
    }
    Ok(())
}
