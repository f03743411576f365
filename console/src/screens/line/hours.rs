//! The weekly hours of each channel, with the week as it comes out beside them.

use amparo_protocol::settings::{Channel, LineSettings, Weekday};
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use super::Editor;
use crate::browser;
use crate::screens::fields::{ProblemBeside, Rows, SelectField, TypedField, language_options};
use crate::screens::form::Tick;
use crate::screens::saving::SaveForm;
use crate::settings::week::{SpanDraft, WeekDraft};

const SPANS_MAX: usize = 20;

pub const CHANNELS: [(Channel, &str); 3] =
    [(Channel::Web, "channel.web"), (Channel::Phone, "channel.phone"), (Channel::WhatsApp, "channel.whatsapp")];

pub const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "day.monday"),
    (Weekday::Tuesday, "day.tuesday"),
    (Weekday::Wednesday, "day.wednesday"),
    (Weekday::Thursday, "day.thursday"),
    (Weekday::Friday, "day.friday"),
    (Weekday::Saturday, "day.saturday"),
    (Weekday::Sunday, "day.sunday"),
];

#[component]
pub fn HoursPage(editor: Editor) -> impl IntoView {
    let settings = editor.settings();
    let weeks = CHANNELS.map(|(channel, key)| (channel, key, WeekDraft::of(&settings.hours, channel)));
    let zone = RwSignal::new(settings.time_zone.clone());
    let zones = browser::time_zones(&settings.time_zone).into_iter();
    let zones = zones.map(|name| (name.clone(), Signal::stored(name))).collect::<Vec<_>>();
    let save = Callback::new(move |()| {
        // Each is read, so that all problems show at once.
        let read = weeks.map(|(channel, _, week)| week.read(channel));
        let hours = read.into_iter().collect::<Option<Vec<_>>>().map(|weeks| weeks.concat());
        let time_zone = zone.get_untracked();
        editor.save(hours.map(|hours| LineSettings { hours, time_zone, ..editor.settings() }));
    });
    let channels = weeks.map(|(_, key, week)| view! { <ChannelWeek key week/> });
    view! {
        <p class="am-page__words">{t("hours.explanation")}</p>
        <SaveForm saving=editor.saving on_save=save>
            <SelectField label="hours.zone" name="time-zone" value=zone options=zones hint="hours.zone-hint"/>
            {channels.into_iter().collect_view()}
        </SaveForm>
    }
}

#[component]
fn ChannelWeek(key: &'static str, week: WeekDraft) -> impl IntoView {
    let is_unset = move || week.rows.with(Vec::is_empty);
    view! {
        <fieldset class="am-choice am-week">
            <legend class="am-subheading">{t(key)}</legend>
            {move || is_unset().then(|| view! { <p class="am-field__hint">{t("hours.unset")}</p> })}
            <Rows rows=week.rows label="hours.span" add="hours.add" name="add-hours" max=SPANS_MAX fresh=SpanDraft::fresh draw=span/>
            {move || (!is_unset()).then(|| view! { <WeekWords week none="hours.closed"/> })}
        </fieldset>
    }
}

#[component]
pub fn Days(span: SpanDraft) -> impl IntoView {
    let ticks = DAYS.map(|(day, key)| {
        let is_ticked = Signal::derive(move || span.days.with(|days| days.contains(&day)));
        let change = Callback::new(move |ticked: bool| {
            span.days.update(|days| {
                days.retain(|known| *known != day);
                if ticked {
                    days.push(day);
                    days.sort();
                }
            });
        });
        view! { <Tick name="span-day" is_ticked on_change=change>{t(key)}</Tick> }
    });
    view! {
        <fieldset class="am-choice">
            <legend class="am-field__label">{t("hours.days")}</legend>
            <div class="am-choice__ticks am-choice__ticks--days">{ticks.into_iter().collect_view()}</div>
            <ProblemBeside problem=span.days_problem/>
        </fieldset>
    }
}

fn span(span: SpanDraft) -> AnyView {
    view! {
        <Days span/>
        <div class="am-pair">
            <TypedField label="hours.from" name="span-from" field=span.from kind="time"/>
            <TypedField label="hours.to" name="span-to" field=span.to kind="time"/>
            <SelectField label="choice.language" name="span-language" value=span.language options=language_options()/>
        </div>
    }
    .into_any()
}

/// What the rows come to, day by day. `none`: what is said of a day without times.
#[component]
pub fn WeekWords(week: WeekDraft, none: &'static str) -> impl IntoView {
    let texts = Texts::here();
    let rows = DAYS.map(|(day, key)| {
        let words = move || {
            let times = week.shown(day);
            if times.is_empty() { texts.get(none) } else { times.join(", ") }
        };
        view! { <dt>{t(key)}</dt><dd><bdi>{words}</bdi></dd> }
    });
    view! { <dl class="am-facts am-week__words" data-test="week">{rows.into_iter().collect_view()}</dl> }
}
