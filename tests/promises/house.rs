//! The organisation outlives every lost password: paper words, a second administrator, a link that resets (requirements 78
//! and 92), and roles that only an administrator's own signature gives.

use amparo_tests::counselor::Counselor;
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;
use serde_json::Value;

const READ_WORDS: &str = "return [...document.querySelectorAll('[data-test=setup-words] li')].map(word => word.textContent.trim()).join(' ')";
const NAMES: &str = "return [...document.querySelectorAll('[data-test=member] td:nth-child(2)')].map(name => name.textContent).join(' ')";

fn wide() -> Settings {
    Settings { width: 1280, height: 900, ..Settings::of(Engine::Chromium) }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_words_on_paper_a_new_administrator_comes_in_and_everybody_stays() {
    let world = World::start().await;
    let mut words = String::new();
    let ana = Counselor::sets_up_looking(&world, "Ana", wide(), async |browser, page| {
        if page == "setup-key" {
            words = browser.page().read(READ_WORDS).await;
        }
    })
    .await;
    assert_eq!(words.split(' ').count(), 24);
    let omar = Counselor::accepts_invitation(&ana.invites().await, "Omar", wide()).await;
    ana.approves().await;
    omar.desk().find_within("presence", 2 * PATIENCE).await;

    let link = world.relay.setup_link_again();
    let thief = amparo_tests::browser::Browser::start("thief", wide()).await;
    thief.goto(&link).await;
    thief.page().sees_screen(&["setup-words"]).await;
    let findings = thief.page().axe_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    thief.keeps_screen("console-setup-words-en-1280").await;
    for wrong in ["", &words.replacen(' ', " zebra ", 1), &"abandon ".repeat(23)] {
        thief.page().write("setup-paper-words", wrong).await;
        thief.page().press("setup-next").await;
        until("the words are refused", PATIENCE, async || match thief.page().text("problem").await {
            words if words.is_empty() => Err("nothing is said".to_owned()),
            _ => Ok(()),
        })
        .await;
        thief.page().sees_screen(&["setup-words"]).await;
    }

    // As people copy from paper: capitals, and a comma here and there.
    let sloppy = words.to_uppercase().replacen(' ', ", ", 3);
    let rosa = Counselor::sets_up_again(&link, &sloppy, "Rosa", wide()).await;
    rosa.opens_page("members").await;
    let names = rosa.desk().read(NAMES).await;
    assert!(["Ana", "Omar", "Rosa"].iter().all(|name| names.contains(name)), "{names}");
    // Omar's keys are in the new list: he goes on.
    rosa.desk().sees_no("approve").await;
    omar.is_available().await;
    // She holds the organisation's key: she can invite and sign somebody in.
    let lina = Counselor::accepts_invitation(&rosa.invites().await, "Lina", wide()).await;
    rosa.approves().await;
    lina.desk().find_within("presence", 2 * PATIENCE).await;
    // The address works once.
    thief.goto("about:blank").await;
    thief.goto(&link).await;
    thief.page().sees_screen(&["stopped"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_invites_another_who_signs_and_changes_roles() {
    let (_world, ana) = World::with_ana(wide()).await;
    ana.opens_page("members").await;
    ana.desk().press("invite-administrator").await;
    ana.desk().press("invite").await;
    let rosa = Counselor::accepts_invitation(&ana.desk().text("invite-link").await, "Rosa", wide()).await;
    assert!(!rosa.desk().is_shown("members").await, "nothing before the approval");
    ana.approves().await;
    rosa.desk().find_within("members", 2 * PATIENCE).await;

    let omar = Counselor::accepts_invitation(&rosa.invites().await, "Omar", wide()).await;
    rosa.approves().await;
    omar.desk().find_within("presence", 2 * PATIENCE).await;
    assert!(!omar.desk().is_shown("board").await, "a counselor sees no board");

    press_in_row_of(&rosa, "Omar", "[data-test=member-change] summary").await;
    press_in_row_of(&rosa, "Omar", "[data-test=member-supervisor]").await;
    press_in_row_of(&rosa, "Omar", "[data-test=speaks-it]").await;
    let findings = rosa.desk().axe_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    rosa.browser.keeps_screen("console-member-change-en-1280").await;
    press_in_row_of(&rosa, "Omar", "[data-test=member-save]").await;
    omar.desk().find_within("board", 2 * PATIENCE).await;
    let me =
        "return (async () => { const me = await (await fetch('/api/me')).json(); return [me.roles, me.languages]; })()";
    let me = omar.desk().script(me, vec![]).await.expect("the relay answers");
    assert_eq!(me[0], 3, "counselor and supervisor");
    assert!(me[1].as_array().is_some_and(|languages| languages.contains(&Value::from("it"))), "{me}");
    omar.is_available().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_password_and_phone_comes_back_as_the_same_member() {
    let (_world, ana) = World::with_ana(wide()).await;
    let omar = Counselor::accepts_invitation(&ana.invites().await, "Omar", wide()).await;
    ana.approves().await;
    omar.desk().find_within("presence", 2 * PATIENCE).await;
    let member = own_id(&omar).await;

    ana.desk().press("reset-member").await;
    assert!(ana.desk().text("reset-member").await.contains("Press once more"));
    ana.desk().press("reset-member").await;
    let link = ana.desk().text("reset-link").await;
    let findings = ana.desk().axe_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    ana.browser.keeps_screen("console-reset-link-en-1280").await;
    assert!(omar.desk().is_shown("presence").await, "the link alone ends nothing");

    let renewed = Counselor::accepts_invitation(&link, "Omar", wide()).await;
    omar.desk().sees_screen(&["sign-in"]).await;
    renewed.desk().sees_screen(&["approval"]).await;
    assert_eq!(own_id(&renewed).await, member);
    ana.approves().await;
    renewed.desk().find_within("presence", 2 * PATIENCE).await;
    renewed.is_available().await;
    renewed.desk().press("sign-out").await;
    // With the new authenticator; the next half minute's digits.
    let given = renewed.code();
    until("the next digits are shown", 3 * PATIENCE, async || match renewed.code() {
        same if same == given => Err(same),
        _ => Ok(()),
    })
    .await;
    renewed.signs_in().await;
}

async fn own_id(counselor: &Counselor) -> Value {
    let ask = "return (async () => (await (await fetch('/api/me')).json()).member)()";
    counselor.desk().script(ask, vec![]).await.expect("the relay answers")
}

/// Presses what is found in the row of this member.
async fn press_in_row_of(administrator: &Counselor, name: &str, selector: &str) {
    let press = "const row = [...document.querySelectorAll('[data-test=member]')]
          .find(row => row.querySelector('td:nth-child(2)').textContent === arguments[0]);
        const found = row?.querySelector(arguments[1]);
        found?.click();
        return Boolean(found);";
    until(&format!("{selector} in the row of {name}"), PATIENCE, async || {
        let arguments = vec![Value::from(name), Value::from(selector)];
        match administrator.desk().script(press, arguments).await? {
            Value::Bool(true) => Ok(()),
            _ => Err("it is not there".to_owned()),
        }
    })
    .await;
}

/// The authenticator's secret is scanned and the recovery code written down before somebody sees that a name is misspelt.
#[tokio::test(flavor = "multi_thread")]
async fn going_back_keeps_what_is_in_the_app_and_on_paper() {
    let (_world, ana) = World::with_ana(wide()).await;
    let link = ana.invites().await;
    let omar = amparo_tests::browser::Browser::start("Omar", wide()).await;
    omar.goto(&link).await;
    let page = omar.page();
    page.sees_screen(&["invitation-sign-in"]).await;
    page.write("invitation-sign-in-name", "Omar").await;
    let chooses = async |password: &str| {
        page.write("invitation-password", password).await;
        page.write("invitation-password-again", password).await;
        page.press("invitation-next").await;
        page.sees_screen(&["invitation-badge"]).await;
    };
    let goes_on = async || {
        page.press("invitation-next").await;
        page.sees_screen(&["invitation-second-step"]).await;
        (page.text("invitation-totp-secret").await, page.text("invitation-recovery-code").await)
    };
    let goes_back = async |to: &str| {
        page.press("back").await;
        page.sees_screen(&[to]).await;
    };
    chooses("seven quiet lanterns over water").await;
    page.write("invitation-pseudonym", "Omra").await;
    let first = goes_on().await;
    goes_back("invitation-badge").await;
    page.write("invitation-pseudonym", "Omar").await;
    assert_eq!(goes_on().await, first);

    goes_back("invitation-badge").await;
    goes_back("invitation-sign-in").await;
    chooses("nine slow boats at anchor").await;
    let second = goes_on().await;
    assert!(second.0 != first.0 && second.1 != first.1, "another password has secrets of its own");
}
