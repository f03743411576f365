//! Where the settings come from: flags, then `AMPARO_*`, then a TOML file. A name that is not known refuses to start.
//!
//! The only place that reads the process's environment and arguments.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;
use url::Url;

use crate::store::Database;

const DEFAULT_DATA: &str = "amparo-data";
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
/// In the data folder, read where `--config` names no other.
const CONFIG_FILE: &str = "amparo.toml";
const DATABASE_FILE: &str = "amparo.db";

/// What the relay runs with.
#[derive(Clone)]
pub struct Config {
    pub data: PathBuf,
    pub listen: SocketAddr,
    /// Scheme, host and port as browsers see them, without a slash at the end.
    pub public_url: String,
    pub database: Database,
    pub log_level: LogLevel,
    /// Where Prometheus asks; on this machine only.
    pub metrics: Option<SocketAddr>,
    /// Whose `X-Forwarded-For` and `Forwarded` are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Only `amparo demo` sets it.
    pub is_demo: bool,
}

/// How much goes to the log. Nothing about a visitor does at any level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
}

/// The settings of one source; what is missing comes from the next one.
#[derive(Args, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Folder for everything that is kept [default: ./amparo-data]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// The relay as browsers reach it, such as https://chat.example.org [default: http://localhost:PORT]
    #[arg(long, global = true, value_name = "URL")]
    pub public_url: Option<String>,
    /// postgres://… instead of the SQLite file in the data folder
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// error, warn or info [default: info]
    #[arg(long, global = true, value_name = "LEVEL", hide_possible_values = true)]
    pub log_level: Option<LogLevel>,
    /// Address on this machine for Prometheus, such as 127.0.0.1:9464 [default: none]
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub metrics: Option<SocketAddr>,
    /// Addresses of proxies in front, whose X-Forwarded-For is believed, such as 127.0.0.1 [default: none]
    #[arg(long, global = true, value_name = "ADDRESS", value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<IpAddr>>,
    /// TOML file with these settings [default: amparo.toml in the data folder, where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    #[error("the environment variable {0} is not a setting of Amparo")]
    UnknownVariable(String),
    #[error("the environment variable {name} has a value that does not fit: {value}")]
    BadVariable { name: String, value: String },
    #[error("the settings file {file} cannot be read: {why}")]
    Unreadable { file: String, why: String },
    #[error("the settings file {file} is not right: {why}")]
    BadFile { file: String, why: String },
    #[error("the public URL must be an http or https address without a path: {0}")]
    BadPublicUrl(String),
    #[error("metrics are for this machine only: {0} can be reached from others")]
    PublicMetrics(SocketAddr),
    #[error("the database URL must begin with postgres:// or sqlite:")]
    BadDatabaseUrl,
}

/// The arguments of this process.
pub fn arguments() -> Vec<OsString> {
    std::env::args_os().collect()
}

/// The variables of this process that begin with `AMPARO_`.
pub fn variables() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
        .filter(|(name, _)| name.starts_with("AMPARO_"))
        .collect()
}

impl Config {
    /// Development: nobody but this machine reaches the relay, nor is told to. Behind a proxy it has a public address.
    pub fn is_for_this_machine(&self) -> bool {
        let host = self.public_url.strip_prefix("http://").unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        self.listen.ip().is_loopback() && ["localhost", "127.0.0.1", "[::1]"].contains(&host)
    }

    /// Flags beat variables, variables beat the file.
    pub fn load(flags: Settings, variables: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let named = flags.or(Settings::from_variables(variables)?);
        let data = named.data.clone().unwrap_or_else(|| DEFAULT_DATA.into());
        let file = match &named.config {
            Some(file) => Settings::from_file(file)?,
            None if data.join(CONFIG_FILE).is_file() => Settings::from_file(&data.join(CONFIG_FILE))?,
            None => Settings::default(),
        };
        named.or(file).into_config()
    }
}

impl Settings {
    fn or(self, next: Self) -> Self {
        Self {
            data: self.data.or(next.data),
            listen: self.listen.or(next.listen),
            public_url: self.public_url.or(next.public_url),
            database_url: self.database_url.or(next.database_url),
            log_level: self.log_level.or(next.log_level),
            metrics: self.metrics.or(next.metrics),
            trusted_proxies: self.trusted_proxies.or(next.trusted_proxies),
            config: self.config.or(next.config),
        }
    }

    fn from_variables(variables: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let mut settings = Self::default();
        for (name, value) in variables {
            let bad = || ConfigError::BadVariable { name: name.clone(), value: value.clone() };
            match name.as_str() {
                "AMPARO_DATA" => settings.data = Some(value.into()),
                "AMPARO_LISTEN" => settings.listen = Some(value.parse().map_err(|_| bad())?),
                "AMPARO_PUBLIC_URL" => settings.public_url = Some(value.clone()),
                "AMPARO_DATABASE_URL" => settings.database_url = Some(value.clone()),
                "AMPARO_LOG_LEVEL" => {
                    settings.log_level = Some(clap::ValueEnum::from_str(value, false).map_err(|_| bad())?);
                }
                "AMPARO_METRICS" => settings.metrics = Some(value.parse().map_err(|_| bad())?),
                "AMPARO_TRUSTED_PROXIES" => {
                    let addresses = value.split(',').map(|address| address.trim().parse());
                    settings.trusted_proxies = Some(addresses.collect::<Result<_, _>>().map_err(|_| bad())?);
                }
                "AMPARO_CONFIG" => settings.config = Some(value.into()),
                _ => return Err(ConfigError::UnknownVariable(name.clone())),
            }
        }
        Ok(settings)
    }

    fn from_file(file: &Path) -> Result<Self, ConfigError> {
        let shown = file.display().to_string();
        let text = std::fs::read_to_string(file)
            .map_err(|error| ConfigError::Unreadable { file: shown.clone(), why: error.to_string() })?;
        toml::from_str(&text).map_err(|error| ConfigError::BadFile { file: shown, why: one_line(error.message()) })
    }

    fn into_config(self) -> Result<Config, ConfigError> {
        let data = self.data.unwrap_or_else(|| DEFAULT_DATA.into());
        let listen = self.listen.unwrap_or_else(|| DEFAULT_LISTEN.parse().expect("the default address is well formed"));
        let public_url = match self.public_url {
            Some(url) => normal_origin(&url).ok_or(ConfigError::BadPublicUrl(url))?,
            None => format!("http://localhost:{}", listen.port()),
        };
        let database = match self.database_url {
            Some(url) => database(&url)?,
            None => Database::SqliteFile(data.join(DATABASE_FILE)),
        };
        let log_level = self.log_level.unwrap_or(LogLevel::Info);
        let metrics = self.metrics;
        let trusted_proxies = self.trusted_proxies.unwrap_or_default();
        if let Some(public) = metrics.filter(|address| !address.ip().is_loopback()) {
            return Err(ConfigError::PublicMetrics(public));
        }
        Ok(Config { data, listen, public_url, database, log_level, metrics, trusted_proxies, is_demo: false })
    }
}

impl LogLevel {
    pub fn filter(self) -> tracing::Level {
        match self {
            Self::Error => tracing::Level::ERROR,
            Self::Warn => tracing::Level::WARN,
            Self::Info => tracing::Level::INFO,
        }
    }
}

/// Scheme, host and port in the form that browsers send as `Origin` (WHATWG URL); `None` for anything else.
pub fn normal_origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_nobodys = url.username().is_empty() && url.password().is_none();
    (is_bare && is_nobodys).then(|| url.origin().ascii_serialization())
}

fn database(url: &str) -> Result<Database, ConfigError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Database::Postgres(url.to_owned()));
    }
    match url.strip_prefix("sqlite:") {
        Some(path) => Ok(Database::SqliteFile(path.trim_start_matches("//").into())),
        None => Err(ConfigError::BadDatabaseUrl),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn flags_beat_variables_and_variables_beat_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("amparo.toml"),
            "listen = '127.0.0.1:3'\npublic-url = 'https://chat.example.org/'\nlog-level = 'warn'",
        )
        .unwrap();
        let flags = Settings { listen: "127.0.0.1:1".parse().ok(), ..Settings::default() };
        let data = folder.path().to_str().unwrap();
        let variables =
            variables(&[("AMPARO_DATA", data), ("AMPARO_LISTEN", "127.0.0.1:2"), ("AMPARO_LOG_LEVEL", "error")]);
        let config = Config::load(flags, &variables).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(config.listen.port(), 1);
        assert_eq!(config.log_level, LogLevel::Error);
        assert_eq!(config.public_url, "https://chat.example.org");
    }

    #[test]
    fn an_unknown_variable_or_key_refuses_to_start() {
        let wrong = Config::load(Settings::default(), &variables(&[("AMPARO_LISTENN", "x")])).err().unwrap();
        assert_eq!(wrong.to_string(), "the environment variable AMPARO_LISTENN is not a setting of Amparo");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.toml");
        std::fs::write(&file, "lissten = 'x'").unwrap();
        let wrong =
            Config::load(Settings { config: Some(file), ..Settings::default() }, &variables(&[])).err().unwrap();
        assert!(wrong.to_string().contains("unknown field `lissten`"), "{wrong}");
    }

    #[test]
    fn metrics_are_for_this_machine_only() {
        let load = |address: &str| Config::load(Settings::default(), &variables(&[("AMPARO_METRICS", address)]));
        assert!(load("127.0.0.1:9464").is_ok_and(|config| config.metrics.is_some()));
        assert!(load("[::1]:9464").is_ok());
        let wrong = load("0.0.0.0:9464").err().unwrap().to_string();
        assert_eq!(wrong, "metrics are for this machine only: 0.0.0.0:9464 can be reached from others");
    }

    #[test]
    fn origins_are_compared_in_one_form() {
        assert_eq!(normal_origin("https://Example.org:443/").as_deref(), Some("https://example.org"));
        assert_eq!(normal_origin("http://localhost:8081").as_deref(), Some("http://localhost:8081"));
        assert_eq!(normal_origin(" https://café.example ").as_deref(), Some("https://xn--caf-dma.example"));
        assert_eq!(normal_origin("http://[::1]:8081").as_deref(), Some("http://[::1]:8081"));
        for wrong in [
            "example.org",
            "https://a.org/path",
            "https://a.org?",
            "https://a.org#",
            "ftp://a.org",
            "https://u@a.org",
            "https://:p@a.org",
            "null",
            "https://",
            "https://a.[5::z]5",
            "*",
        ] {
            assert_eq!(normal_origin(wrong), None, "{wrong}");
        }
    }
}
