//! `amparo doctor`: looks at settings, data folder and store, and says in plain lines what it found.

use super::setup::say;
use super::{Stop, prepare};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::Store;

pub async fn run(config: Config) -> Result<(), Stop> {
    prepare::data_folder(&config.data)?;
    say(&format!("data folder   {} can be written", config.data.display()));
    let store = prepare::store(&config).await?;
    say("database      answers and is up to date");
    let warnings = [address(&config), organisation(&store).await?, roster(&store).await?, sites(&store).await?];
    store.close().await;
    let warnings = warnings.into_iter().flatten().count();
    if warnings == 0 {
        say("all is well");
        return Ok(());
    }
    Err(Stop::Failed(format!("{warnings} of these checks want attention")))
}

/// Something that wants attention; already said.
struct Warning;

fn address(config: &Config) -> Option<Warning> {
    let url = &config.public_url;
    let is_local = url.starts_with("http://localhost") || url.starts_with("http://127.0.0.1");
    if url.starts_with("https://") || is_local {
        say(&format!("address       {url}"));
        return None;
    }
    say(&format!("address       {url} is not https: browsers refuse sign-in and the chat there"));
    Some(Warning)
}

async fn organisation(store: &Store) -> Result<Option<Warning>, Stop> {
    if store.organisation().await.map_err(prepare::failed)?.is_some() {
        say("organisation  is set up");
        return Ok(None);
    }
    say("organisation  is not set up yet: open the address that amparo serve prints");
    Ok(Some(Warning))
}

/// An expired roster closes the line for every visitor.
async fn roster(store: &Store) -> Result<Option<Warning>, Stop> {
    const WARN_SECS: u64 = 120 * 24 * 60 * 60;
    let Some(newest) = store.newest_roster().await.map_err(prepare::failed)? else {
        say("roster        nobody is signed in it yet");
        return Ok(Some(Warning));
    };
    let age = Clock::Machine.now().since(newest.published_at);
    let days = age.as_secs() / (24 * 60 * 60);
    say(&format!("roster        number {}, {days} days old; it expires after 180", newest.seq));
    Ok((age.as_secs() > WARN_SECS).then_some(Warning))
}

async fn sites(store: &Store) -> Result<Option<Warning>, Stop> {
    let sites = store.sites().await.map_err(prepare::failed)?;
    let without_origin = sites.iter().filter(|site| site.settings.origins.is_empty()).count();
    say(&format!("sites         {}, of which {without_origin} allow no website to show the chat", sites.len()));
    Ok((sites.is_empty() || without_origin > 0).then_some(Warning))
}
