//! `amparo doctor`: looks at the settings, this machine, the store, the relay's own address and a website's page, and
//! says in plain lines what it found.
//!
//! Never: a change of anything, or a request anywhere but to the relay's address and the page that was named.

use amparo_protocol::limits::ROSTER_WARN_SECS;
use clap::Args;

use super::setup::say;
use super::{Stop, prepare};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::Store;

mod address;
mod machine;
mod site;

#[derive(Args)]
pub struct Choice {
    /// A page of a website that carries the tag, as a browser opens it
    #[arg(long, value_name = "URL")]
    site: Option<String>,
}

/// What was found, line by line, and how many lines want attention.
#[derive(Default)]
pub struct Report {
    warnings: usize,
}

impl Report {
    pub fn good(&self, name: &str, sentence: &str) {
        say(&format!("      {name:<14}{sentence}"));
    }

    pub fn bad(&mut self, name: &str, sentence: &str) {
        self.warnings += 1;
        say(&format!("LOOK  {name:<14}{sentence}"));
    }

    /// The first sentence where it holds, else the second.
    pub fn check(&mut self, name: &str, holds: bool, good: &str, bad: &str) {
        if holds { self.good(name, good) } else { self.bad(name, bad) }
    }
}

pub async fn run(config: Config, choice: Choice) -> Result<(), Stop> {
    prepare::data_folder(&config.data)?;
    let mut report = Report::default();
    report.good("data folder", &format!("{} can be written", config.data.display()));
    let store = prepare::store(&config).await?;
    report.good("database", "answers and is up to date");
    machine::check(&config, &mut report);
    organisation(&store, &mut report).await?;
    roster(&store, &mut report).await?;
    sites(&store, &mut report).await?;
    address::check(&config, &mut report).await;
    if let Some(page) = &choice.site {
        site::check(&config, &store, page, &mut report).await?;
    }
    store.close().await;
    if report.warnings == 0 {
        say("all is well");
        return Ok(());
    }
    Err(Stop::Failed(format!("{} of these checks want attention", report.warnings)))
}

async fn organisation(store: &Store, report: &mut Report) -> Result<(), Stop> {
    let is_set_up = store.organisation().await.map_err(prepare::failed)?.is_some();
    let missing = "is not set up yet: open the address that amparo serve prints";
    report.check("organisation", is_set_up, "is set up", missing);
    Ok(())
}

/// An expired roster closes the line for every visitor.
async fn roster(store: &Store, report: &mut Report) -> Result<(), Stop> {
    let Some(newest) = store.newest_roster().await.map_err(prepare::failed)? else {
        report.bad("roster", "nobody is signed in it yet");
        return Ok(());
    };
    let now = Clock::machine().now();
    let age = now.since(newest.published_at);
    let days = age.as_secs() / (24 * 60 * 60);
    let told = format!("number {}, {days} days old; it expires after 180", newest.seq);
    report.check("roster", age.as_secs() <= ROSTER_WARN_SECS, &told, &told);
    let goes_back = now < newest.published_at;
    report.check("clock", !goes_back, "is not behind the store", "is behind the time of the newest roster");
    Ok(())
}

async fn sites(store: &Store, report: &mut Report) -> Result<(), Stop> {
    let sites = store.sites().await.map_err(prepare::failed)?;
    let without_origin = sites.iter().filter(|site| site.settings.origins.is_empty()).count();
    let told = format!("{}, of which {without_origin} allow no website to show the chat", sites.len());
    report.check("sites", !sites.is_empty() && without_origin == 0, &told, &told);
    Ok(())
}
