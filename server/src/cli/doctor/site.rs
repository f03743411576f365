//! What was found on a website's page, in plain English for the command line. The console has its own sentences for the
//! same codes.

use amparo_protocol::finding::Finding;

use super::Report;
use crate::assets::Assets;
use crate::cli::{Stop, prepare};
use crate::config::Config;
use crate::inspect::page::{self, Expected};
use crate::inspect::reach::Reach;
use crate::store::Store;

pub async fn check(config: &Config, store: &Store, address: &str, report: &mut Report) -> Result<(), Stop> {
    let organisation = store.organisation().await.map_err(prepare::failed)?;
    let sites = store.sites().await.map_err(prepare::failed)?;
    let expected = Expected {
        relay: &config.public_url,
        org_key: organisation.map(|organisation| organisation.org_key),
        sites: &sites,
        site: None,
        assets: &Assets::new(&config.data),
    };
    for finding in page::check(address, Reach::Anywhere, &expected).await {
        let (name, sentence) = told(&finding, address);
        report.check(name, finding.is_good(), &sentence, &sentence);
    }
    Ok(())
}

fn told(finding: &Finding, address: &str) -> (&'static str, String) {
    let sentence = match finding {
        Finding::Unreached { why } => return ("page", format!("{address}: {why}")),
        Finding::Answers { status } => return ("page", format!("{address} answers {status}")),
        Finding::TagAgain { count } => return ("tag", format!("is on this page {count} times")),
        Finding::OtherSource { source } => {
            return ("source", format!("the tag loads {source}, which is not this relay"));
        }
        Finding::Optimised { by } => return ("optimiser", format!("{} changes it: except the tag from it", by.name())),
        other => other,
    };
    let (name, sentence) = plain(sentence);
    (name, sentence.to_owned())
}

fn plain(finding: &Finding) -> (&'static str, &'static str) {
    match finding {
        Finding::Https => ("page", "is on https"),
        Finding::NotHttps => ("page", "is not on https: browsers refuse the chat there"),
        Finding::TagMissing => ("tag", "is not on this page, or a script puts it there later"),
        Finding::KnownSite => ("tag", "names a site of this relay"),
        Finding::UnknownSite => ("tag", "names no site of this relay: copy it again"),
        Finding::OtherSite => ("tag", "is that of another site of this relay"),
        Finding::OriginAllowed => ("origin", "is allowed to show the chat"),
        Finding::OriginNotAllowed => ("origin", "is not among the site's addresses in the console"),
        Finding::OwnOrgKey => ("data-org-key", "is yours"),
        Finding::OtherOrgKey => ("data-org-key", "is another organisation's"),
        Finding::NoOrgKey => ("data-org-key", "is missing: the relay could invent a counselor"),
        Finding::ServedByWebsite => ("source", "the website serves the program"),
        Finding::NotPinned => ("integrity", "not pinned: the program comes from the relay and follows its upgrades"),
        Finding::Pinned => ("integrity", "pinned to a program that is served"),
        Finding::PinnedWrongly => {
            ("integrity", "the tag is pinned to a program that this relay does not serve: copy it again")
        }
        Finding::ReferrerSilent => ("referrer", "is not sent"),
        Finding::ReferrerSent => ("referrer", "the tag has lost referrerpolicy=\"no-referrer\""),
        Finding::NotAsync => ("async", "is missing: the page waits for the chat"),
        Finding::PolicyLets => ("policy", "the page's content policy leaves room for the chat"),
        Finding::PolicyForbids => (
            "policy",
            "the page's content policy does not name the relay: see docs/webmaster.md, Strict content policies",
        ),
        Finding::Unreached { .. }
        | Finding::Answers { .. }
        | Finding::TagAgain { .. }
        | Finding::OtherSource { .. }
        | Finding::Optimised { .. } => ("page", ""),
    }
}
