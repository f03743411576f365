//! What the store promises to the rest of the relay, the same on both databases.

use amparo_protocol::id::{Hash, RosterMemberId};
use amparo_server::clock::Time;
use amparo_server::store::keys::TicketKey;
use amparo_server::store::organisation::Organisation;
use amparo_server::store::{Database, Store, StoreError};
use rstest::rstest;
use sqlx::Connection;
use zeroize::Zeroizing;

use crate::support::app::{Db, Postgres, Sqlite, TestApp, hours, new_database};

#[rstest]
#[tokio::test]
async fn ticket_keys_come_newest_first_and_old_ones_are_erased(#[values(Sqlite, Postgres)] db: Db) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&new_database(db, folder.path()).await).await.unwrap();
    let key = |id: &str, made_at: i64| TicketKey {
        id: id.to_owned(),
        secret: Zeroizing::new([7; 32]),
        made_at: Time(made_at),
    };
    store.add_ticket_key(&key("old", 1_000)).await.unwrap();
    store.add_ticket_key(&key("new", i64::MAX)).await.unwrap();
    let keys = store.ticket_keys().await.unwrap();
    assert_eq!((keys[0].id.as_str(), keys.len()), ("new", 2));
    assert_eq!(store.erase_ticket_keys_made_before(Time(1_001)).await.unwrap(), 1);
}

#[rstest]
#[tokio::test]
async fn the_opaque_set_up_is_written_once(#[values(Sqlite, Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let first = app.app.store.opaque_setup().await.unwrap().unwrap();
    app.app.store.add_opaque_setup(b"another", Time(0)).await.unwrap();
    assert_eq!(app.app.store.opaque_setup().await.unwrap().unwrap(), first);
}

#[rstest]
#[tokio::test]
async fn there_is_one_organisation(#[values(Sqlite, Postgres)] db: Db) {
    let (app, organisation, _ana) = TestApp::set_up(db).await;
    let other = Organisation { name: "Other".to_owned(), org_key: amparo_protocol::id::OrgKey([1; 32]) };
    assert!(!app.app.store.add_organisation(&other, Time(0)).await.unwrap());
    assert_eq!(app.app.store.organisation().await.unwrap().unwrap().org_key, organisation.org_key());
}

#[rstest]
#[tokio::test]
async fn a_roster_entry_is_found_from_both_sides(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    let store = &app.app.store;
    let own = store.roster_entry_of(1, ana.member.unwrap()).await.unwrap().unwrap();
    assert_eq!(store.roster_entry(1, own.roster_member).await.unwrap(), Some(own));
    assert_eq!(store.roster_entry(1, RosterMemberId([0; 16])).await.unwrap(), None);
    assert_eq!(store.roster_entry_of(2, ana.member.unwrap()).await.unwrap(), None);
}

#[rstest]
#[tokio::test]
async fn logins_end_by_themselves(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, _ana) = TestApp::set_up(db).await;
    app.advance(hours(12));
    assert_eq!(app.app.store.erase_expired_logins(app.app.clock.now()).await.unwrap(), 1);
    assert!(!app.app.store.erase_login(Hash([0; 32])).await.unwrap());
}

#[rstest]
#[tokio::test]
async fn counters_add_up_per_day_language_channel_and_reason(#[values(Sqlite, Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let store = &app.app.store;
    for (day, reason) in [(1, "ended"), (2, "ended"), (2, "ended"), (2, "missing")] {
        store.count(day, "ar", "web", reason, 1).await.unwrap();
    }
    let counters = store.counters(2).await.unwrap();
    let counters: Vec<(&str, u64)> = counters.iter().map(|counter| (counter.reason.as_str(), counter.total)).collect();
    assert_eq!(counters, [("ended", 2), ("missing", 1)]);
}

#[rstest]
#[tokio::test]
async fn a_database_of_a_newer_version_is_refused(#[values(Sqlite, Postgres)] db: Db) {
    let folder = tempfile::tempdir().unwrap();
    let database = new_database(db, folder.path()).await;
    let url = match &database {
        Database::Postgres(url) => url.clone(),
        _ => format!("sqlite://{}", folder.path().join("amparo.db").display()),
    };
    Store::open(&database).await.unwrap().close().await;
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                 select 9999, 'newer', success, checksum, 0 from _sqlx_migrations where version = 1";
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    assert!(matches!(Store::open(&database).await, Err(StoreError::Newer)));
}

/// The promise that the schema makes: there is no table that a visitor or a message could be in.
#[tokio::test]
async fn there_is_no_table_for_messages_queues_or_visitors() {
    let tables = [
        "counter",
        "invitation",
        "login",
        "member",
        "member_care",
        "opaque_setup",
        "organisation",
        "passkey",
        "roster",
        "roster_entry",
        "setting",
        "setup_token",
        "site",
        "ticket_key",
        "trail",
    ];
    let app = TestApp::start(Sqlite).await;
    let url = format!("sqlite://{}", app.data().join("amparo.db").display());
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    let rows = sqlx::query(
        "select name from sqlite_master where type = 'table' and name not like '\\_%' escape '\\' order by name",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let found: Vec<String> = rows.iter().map(|row| sqlx::Row::get(row, 0)).collect();
    assert_eq!(found, tables);
}
