//! What was found on a page that carries the tag: closed codes, so that the command line and the console say the same.

use serde::{Deserialize, Serialize};

use crate::id::SiteKey;

/// `POST /api/sites/check` (administrators), answered by one [`PageCheck`] for each of the site's allowed addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckRequest {
    pub site: SiteKey,
}

/// What was found at one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageCheck {
    pub address: String,
    pub findings: Vec<Finding>,
}

/// One thing that holds or does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "code")]
pub enum Finding {
    Unreached {
        why: Unreached,
    },
    Answers {
        status: u16,
    },
    Https,
    NotHttps,
    TagMissing,
    TagAgain {
        count: u32,
    },
    KnownSite,
    UnknownSite,
    /// The tag of another site of this relay.
    OtherSite,
    OriginAllowed,
    OriginNotAllowed,
    OwnOrgKey,
    OtherOrgKey,
    NoOrgKey,
    ServedByWebsite,
    OtherSource {
        source: String,
    },
    NotPinned,
    Pinned,
    PinnedWrongly,
    ReferrerSilent,
    ReferrerSent,
    Optimised {
        by: Optimiser,
    },
    NotAsync,
    PolicyLets,
    PolicyForbids,
}

impl Finding {
    pub fn is_good(&self) -> bool {
        matches!(
            self,
            Self::Https
                | Self::KnownSite
                | Self::OriginAllowed
                | Self::OwnOrgKey
                | Self::ServedByWebsite
                | Self::NotPinned
                | Self::Pinned
                | Self::ReferrerSilent
                | Self::PolicyLets
        )
    }
}

/// Why there is no page to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Unreached {
    #[error("it is not an address")]
    NoAddress,
    #[error("it cannot be reached")]
    NoAnswer,
    /// The relay looks at no address that only its own network knows.
    #[error("it is not a public address")]
    NotPublic,
    #[error("its certificate is not accepted")]
    Certificate,
    #[error("it does not answer in time")]
    TooSlow,
    #[error("it does not speak HTTP")]
    NoHttp,
    #[error("its page is too large")]
    TooLarge,
    #[error("it redirects to nowhere")]
    RedirectsNowhere,
    #[error("it redirects again and again")]
    RedirectsAgain,
    /// The relay does not follow.
    #[error("it redirects to another host")]
    RedirectsElsewhere,
}

/// What takes scripts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Optimiser {
    WpRocket,
    RocketLoader,
    Partytown,
    LiteSpeed,
}

impl Optimiser {
    /// A name, the same in every language.
    pub fn name(self) -> &'static str {
        match self {
            Self::WpRocket => "WP Rocket",
            Self::RocketLoader => "Cloudflare's Rocket Loader",
            Self::Partytown => "Partytown",
            Self::LiteSpeed => "LiteSpeed",
        }
    }
}
