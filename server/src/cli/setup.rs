//! `amparo setup`: the printed address with which the first administrator, or a new one, comes in.

use amparo_protocol::id::{Hash, to_base64};
use clap::Args;
use sha2::{Digest, Sha256};

use super::{Stop, prepare};
use crate::clock::Clock;
use crate::config::Config;
use crate::random::Random;
use crate::store::Store;

const TOKEN_SECS: u64 = 24 * 60 * 60;

#[derive(Args)]
pub struct Choice {
    /// Also where an organisation exists: whoever holds its paper words becomes an administrator
    #[arg(long)]
    again: bool,
}

pub async fn run(config: Config, choice: Choice) -> Result<(), Stop> {
    prepare::data_folder(&config.data)?;
    let store = prepare::store(&config).await?;
    let has_organisation = store.organisation().await.map_err(prepare::failed)?.is_some();
    if has_organisation && !choice.again {
        return Err(Stop::Usage(
            "the relay is set up already; with --again somebody who has the paper words can become an administrator"
                .to_owned(),
        ));
    }
    print_address(&store, &config, &Clock::machine(), &Random::Machine).await?;
    store.close().await;
    Ok(())
}

/// Makes a new set-up token, the only one that counts from now on, and prints its address.
pub async fn print_address(store: &Store, config: &Config, clock: &Clock, random: &Random) -> Result<(), Stop> {
    let token = to_base64(&random.bytes::<24>());
    put_token(store, clock, &token).await?;
    say(&format!("set-up {}/console/#setup={token}", config.public_url));
    if config.public_url.starts_with("http://localhost") {
        let port = config.listen.port();
        eprintln!("On another machine, open it through: ssh -L {port}:127.0.0.1:{port} THIS-SERVER");
    }
    Ok(())
}

pub async fn put_token(store: &Store, clock: &Clock, token: &str) -> Result<(), Stop> {
    let now = clock.now();
    let hash = Hash(Sha256::digest(token).into());
    store.put_setup_token(hash, now, now.plus_secs(TOKEN_SECS)).await.map_err(prepare::failed)
}

/// One line for whoever reads the program's output, at once.
#[expect(clippy::print_stdout, reason = "the addresses are this command's output")]
pub fn say(line: &str) {
    println!("{line}");
}
