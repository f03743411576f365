//! What every command needs first: the data folder, the store, and what is told when one of them is missing.

use std::path::Path;

use tokio::net::TcpListener;

use super::Stop;
use crate::app::{Services, Tasks};
use crate::clock::Clock;
use crate::config::Config;
use crate::random::Random;
use crate::store::{Store, StoreError};

/// Makes the data folder where it is missing, readable by its owner alone.
pub fn data_folder(data: &Path) -> Result<(), Stop> {
    let told =
        |error: std::io::Error| Stop::Data(format!("the data folder {} cannot be written: {error}", data.display()));
    std::fs::create_dir_all(data).map_err(told)?;
    let probe = data.join(".amparo-write-test");
    std::fs::write(&probe, b"").map_err(told)?;
    std::fs::remove_file(&probe).map_err(told)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(data, std::fs::Permissions::from_mode(0o700)).map_err(told)?;
    }
    Ok(())
}

pub async fn store(config: &Config) -> Result<Store, Stop> {
    told(Store::open(&config.database).await)
}

/// Why a database cannot be used, in a sentence.
pub fn told(opened: Result<Store, StoreError>) -> Result<Store, Stop> {
    opened.map_err(|error| match error {
        StoreError::Newer => {
            Stop::Newer("the database was made by a newer version of Amparo; start that version instead".to_owned())
        }
        StoreError::Older => Stop::Data(
            "the database was made by an older version of Amparo: use that version, or start this one once".to_owned(),
        ),
        other => Stop::Data(other.to_string()),
    })
}

pub async fn services(config: Config) -> Result<Services, Stop> {
    let store = store(&config).await?;
    Ok(Services {
        clock: Clock::machine(),
        random: Random::Machine,
        store,
        config: std::sync::Arc::new(config),
        tasks: Tasks::default(),
    })
}

pub async fn listener(address: std::net::SocketAddr) -> Result<TcpListener, Stop> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            Stop::Address(format!("another program listens on {address}; choose another address with --listen"))
        }
        _ => Stop::Address(format!("it is not possible to listen on {address}: {error}")),
    })
}

pub fn failed(error: impl std::fmt::Display) -> Stop {
    Stop::Failed(error.to_string())
}
