//! What a closed launcher may ask before anybody has opened the chat (requirement 31).

use amparo_protocol::api::AvailabilityAnswer;
use amparo_protocol::error::ErrorCode;

use crate::support::app::{Sqlite, TestApp};

#[tokio::test]
async fn whether_somebody_is_free_may_be_kept_for_a_moment_and_read_by_every_website() {
    let (app, _, _ana) = TestApp::set_up(Sqlite).await;
    let site = app.site_key().await.to_text();
    let answer = app.get(&format!("/api/availability?site={site}")).send().await;
    assert_eq!(answer.header("cache-control"), "public, max-age=15");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(answer.header("set-cookie"), "");
    assert_eq!(answer.read::<AvailabilityAnswer>(), AvailabilityAnswer { available: false, languages: Vec::new() });
}

#[tokio::test]
async fn a_site_that_is_not_there_is_told_so_and_nothing_is_kept() {
    let (app, _, _ana) = TestApp::set_up(Sqlite).await;
    for site in ["AAAAAAAAAAAAAAAA", "%22", ""] {
        let answer = app.get(&format!("/api/availability?site={site}")).send().await;
        assert_eq!(answer.header("cache-control"), "no-store", "{site}");
        assert_eq!(answer.refusal(), ErrorCode::UnknownSite, "{site}");
    }
}
