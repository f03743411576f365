//! The counts: numbers under five stay in the relay, and what is shown is the same in the plots, in the table beneath and
//! in the file, on the screen and on paper (requirement 73). When what is counted is `server/tests/relay/counts.rs`.

use std::fs;

use amparo_tests::counselor::Counselor;
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;
use serde_json::json;
use sqlx::SqlitePool;

const HEAD: &str = "day,language,channel,what,total\r\n";
const PLOT_DAYS: i64 = 31;
/// For three plots and 220 rows; nobody can read more than 60 on one.
const SHEETS_MIN: u64 = 5;

/// Of every plot: the heading, and of each bar the number beside it and the width of its drawing.
const READ_PLOTS: &str = "return [...document.querySelectorAll('[data-test=plot]')].map(plot => {
  const numbers = [...plot.querySelectorAll('.am-plot__number')].map(number => Number(number.textContent));
  const widths = [...plot.querySelectorAll('rect')].map(bar => Number(bar.getAttribute('width')));
  return [plot.closest('section').querySelector('h2').textContent, numbers, widths];
});";

const READ_TABLE: &str = "return [...document.querySelectorAll('[data-test=count]')].map(row => {
  const cells = [...row.cells].map(cell => cell.textContent);
  return `${cells[0]},${cells[1]},${cells[4]}`;
});";

/// What stays of the page when it is printed: what is beside it, whether anything is cut off, and the colour of a bar.
const READ_PAPER: &str = "const shown = (name) => document.querySelector(name).getClientRects().length > 0;
const cut = ['.am-app', '.am-desk', '.am-page'].filter(name => {
  const box = document.querySelector(name);
  return box.scrollHeight > box.clientHeight + 1 && getComputedStyle(box).overflowY !== 'visible';
});
return [shown('.am-desk__top'), shown('.am-bar'), cut, getComputedStyle(document.querySelector('.am-plot__fill')).fill];";

async fn comes_anew(world: &World, visitor: &Visitor) {
    visitor.browser.goto(&world.host.origin()).await;
    visitor.opens_the_chat().await;
    visitor.enters().await;
}

async fn goes(visitor: &Visitor) {
    visitor.frame().press("end").await;
    visitor.frame().sees_screen(&["ended"]).await;
}

/// The relay counts beside its work, so a number may come a moment later.
async fn counts_are(ana: &Counselor, expected: &[(&str, u64)]) {
    until("the relay shows the counts", PATIENCE, async || {
        let read =
            "return (async () => (await (await fetch('/api/counts')).json()).map(row => [row.what, row.total]))()";
        let shown = ana.desk().script(read, vec![]).await?;
        if shown == json!(expected) { Ok(()) } else { Err(shown.to_string()) }
    })
    .await;
}

/// Presses the link and reads the file that the browser keeps.
async fn file(ana: &Counselor) -> String {
    let folder = ana.browser.driver.profile.path().join("saved");
    let into = json!({ "behavior": "allow", "downloadPath": folder });
    ana.browser.devtools("Page.setDownloadBehavior", into).await;
    ana.desk().press("counts-file").await;
    until("the file is saved", PATIENCE, async || {
        fs::read_to_string(folder.join("counts.csv")).map_err(|error| error.to_string())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_shown_from_five_on() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.changes_desk("desk.cool_down_mins = 0;").await;
    ana.is_available().await;
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    for number in 1..=5 {
        comes_anew(&world, &visitor).await;
        ana.accepts().await;
        visitor.is_talking().await;
        if number == 5 {
            // Four of everything are nothing yet; only who comes in and who is answered makes five.
            counts_are(&ana, &[("answered", 5), ("entered", 5), ("offered", 5)]).await;
        } else {
            counts_are(&ana, &[]).await;
        }
        goes(&visitor).await;
    }
    // Ended once by Ana: one is not shown.
    comes_anew(&world, &visitor).await;
    ana.accepts().await;
    visitor.is_talking().await;
    ana.ends().await;
    visitor.frame().sees_screen(&["ended"]).await;
    ana.takes_a_break().await;
    for _ in 0..5 {
        comes_anew(&world, &visitor).await;
        goes(&visitor).await;
    }
    let expected = [("answered", 6), ("ended-visitor", 5), ("entered", 11), ("gave-up", 5), ("offered", 6)];
    counts_are(&ana, &expected).await;
    ana.opens_page("counts").await;
    let plots = ana.desk().script(READ_PLOTS, vec![]).await.expect("the page answers");
    let shown = json!([
        ["Answered", [6], [100]],
        ["Left before an answer", [5], [100]],
        ["How conversations ended", [5], [100]],
    ]);
    assert_eq!(plots, shown);
    let saved = file(&ana).await;
    let rows: Vec<&str> = saved.strip_prefix(HEAD).expect("the columns have names").lines().collect();
    let day = rows[0].split(',').next().unwrap_or_default();
    let expected: Vec<String> = expected.iter().map(|(what, total)| format!("{day},en,web,{what},{total}")).collect();
    assert_eq!(rows, expected);
}

/// What a day so long ago has left: language, what, how often.
fn done(ago: i64) -> [(&'static str, &'static str, i64); 7] {
    [
        ("es", "answered", 5 + ago * 7 % 23),
        ("ar", "answered", if ago % 2 == 0 { 8 } else { 4 }),
        ("es", "gave-up", 5 + ago % 3),
        ("es", "ended-visitor", 9),
        ("es", "ended-counselor", 6),
        ("es", "ended-idle", 5),
        ("es", "ended-abuse", 1),
    ]
}

fn shown(ago: i64, wanted: &str) -> i64 {
    let rows = done(ago).into_iter().filter(|(_, what, total)| *what == wanted && *total >= 5);
    rows.map(|(_, _, total)| total).sum()
}

/// Forty days of work, written where the relay writes its own.
async fn worked_for_weeks(world: &World) {
    let database = world.relay.data().join("amparo.db");
    let pool = SqlitePool::connect(&format!("sqlite:{}", database.display())).await.expect("a database lies there");
    let mut written = pool.begin().await.expect("the relay lets others write");
    let count =
        "insert into counter (day, language, channel, reason, total) values (unixepoch() / 86400 - ?, ?, 'web', ?, ?)";
    for ago in 0..40 {
        for (language, what, total) in done(ago) {
            let row = sqlx::query(count).bind(ago).bind(language).bind(what).bind(total);
            row.execute(&mut *written).await.expect("the table is there");
        }
    }
    written.commit().await.expect("the relay lets others write");
    pool.close().await;
}

fn bars(numbers: &[i64]) -> [Vec<i64>; 2] {
    let most = numbers.iter().copied().max().unwrap_or(1);
    [numbers.to_vec(), numbers.iter().map(|number| (number * 100 + most - 1) / most).collect()]
}

/// A picture for people to judge, and nothing that axe objects to.
async fn is_looked_at(ana: &Counselor, how: &str) {
    ana.browser.keeps_screen(&format!("console-counts-figures-{how}")).await;
    let found = ana.desk().axe_findings().await;
    assert!(found.is_empty(), "{how}: {found:#?}");
}

async fn looks_as(ana: &Counselor, media: &str, scheme: &str) {
    let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
    ana.browser.devtools("Emulation.setEmulatedMedia", json!({ "media": media, "features": features })).await;
}

/// How many the browser's own printing takes.
async fn sheets(ana: &Counselor) -> u64 {
    let printed = ana.browser.devtools("Page.printToPDF", json!({})).await;
    let count = r"return atob(arguments[0]).match(/\/Type\s*\/Page\b/g).length";
    let count = ana.desk().script(count, vec![printed["data"].clone()]).await.expect("the page answers");
    count.as_u64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn plots_table_and_file_say_the_same_on_every_screen_and_on_paper() {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    worked_for_weeks(&world).await;
    ana.opens_page("counts").await;
    ana.desk().find("plot").await;

    let newest: Vec<i64> = (0..PLOT_DAYS).rev().collect();
    let of = |what: &str| bars(&newest.iter().map(|ago| shown(*ago, what)).collect::<Vec<_>>());
    let [answered, answered_widths] = of("answered");
    let [gave_up, gave_up_widths] = of("gave-up");
    let [ended, ended_widths] = bars(&[40 * 9, 40 * 6, 40 * 5]);
    let expected = json!([
        ["Answered", answered, answered_widths],
        ["Left before an answer", gave_up, gave_up_widths],
        ["How conversations ended", ended, ended_widths],
    ]);
    assert_eq!(ana.desk().script(READ_PLOTS, vec![]).await.expect("the page answers"), expected);

    looks_as(&ana, "", "light").await;
    is_looked_at(&ana, "light").await;
    looks_as(&ana, "", "dark").await;
    is_looked_at(&ana, "dark").await;

    ana.desk().press("counts-table").await;
    let saved = file(&ana).await;
    let rows = saved.strip_prefix(HEAD).expect("the columns have names");
    let told = |row: &str| {
        let cells: Vec<&str> = row.split(',').collect();
        format!("{},{},{}", cells[0], cells[1], cells[4])
    };
    let newest_first: Vec<String> = rows.lines().rev().map(told).collect();
    assert_eq!(newest_first.len(), 40 * 5 + 20, "all but those under five");
    assert_eq!(ana.desk().script(READ_TABLE, vec![]).await.expect("the page answers"), json!(newest_first));

    looks_as(&ana, "print", "light").await;
    let paper = ana.desk().script(READ_PAPER, vec![]).await.expect("the page answers");
    assert_eq!(paper, json!([false, false, [], "rgb(0, 0, 0)"]), "no bars of buttons, nothing cut off, black");
    is_looked_at(&ana, "print").await;
    assert!(sheets(&ana).await >= SHEETS_MIN, "the table goes on from sheet to sheet");

    looks_as(&ana, "", "light").await;
    let arabic = "const choice = document.querySelector('[data-test=language]');
        choice.value = 'ar';
        choice.dispatchEvent(new Event('change', { bubbles: true }));";
    ana.desk().script(arabic, vec![]).await.expect("the page has the choice");
    until("the page is in Arabic", PATIENCE, async || {
        let direction = ana.desk().script("return document.documentElement.dir", vec![]).await?;
        if direction == "rtl" { Ok(()) } else { Err(direction.to_string()) }
    })
    .await;
    let plots = ana.desk().script(READ_PLOTS, vec![]).await.expect("the page answers");
    assert_eq!(plots[0][1], expected[0][1], "the same numbers");
    assert_ne!(plots[0][0], expected[0][0], "in other words");
    is_looked_at(&ana, "ar").await;
    let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true });
    ana.browser.devtools("Emulation.setDeviceMetricsOverride", phone).await;
    assert_eq!(ana.desk().beyond_the_edge().await, "");
    is_looked_at(&ana, "ar-390").await;
}
