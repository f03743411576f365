//! Pages and files, and the headers they carry.

use crate::support::app::{Sqlite, TestApp};

#[tokio::test]
async fn every_answer_is_kept_by_nobody_and_read_by_no_other_origin() {
    let (app, _, _ana) = TestApp::set_up(Sqlite).await;
    for path in ["/api/setup", "/healthz", "/api/me", "/chat", "/nothing"] {
        let answer = app.get(path).send().await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(answer.header("strict-transport-security").starts_with("max-age=63072000"), "{path}");
        assert!(answer.cookie().is_none(), "{path}");
    }
}

#[tokio::test]
async fn the_chat_page_says_who_to_call_without_scripts() {
    let (app, _, _ana) = TestApp::set_up(Sqlite).await;
    let page = app.get("/chat").send().await.expect_done();
    let text = page.text();
    assert!(text.contains(r#"<a dir="ltr" href="tel:112">112</a>"#), "{text}");
    assert!(text.contains(r#"href="tel:+34900123456">+34 900 123 456</a> day &amp; night"#), "{text}");
    assert!(text.contains(r#"data-amparo-exit href="https://"#), "{text}");
    assert!(text.contains(&format!(r#"name="amparo-site" content="{}""#, app.site_key().await.to_text())), "{text}");
}

#[tokio::test]
async fn the_chat_page_shares_nothing_with_the_console() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let page = ana.get(&app, "/chat").await.expect_done();
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox;"));
    assert!(!policy.contains("unsafe-inline") && !policy.contains("allow-same-origin"));
    assert!(!page.text().contains("ana the kind"), "whoever reads it is not known");
    let other = app.get("/chat").send().await.text();
    assert_ne!(page.text(), other, "each page has a pass of its own");
}

#[tokio::test]
async fn who_asks_for_the_chat_page_without_end_gets_its_numbers_and_no_more_passes() {
    let (app, _, _ana) = TestApp::set_up(Sqlite).await;
    let mut last = String::new();
    for _ in 0..70 {
        last = app.get("/chat").from([203, 0, 113, 7]).send().await.text();
    }
    assert!(last.contains(r#"<meta name="amparo-pass" content="">"#));
    assert!(last.contains(r#"href="tel:112""#), "who to call stands there all the same");
    let neighbour = app.get("/chat").from([203, 0, 113, 8]).send().await.text();
    assert!(!neighbour.contains(r#"<meta name="amparo-pass" content="">"#), "nobody else waits for it");
}

#[tokio::test]
async fn the_chat_page_speaks_arabic_from_right_to_left() {
    let (app, _, _ana) = TestApp::set_up(Sqlite).await;
    let page = app.get("/chat").header("accept-language", "ar-EG,en;q=0.5").send().await;
    assert!(page.text().contains(r#"<html lang="ar" dir="rtl">"#));
    let unknown = app.get("/chat?site=nonsense").send().await;
    assert_eq!(unknown.status.as_u16(), 404);
    assert!(unknown.text().contains("unknown-site"));
}

#[tokio::test]
async fn a_missing_file_is_a_plain_sentence() {
    let app = TestApp::start(Sqlite).await;
    for path in ["/v/0.0.0/embed.js", "/v/0.0.0/..%2Famparo.db", "/v/../amparo.db", "/console/..%2f..%2fversion.txt"] {
        assert_eq!(app.get(path).send().await.status.as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_former_versions_files_may_be_kept_by_browsers_for_ever() {
    let app = TestApp::start(Sqlite).await;
    let folder = app.data().join("public/0.0.9-aa");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("embed.js"), "former").unwrap();
    std::fs::write(folder.join("embed.js.br"), "packed").unwrap();
    let plain = app.get("/v/0.0.9-aa/embed.js").header("accept-encoding", "gzip").send().await.expect_done();
    assert_eq!((plain.text().as_str(), plain.header("content-encoding")), ("former", ""));
    assert_eq!(plain.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(plain.header("access-control-allow-origin"), "*");
    assert_eq!(plain.header("cross-origin-resource-policy"), "cross-origin");
    assert!(plain.header("cache-control").contains("immutable"));
    let packed = app.get("/v/0.0.9-aa/embed.js").header("accept-encoding", "gzip, br;q=1").send().await;
    assert_eq!((packed.text().as_str(), packed.header("content-encoding")), ("packed", "br"));
    assert_eq!(packed.header("vary"), "accept-encoding");
}

#[tokio::test]
async fn the_relay_says_that_it_is_well() {
    let app = TestApp::start(Sqlite).await;
    assert_eq!(app.get("/healthz").send().await.text(), "ok\n");
    app.app.store.close().await;
    assert_eq!(app.get("/healthz").send().await.status.as_u16(), 503);
}
