//! The test suites that cargo runs, and what has to stand beside them.

use super::postgres::Postgres;
use super::{Counts, Failed, debian, runner};
use crate::{build, setup};

/// Everything but the browsers. API tests run on SQLite and on a PostgreSQL that lives as long as this step;
/// the examples for proxies in Debian's nginx and Caddy.
pub fn unit() -> Result<Counts, Failed> {
    let postgres = Postgres::start()?;
    let proxies = [("TEST_NGINX", "nginx", "usr/sbin/nginx"), ("TEST_CADDY", "caddy", "usr/bin/caddy")];
    let found = proxies.map(|(name, package, path)| (name, debian::program(package, path)));
    let found = found.iter().filter_map(|(name, path)| Some((*name, path.as_ref()?.to_str()?)));
    let environment: Vec<(&str, &str)> = found.chain([("TEST_POSTGRES_URL", postgres.url.as_str())]).collect();
    runner::tests(&["--workspace", "--exclude", "amparo-tests"], &environment)
}

pub fn browsers() -> Result<Counts, Failed> {
    let binary = build::release()?;
    let axe = setup::npm_package("axe-core")?.join("axe.min.js");
    let geckodriver = setup::tool("geckodriver")?;
    let environment = [("TEST_BINARY", binary), ("TEST_AXE", axe), ("TEST_GECKODRIVER", geckodriver)];
    let texts = environment.map(|(name, path)| (name, path.display().to_string()));
    // The journeys through WordPress are a step of their own.
    let tests = ["-p", "amparo-tests", "--", "--skip", "wordpress::"];
    runner::tests(&tests, &texts.each_ref().map(|(name, path)| (*name, path.as_str())))
}
