//! Pages of one subject, one of them open.

use amparo_ui::texts::t;
use leptos::prelude::*;

/// A page: what it is, the key of its name, its hook for tests.
pub type Tab<T> = (T, &'static str, &'static str);

#[component]
pub fn Tabs<T>(label: &'static str, open: RwSignal<T>, tabs: Vec<Tab<T>>) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let buttons = tabs.into_iter().map(|(tab, key, name)| {
        view! {
            <button
                type="button"
                class="am-tabs__tab"
                data-test=name
                aria-current=move || (open.get() == tab).then_some("page")
                on:click=move |_| open.set(tab)
            >
                {t(key)}
            </button>
        }
    });
    view! { <nav class="am-tabs" aria-label=t(label)>{buttons.collect_view()}</nav> }
}
