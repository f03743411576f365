//! Days that are not like others of their weekday.

use amparo_protocol::settings::LineSettings;
use amparo_ui::texts::t;
use leptos::prelude::*;

use super::Editor;
use super::hours::CHANNELS;
use crate::screens::fields::{Rows, SelectField, TickField, TypedField, language_options, words};
use crate::screens::saving::SaveForm;
use crate::settings::calendar::{HolidayDraft, HolidaysDraft};

const HOLIDAYS_MAX: usize = 200;

#[component]
pub fn HolidaysPage(editor: Editor) -> impl IntoView {
    let draft = HolidaysDraft::of(&editor.settings().holidays);
    let save = Callback::new(move |()| {
        editor.save(draft.read().map(|holidays| LineSettings { holidays, ..editor.settings() }));
    });
    view! {
        <p class="am-page__words">{t("holidays.explanation")}</p>
        <SaveForm saving=editor.saving on_save=save>
            <Rows rows=draft.rows label="holidays.day" add="holidays.add" name="add-holiday" max=HOLIDAYS_MAX fresh=HolidayDraft::fresh draw=holiday/>
        </SaveForm>
    }
}

fn holiday(day: HolidayDraft) -> AnyView {
    let channels = CHANNELS.map(|(channel, key)| (Some(channel), words(key)));
    let channels = std::iter::once((None, words("choice.every-channel"))).chain(channels).collect();
    let times = move || {
        day.is_open.get().then(|| {
            view! {
                <div class="am-pair">
                    <TypedField label="hours.from" name="holiday-from" field=day.from kind="time"/>
                    <TypedField label="hours.to" name="holiday-to" field=day.to kind="time"/>
                </div>
            }
        })
    };
    view! {
        <div class="am-pair">
            <TypedField label="holidays.day" name="holiday-date" field=day.date kind="date"/>
            <SelectField label="choice.channel" name="holiday-channel" value=day.channel options=channels/>
            <SelectField label="choice.language" name="holiday-language" value=day.language options=language_options()/>
        </div>
        <TickField label="holidays.open" name="holiday-open" value=day.is_open/>
        {times}
    }
    .into_any()
}
