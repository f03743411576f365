//! The desk: people and line, conversation, what helps. Three parts on a wide screen, one at a time on a phone.

use amparo_client::view::Connection;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::desk::Desk;
use crate::desk::place::Part;
use crate::duty::hours_and_minutes;
use crate::entry;
use crate::idle::Idle;
use crate::screens::being_heard::Trial;
use crate::screens::board::BoardPage;
use crate::screens::conversation::Conversations;
use crate::screens::counts::CountsPage;
use crate::screens::help::Help;
use crate::screens::icon::{Icon, Sign};
use crate::screens::line::LinePages;
use crate::screens::lock::LockScreen;
use crate::screens::members::Members;
use crate::screens::offer::{OfferGoneNotice, OfferPanel};
use crate::screens::passkeys::PasskeysPage;
use crate::screens::people::People;
use crate::screens::practice::PracticePage;
use crate::screens::presence::{LeftAlone, PresenceSwitch};
use crate::screens::shell::{Brand, LanguageChoice};
use crate::screens::site::Sites;
use crate::screens::still_there::StillThere;
use crate::screens::together::{Calls, RequestPanel};

#[component]
pub fn DeskScreen() -> impl IntoView {
    let desk = Desk::here();
    let screen = move || match desk.part.get() {
        Part::Practice => "practice",
        Part::Passkeys => "passkeys",
        Part::House => "house",
        Part::Board => "board",
        Part::Counts => "counts",
        Part::Line => "line",
        Part::Members => "members",
        Part::Sites => "sites",
        _ => "desk",
    };
    let is_locked = Memo::new(move |_| desk.is_locked());
    let is_covered = move || desk.is_wanted() || is_locked.get() || desk.idle.with(Idle::is_asking);
    // A locked screen holds no word of a conversation, not even out of sight.
    let conversations = move || (!is_locked.get()).then(|| view! { <Conversations/> });
    let part = move || match desk.part.get() {
        Part::People => "people",
        Part::Conversation => "conversation",
        Part::Help => "help",
        _ => "house",
    };
    let house = move || match desk.part.get() {
        Part::People | Part::Conversation | Part::Help => None,
        Part::Practice => Some(view! { <PracticePage/> }.into_any()),
        Part::Passkeys => Some(view! { <PasskeysPage/> }.into_any()),
        Part::House => Some(view! { <House/> }.into_any()),
        Part::Board => Some(view! { <BoardPage/> }.into_any()),
        Part::Counts => Some(view! { <CountsPage/> }.into_any()),
        Part::Line => Some(view! { <LinePages/> }.into_any()),
        Part::Members => Some(view! { <Members/> }.into_any()),
        Part::Sites => Some(view! { <Sites/> }.into_any()),
    };
    view! {
        <div class="am-desk" data-test="screen" data-screen=screen data-part=part inert=is_covered hidden=is_locked>
            <Top/>
            <PartsBar/>
            <OfferGoneNotice/>
            <LeftAlone/>
            <Calls/>
            <main class="am-desk__parts" hidden=move || desk.part.get().is_house()>
                <h1 class="am-unseen">{t("desk.heading")}</h1>
                <People/>
                <section class="am-part am-part--conversation" tabindex="0" aria-label=t("desk.conversation")>
                    {conversations}
                </section>
                <Help/>
            </main>
            {house}
        </div>
        <LockScreen/>
        <OfferPanel/>
        <RequestPanel/>
        <Trial/>
        <StillThere/>
    }
}

/// Always there: who I am, whether I am available, how long, and whether the relay hears me.
#[component]
fn Top() -> impl IntoView {
    let desk = Desk::here();
    let pseudonym = move || desk.me.with(|me| me.as_ref().map(|me| me.pseudonym.clone()));
    view! {
        <header class="am-desk__top">
            <Brand/>
            {move || desk.is_counselor().then(|| view! { <PresenceSwitch/> <OnDuty/> <ConnectionWords/> })}
            <div class="am-desk__self">
                <p class="am-desk__name"><bdi data-test="pseudonym">{pseudonym}</bdi></p>
                <LanguageChoice/>
                <button type="button" class="am-button am-button--plain" data-test="lock-now" on:click=move |_| desk.lock()>{t("lock.now")}</button>
                <SignOut/>
            </div>
        </header>
    }
}

/// Asks once more while somebody would be left alone by it.
#[component]
fn SignOut() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let asking = RwSignal::new(false);
    let press = move |_| {
        if desk.has_conversations() && !asking.get_untracked() {
            asking.set(true);
        } else {
            spawn_local(async move {
                entry::sign_out(desk).await;
            });
        }
    };
    let words = move || texts.get(if asking.get() { "desk.sign-out-really" } else { "desk.sign-out" });
    view! {
        <button
            type="button"
            class="am-button am-button--plain"
            data-test="sign-out"
            on:click=press
            on:blur=move |_| asking.set(false)
        >
            {words}
        </button>
    }
}

#[component]
fn OnDuty() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let time = Memo::new(move |_| hours_and_minutes(desk.duty.with(|duty| duty.total_ms(desk.now_ms.get()))));
    view! { <p class="am-desk__duty" data-test="on-duty">{move || texts.fill("desk.on-duty", &[("time", &time.get())])}</p> }
}

#[component]
fn ConnectionWords() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let connection =
        Memo::new(move |_| desk.view.with(|view| view.as_ref().map_or(Connection::Connecting, |view| view.connection)));
    let state = move || match connection.get() {
        Connection::Connecting => "connecting",
        Connection::Open => "open",
        Connection::Lost | Connection::Refused(_) => "lost",
    };
    let words = move || {
        texts.get(match state() {
            "connecting" => "connection.connecting",
            "open" => "connection.open",
            _ => "connection.lost",
        })
    };
    view! { <p class="am-connection" role="status" data-test="connection" data-state=state>{words}</p> }
}

/// Along the bottom on a phone, beneath the top on a wide screen.
#[component]
fn PartsBar() -> impl IntoView {
    let desk = Desk::here();
    view! {
        <nav class="am-bar" aria-label=t("desk.parts")>
            <PartButton part=Part::People sign=Sign::People key="desk.people" name="to-people"/>
            <PartButton part=Part::Conversation sign=Sign::Conversation key="desk.conversation" name="to-conversation"/>
            <PartButton part=Part::Help sign=Sign::Help key="desk.help" name="to-help"/>
            {move || desk.is_supervisor().then(|| view! {
                <PartButton part=Part::House sign=Sign::House key="desk.house" name="house"/>
                <HouseButtons/>
            })}
        </nav>
    }
}

/// The pages of those who run the line, and of those who run the house.
#[component]
fn HouseButtons() -> impl IntoView {
    let desk = Desk::here();
    view! {
        <PartButton part=Part::Board sign=Sign::Board key="desk.board" name="board"/>
        <PartButton part=Part::Counts sign=Sign::Counts key="desk.counts" name="counts"/>
        <PartButton part=Part::Line sign=Sign::Line key="desk.line" name="line"/>
        {move || desk.is_administrator().then(|| view! {
            <PartButton part=Part::Members sign=Sign::Members key="desk.members" name="members"/>
            <PartButton part=Part::Sites sign=Sign::Sites key="desk.sites" name="sites"/>
        })}
    }
}

/// On a phone the bar has no room for all of them.
#[component]
fn House() -> impl IntoView {
    view! {
        <main class="am-page" data-test="house-page">
            <h1 class="am-heading">{t("desk.house")}</h1>
            <nav class="am-house" aria-label=t("desk.house")><HouseButtons/></nav>
        </main>
    }
}

#[component]
fn PartButton(part: Part, sign: Sign, key: &'static str, name: &'static str) -> impl IntoView {
    let desk = Desk::here();
    let is_here = move || desk.part.get() == part || part == Part::House && desk.part.get().is_house();
    // On a wide screen the three parts of the desk stand side by side and one button leads to them.
    let wide_words = (part == Part::People).then(|| view! { <span class="am-bar__wide">{t("desk.desk")}</span> });
    let narrow_class = if part == Part::People { "am-bar__narrow" } else { "" };
    let class = match part {
        Part::Conversation | Part::Help | Part::House => "am-bar__button am-bar__narrow",
        Part::People => "am-bar__button",
        _ => "am-bar__button am-bar__house",
    };
    let is_desk_in_front = move || part == Part::People && !desk.part.get().is_house();
    let has_unread = move || part == Part::Conversation && desk.unread_total() > 0;
    view! {
        <button
            type="button"
            class=class
            class:am-bar__button--desk=is_desk_in_front
            data-test=name
            aria-current=move || is_here().then_some("true")
            on:click=move |_| desk.go_to(part)
        >
            <Icon sign/>
            {wide_words}
            <span class=narrow_class>{t(key)}</span>
            {move || has_unread().then(|| view! { <span class="am-dot"><span class="am-unseen">{t("desk.unread")}</span></span> })}
        </button>
    }
}
