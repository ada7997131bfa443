//! Heard from the outside: the real function binaries on the local stack, the command line, the house.

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get fails it")]

#[path = "it/acts.rs"]
mod acts;
#[path = "it/afterwards.rs"]
mod afterwards;
#[path = "it/bounces.rs"]
mod bounces;
#[path = "it/command_line.rs"]
mod command_line;
#[path = "it/counts.rs"]
mod counts;
#[path = "it/faults.rs"]
mod faults;
#[path = "it/flow.rs"]
mod flow;
#[path = "it/help.rs"]
mod help;
#[path = "it/hooks.rs"]
mod hooks;
#[path = "it/house.rs"]
mod house;
#[path = "it/in_private.rs"]
mod in_private;
#[path = "it/kill.rs"]
mod kill;
#[path = "it/load.rs"]
mod load;
#[path = "it/measures.rs"]
mod measures;
#[path = "it/privacy.rs"]
mod privacy;
#[path = "it/pushes.rs"]
mod pushes;
#[path = "it/refusals.rs"]
mod refusals;
#[path = "it/runbooks.rs"]
mod runbooks;
#[path = "it/secrets.rs"]
mod secrets;
#[path = "it/secrets_check.rs"]
mod secrets_check;
#[path = "it/signatures.rs"]
mod signatures;
#[path = "it/storm.rs"]
mod storm;
#[path = "it/table.rs"]
mod table;
#[path = "it/told.rs"]
mod told;
#[path = "it/versions.rs"]
mod versions;
#[path = "it/windows.rs"]
mod windows;
#[path = "it/x.rs"]
mod x;
