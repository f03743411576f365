//! Roster keys run out with every signing; whoever signs in brings more.

use amparo_protocol::api::{KeysRenewed, roles};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::sealed::Sealed;
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp};
use crate::support::organisation::{KEYS, Organisation, key_batch, key_batch_from};
use crate::support::person::Person;

/// More than the relay asks for.
const MANY: u16 = 100;

async fn refused(person: &Person, app: &TestApp, keys: Sealed) -> ErrorCode {
    person.post(app, "/api/keys", &KeysRenewed { keys }).await.refusal()
}

async fn until_no_key_is_left(app: &TestApp, organisation: &mut Organisation, ana: &Person) {
    while u32::from(KEYS) > ana.members(app).await[0].next_key_index {
        ana.approves_everybody(app, organisation).await;
    }
}

#[rstest]
#[tokio::test]
async fn with_more_keys_the_list_can_be_signed_again(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    until_no_key_is_left(&app, &mut organisation, &ana).await;
    let first = ana.me(&app).await.keys_wanted_from.unwrap();
    assert_eq!(first, u32::from(KEYS));
    let keys = key_batch_from(&ana.account, first, MANY);
    ana.post(&app, "/api/keys", &KeysRenewed { keys: keys.clone() }).await.expect_done();
    assert_eq!(ana.me(&app).await.keys_wanted_from, None, "enough are left");
    assert_eq!(ana.members(&app).await[0].keys, keys);
    ana.approves_everybody(&app, &mut organisation).await;
    assert!(ana.me(&app).await.approved);
}

#[rstest]
#[tokio::test]
async fn nothing_but_more_keys_of_the_same_account_is_taken(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let omar = ana.brings_in(&app, &mut organisation, "omar", roles::COUNSELOR).await;
    let next = ana.me(&app).await.keys_wanted_from.unwrap();
    let former = ana.members(&app).await[0].keys.clone();

    let of_another = key_batch_from(&omar.account, next, MANY);
    let with_a_gap = key_batch_from(&ana.account, next + 1, MANY);
    let used_up = key_batch_from(&ana.account, 0, 1);
    let mut forged = key_batch_from(&ana.account, next, MANY);
    *forged.0.last_mut().unwrap() ^= 1;
    for keys in [of_another, with_a_gap, used_up, forged, key_batch(&ana.account), Sealed(vec![]), Sealed(vec![9; 90])]
    {
        assert_eq!(refused(&ana, &app, keys).await, ErrorCode::Invalid);
    }
    assert_eq!(ana.members(&app).await[0].keys, former);
}

#[rstest]
#[tokio::test]
async fn keys_that_came_while_a_list_was_checked_are_not_lost(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    let store = &app.app.store;
    let read_before = store.member(ana.member.unwrap()).await.unwrap().unwrap();
    let keys = key_batch_from(&ana.account, 1, MANY);
    ana.post(&app, "/api/keys", &KeysRenewed { keys: keys.clone() }).await.expect_done();
    assert!(!store.renew_keys(&read_before, &key_batch_from(&ana.account, 1, 50)).await.unwrap());
    assert_eq!(ana.members(&app).await[0].keys, keys);
}
