//! What a backup holds, what it never holds, and that a relay lives on from it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{MemberId, RosterMemberId};
use amparo_protocol::sealed::Sealed;
use amparo_server::backup::{self, BackupError, Held};
use amparo_server::clock::Time;
use amparo_server::store::copy::{LEFT_OUT, kept};
use amparo_server::store::keys::TicketKey;
use amparo_server::store::roster::{Roster, RosterEntry, Signing};
use amparo_server::store::{Database, Store, StoreError};
use rstest::rstest;
use sqlx::{Connection, Row};
use zeroize::Zeroizing;

use crate::support::app::{Db, Postgres, Sqlite, TestApp, new_database, secs};

async fn taken(app: &TestApp) -> Vec<u8> {
    let mut bytes = Vec::new();
    let store = Store::open_unchanged(&app.app.config.database).await.unwrap();
    backup::write(&store, app.data(), app.app.clock.now(), &mut bytes).await.unwrap();
    store.close().await;
    bytes
}

async fn restored(db: Db, bytes: &[u8]) -> Result<(Database, tempfile::TempDir, Held), BackupError> {
    let data = tempfile::tempdir().unwrap();
    let database = new_database(db, data.path()).await;
    let held = backup::read(&database, data.path(), bytes).await?;
    Ok((database, data, held))
}

#[rstest]
#[case(Sqlite, Sqlite)]
#[case(Postgres, Postgres)]
#[case(Sqlite, Postgres)]
#[tokio::test]
async fn a_restored_relay_knows_everybody_who_signs_in_again(#[case] from: Db, #[case] to: Db) {
    let (app, _, mut ana) = TestApp::set_up(from).await;
    let former = app.data().join("public/0.0.9-aa");
    std::fs::create_dir_all(&former).unwrap();
    std::fs::write(former.join("embed.js"), "former").unwrap();
    let (database, data, _) = restored(to, &taken(&app).await).await.unwrap();

    let again = TestApp::start_on(database, data, None).await;
    assert_eq!(ana.get(&again, "/api/me").await.refusal(), ErrorCode::SignIn, "logins are not in a backup");
    again.advance(secs(60));
    let code = ana.code(&again);
    ana.signs_in(&again, code).await.expect_done();
    assert_eq!(ana.me(&again).await.sign_in_name, "ana");
    assert_eq!(again.site_key().await, app.site_key().await);
    assert_eq!(again.get("/v/0.0.9-aa/embed.js").send().await.text(), "former");
}

#[rstest]
#[tokio::test]
async fn a_backup_never_holds_the_ticket_key_a_login_or_the_set_up_address(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, _ana) = TestApp::set_up(db).await;
    app.setup_token().await;
    let key = TicketKey { id: "KEYNAME".to_owned(), secret: Zeroizing::new([0x5a; 32]), made_at: Time(5) };
    app.app.store.add_ticket_key(&key).await.unwrap();
    let text = String::from_utf8(taken(&app).await).unwrap();
    assert!(text.contains("ana the kind"), "the members are in it");
    for trace in ["KEYNAME", "WlpaWlpa", "ticket_key", "setup_token", "\"login\""] {
        assert!(!text.contains(trace), "{trace}");
    }
}

/// Whoever adds a table or a column decides about the backup too.
#[tokio::test]
async fn every_table_and_column_is_in_the_backup_or_left_out_on_purpose() {
    let app = TestApp::start(Sqlite).await;
    let url = format!("sqlite://{}", app.data().join("amparo.db").display());
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    let rows = sqlx::query(
        "select m.name as its, c.name as name from sqlite_master m join pragma_table_info(m.name) c \
         where m.type = 'table' and m.name not like '\\_%' escape '\\' and m.name not like 'sqlite%'",
    );
    let rows = rows.fetch_all(&mut connection).await.unwrap();
    let found = rows.iter().map(|row| (row.get::<String, _>("its"), row.get::<String, _>("name")));
    let found: BTreeSet<_> = found.filter(|(table, _)| !LEFT_OUT.contains(&table.as_str())).collect();
    let known = kept().flat_map(|table| table.columns.into_iter().map(move |(name, _)| (table.name.clone(), name)));
    assert_eq!(found, known.collect());
}

/// Rosters and their entries are written together, and a backup that saw only one of the two could not be restored.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_shows_one_moment_while_the_relay_writes(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    let keys = app.app.store.member(ana.member.unwrap()).await.unwrap().unwrap().keys;
    let done = std::sync::Arc::new(AtomicBool::new(false));
    let (store, member, stop) = (app.app.store.clone(), ana.member.unwrap(), done.clone());
    let writer = tokio::spawn(async move {
        let mut seq = 2;
        while !stop.load(Ordering::Relaxed) {
            assert!(store.publish(&signing(seq, member, &keys)).await.unwrap());
            seq += 1;
        }
        seq
    });
    let mut rows = Vec::new();
    for _ in 0..8 {
        let (database, _data, held) = restored(Sqlite, &taken(&app).await).await.unwrap();
        rows.push(held.rows);
        let store = Store::open(&database).await.unwrap();
        let newest = store.newest_roster().await.unwrap().unwrap();
        assert!(store.roster_entry_of(newest.seq, member).await.unwrap().is_some(), "roster {}", newest.seq);
        store.close().await;
    }
    done.store(true, Ordering::Relaxed);
    assert!(writer.await.unwrap() > 3, "the relay wrote meanwhile");
    assert!(rows.first() < rows.last(), "{rows:?}");
}

#[tokio::test]
async fn what_is_no_whole_backup_is_refused() {
    let (app, _, _ana) = TestApp::set_up(Sqlite).await;
    let good = String::from_utf8(taken(&app).await).unwrap();
    let second_line = good.lines().nth(1).unwrap();
    let newer_schema = good.replacen("\"schema\":", "\"schema\":9", 1);
    assert!(matches!(restored(Sqlite, newer_schema.as_bytes()).await, Err(BackupError::Store(StoreError::Newer))));
    let newer_format = good.replacen("\"format\":1", "\"format\":2", 1);
    assert!(matches!(restored(Sqlite, newer_format.as_bytes()).await, Err(BackupError::Store(StoreError::Newer))));
    let first = good.lines().next().unwrap();
    let table =
        |name: &str| format!(r#"{first}\n{{"table":{{"name":"{name}","columns":[["id","text"]]}}}}\n{{"row":["x"]}}"#);
    let wrong = [
        String::new(),
        "{}".to_owned(),
        second_line.to_owned(),
        format!("{first}\n{first}"),
        format!("{first}\n{{\"row\":[1]}}"),
        table("ticket_key").replace("\\n", "\n"),
        table("member; drop table member").replace("\\n", "\n"),
        format!("{first}\n{{\"file\":[\"..\",\"amparo.toml\",\"\"]}}"),
        format!("{first}\n{{\"file\":[\"a\",\"../../x\",\"\"]}}"),
        good.replacen("[\"id\",\"text\"]", "[\"id\",\"number\"]", 1),
    ];
    for text in wrong {
        assert!(restored(Sqlite, text.as_bytes()).await.is_err(), "{}", &text[..text.len().min(200)]);
    }
}

#[rstest]
#[tokio::test]
async fn a_database_that_holds_something_is_not_filled(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, _ana) = TestApp::set_up(db).await;
    let bytes = taken(&app).await;
    let refused = backup::read(&app.app.config.database, app.data(), &bytes[..]).await;
    assert!(matches!(refused, Err(BackupError::Store(StoreError::NotNew))));
}

fn roster(seq: u64) -> Roster {
    Roster { seq, roster: Sealed(vec![1; 500]), register: Sealed(vec![2; 500]), published_at: Time(7) }
}

fn signing(seq: u64, member: MemberId, keys: &Sealed) -> Signing {
    let checked_keys = BTreeMap::from([(member, keys.clone())]);
    Signing { roster: roster(seq), entries: entries(seq, member), org_keys: Vec::new(), checked_keys }
}

fn entries(seq: u64, member: MemberId) -> Vec<RosterEntry> {
    let roster_member = RosterMemberId([u8::try_from(seq % 250).unwrap(); 16]);
    vec![RosterEntry { seq, roster_member, member, key_index: 1, badge: Sealed(vec![3; 20]), roles: 7 }]
}
