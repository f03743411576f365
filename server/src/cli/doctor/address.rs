//! The relay as browsers reach it: https, the proxy in front, what it lets through and what it adds or takes away.

use super::Report;
use crate::config::Config;
use crate::inspect::fetch::{self, Fetched};
use crate::inspect::reach::Reach;

/// What every answer of the relay carries, and no proxy may change.
const HEADERS: [&str; 4] =
    ["content-security-policy", "x-content-type-options", "referrer-policy", "cross-origin-resource-policy"];

pub async fn check(config: &Config, report: &mut Report) {
    let url = &config.public_url;
    let is_local = url.starts_with("http://localhost") || url.starts_with("http://127.0.0.1");
    let is_onion = url.starts_with("http://") && url.ends_with(".onion");
    let bad = format!("{url} is not https: browsers refuse sign-in and the chat there");
    report.check("address", url.starts_with("https://") || is_local || is_onion, url, &bad);
    if url.starts_with("https://") {
        let bad = "trusted-proxies names none: every visitor looks like the proxy, and limits and blocks do nothing";
        report.check("proxies", !config.trusted_proxies.is_empty(), "are named, so limits and blocks count", bad);
    }
    if is_onion {
        report.good("proxy", "an onion address is not tried from here");
        return;
    }
    match fetch::page(&format!("{url}/healthz"), Reach::Anywhere).await {
        Ok(health) if health.body == "ok\n" => answers(config, &health, report).await,
        Ok(other) => report.bad("proxy", &format!("{url} answers {}, but not as the relay does", other.status)),
        Err(why) => report.bad("proxy", &format!("{url} is not reached from here: {why}")),
    }
}

async fn answers(config: &Config, health: &Fetched, report: &mut Report) {
    let url = &config.public_url;
    report.good("proxy", &format!("{url} leads to the relay"));
    report.check(
        "page cache",
        health.header("age").is_empty(),
        "none answers instead",
        "a cache answers for the relay",
    );
    for name in HEADERS {
        let count = health.headers.get_all(name).iter().count();
        if count != 1 {
            report.bad("headers", &format!("{name} arrives {count} times instead of once: the proxy changes it"));
        }
    }
    let has_cookie = health.headers.contains_key("set-cookie");
    report.check("cookies", !has_cookie, "the proxy sets none", "the proxy sets a cookie of its own for visitors");
    if url.starts_with("https://") {
        let is_strict = health.header("strict-transport-security").contains("max-age=");
        report.check("headers", is_strict, "are all there", "strict-transport-security does not arrive");
    }
    let socket = fetch::takes_websockets(&format!("{url}/ws")).await;
    let bad = "WebSockets do not get through: let the proxy pass Upgrade and Connection on";
    report.check("WebSockets", matches!(socket, Ok(true)), "get through", bad);
}
