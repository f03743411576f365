//! The test suites that cargo runs, and what has to stand beside them.

use super::postgres::Postgres;
use super::{Counts, Failed, runner};
use crate::{build, setup};

/// Everything but the browsers. API tests run on SQLite and on a PostgreSQL that lives as long as this step.
pub fn unit() -> Result<Counts, Failed> {
    let postgres = Postgres::start()?;
    runner::tests(&["--workspace", "--exclude", "amparo-tests"], &[("TEST_POSTGRES_URL", &postgres.url)])
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
