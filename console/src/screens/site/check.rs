//! "Check this site": what the relay finds on the pages of the site's addresses, sentence by sentence.

use amparo_protocol::finding::{Finding, PageCheck, Unreached};
use amparo_protocol::id::SiteKey;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;

#[component]
pub fn CheckSite(key: SiteKey, name: String) -> impl IntoView {
    let texts = Texts::here();
    let found = RwSignal::new(None::<Vec<PageCheck>>);
    let problem = RwSignal::new(None::<&'static str>);
    let busy = RwSignal::new(false);
    let check = move |_| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match api::check_site(key).await {
                Ok(pages) => drop(found.try_set(Some(pages))),
                Err(failure) => drop(problem.try_set(Some(failure.key()))),
            }
            busy.try_set(false);
        });
    };
    let label = move || texts.fill("check.start-name", &[("name", &name)]);
    let pages = move || found.get().map(|pages| view! { <Pages pages/> });
    view! {
        <div class="am-check" data-test="site-check">
            <button type="button" class="am-button" data-test="check-site" disabled=busy aria-label=label on:click=check>{t("check.start")}</button>
            <p class="am-field__hint">{t("check.hint")}</p>
            <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
            <div role="status">{move || busy.get().then(|| view! { <p>{t("check.looking")}</p> })}{pages}</div>
        </div>
    }
}

#[component]
fn Pages(pages: Vec<PageCheck>) -> impl IntoView {
    if pages.is_empty() {
        return view! { <p class="am-notice" data-test="check-nothing">{t("check.no-address")}</p> }.into_any();
    }
    pages.into_iter().map(|page| view! { <Page page/> }).collect_view().into_any()
}

/// What wants attention first.
#[component]
fn Page(page: PageCheck) -> impl IntoView {
    let texts = Texts::here();
    let (good, bad): (Vec<Finding>, Vec<Finding>) = page.findings.into_iter().partition(Finding::is_good);
    let one = move |finding: Finding| {
        let is_good = finding.is_good();
        let mark = if is_good { "check.good" } else { "check.look" };
        view! {
            <li class="am-check__finding" class:am-check__finding--look=!is_good data-test="finding" data-good=is_good.to_string()>
                <strong>{t(mark)}</strong> " " {move || words(texts, &finding)}
            </li>
        }
    };
    view! {
        <h3 class="am-field__label"><bdi dir="ltr">{page.address}</bdi></h3>
        <ul class="am-check__findings">{bad.into_iter().chain(good).map(one).collect_view()}</ul>
    }
}

fn words(texts: Texts, finding: &Finding) -> String {
    let key = match finding {
        Finding::Unreached { why } => return texts.get(unreached(*why)),
        Finding::Answers { status } => return texts.fill("finding.answers", &[("status", &status.to_string())]),
        Finding::TagAgain { count } => return texts.fill("finding.tag-again", &[("count", &count.to_string())]),
        Finding::OtherSource { source } => return texts.fill("finding.other-source", &[("source", source)]),
        Finding::Optimised { by } => return texts.fill("finding.optimised", &[("name", by.name())]),
        Finding::Https => "finding.https",
        Finding::NotHttps => "finding.not-https",
        Finding::TagMissing => "finding.tag-missing",
        Finding::KnownSite => "finding.known-site",
        Finding::UnknownSite => "finding.unknown-site",
        Finding::OtherSite => "finding.other-site",
        Finding::OriginAllowed => "finding.origin-allowed",
        Finding::OriginNotAllowed => "finding.origin-not-allowed",
        Finding::OwnOrgKey => "finding.own-org-key",
        Finding::OtherOrgKey => "finding.other-org-key",
        Finding::NoOrgKey => "finding.no-org-key",
        Finding::ServedByWebsite => "finding.served-by-website",
        Finding::NotPinned => "finding.not-pinned",
        Finding::Pinned => "finding.pinned",
        Finding::PinnedWrongly => "finding.pinned-wrongly",
        Finding::ReferrerSilent => "finding.referrer-silent",
        Finding::ReferrerSent => "finding.referrer-sent",
        Finding::NotAsync => "finding.not-async",
        Finding::PolicyLets => "finding.policy-lets",
        Finding::PolicyForbids => "finding.policy-forbids",
    };
    texts.get(key)
}

fn unreached(why: Unreached) -> &'static str {
    match why {
        Unreached::NoAddress => "unreached.no-address",
        Unreached::NoAnswer => "unreached.no-answer",
        Unreached::NotPublic => "unreached.not-public",
        Unreached::Certificate => "unreached.certificate",
        Unreached::TooSlow => "unreached.too-slow",
        Unreached::NoHttp => "unreached.no-http",
        Unreached::TooLarge => "unreached.too-large",
        Unreached::RedirectsNowhere => "unreached.redirects-nowhere",
        Unreached::RedirectsAgain => "unreached.redirects-again",
        Unreached::RedirectsElsewhere => "unreached.redirects-elsewhere",
    }
}
