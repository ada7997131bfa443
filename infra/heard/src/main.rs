//! `heard`: the local stack, configuration, explanations.

mod cli;
mod commands;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = cli::parse();
    match commands::run(cli.command).await {
        Ok(code) => code,
        Err(error) => match error.downcast::<clap::Error>() {
            Ok(wrong_use) => wrong_use.exit(),
            Err(error) if error.is::<commands::input::FileProblems>() => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
            Err(error) => {
                eprintln!("heard: {error:#}");
                ExitCode::FAILURE
            }
        },
    }
}
