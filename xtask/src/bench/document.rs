//! The figures of one run as tables.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use crate::stamp;
use crate::test::sizes;

const BEGIN: &str = "<!-- measured -->";
const END: &str = "<!-- /measured -->";

/// One line of the table of ceilings.
struct Figure {
    what: &'static str,
    most: f64,
    measured: f64,
    unit: &'static str,
}

pub fn put_figures(document: &Path, measured: &Value) -> Result<(), String> {
    let text = String::from_utf8_lossy(&stamp::read(document)?).into_owned();
    let (before, rest) = text.split_once(BEGIN).ok_or("docs/benchmarks.md has lost its first mark")?;
    let (_, after) = rest.split_once(END).ok_or("docs/benchmarks.md has lost its second mark")?;
    let figures = [
        machine(measured),
        ceilings(measured)?,
        side_by_side(measured),
        waiting(measured),
        small(measured),
        visits(measured),
        growth(),
    ]
    .concat();
    stamp::write(document, format!("{before}{BEGIN}\n\n{figures}{END}{after}").as_bytes())
}

fn machine(measured: &Value) -> String {
    let machine = &measured["relay"]["machine"];
    let word = |name: &str| machine[name].as_str().unwrap_or_default();
    format!(
        "Measured on {}, {} cores, {} of memory, Linux {}.\n\n",
        word("processor"),
        machine["cores"],
        word("memory"),
        word("kernel")
    )
}

fn ceilings(measured: &Value) -> Result<String, String> {
    let relay = &measured["relay"];
    let rest = &relay["rest"];
    let ratio = |path: [&str; 2]| {
        let of = |who: &str| {
            median(relay["rounds"].as_array().into_iter().flatten().map(|round| &round[who][path[0]][path[1]]))
        };
        of("amparo") / of("reference")
    };
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let idle = relay["connections"].as_array().into_iter().flatten().find(|point| point["count"] == 10_000);
    let open = |delivery: &str| {
        let visits = measured["visitor"]["visits"].as_array().into_iter().flatten();
        let visit =
            visits.filter(|visit| visit["delivery"] == delivery).find(|visit| visit["line"] == "400 kbit/s, 400 ms");
        median(
            visit
                .into_iter()
                .flat_map(|visit| visit["tries"].as_array().into_iter().flatten())
                .map(|one| &one["open_ms"]),
        )
    };
    let sizes = sizes::weights()?;
    let figures = [
        Figure {
            what: "CPU per relayed frame, against the bare relay",
            most: 1.3,
            measured: ratio(["one_in_flight", "cpu_micros_per_frame"]),
            unit: "x",
        },
        Figure {
            what: "delivery at 1,000 messages a second, median, against the same",
            most: 1.3,
            measured: ratio(["at_rate", "p50_ms"]),
            unit: "x",
        },
        Figure { what: "the same, 99th percentile", most: 1.6, measured: ratio(["at_rate", "p99_ms"]), unit: "x" },
        Figure {
            what: "memory per idle connection at 10,000",
            most: 10.0,
            measured: idle.map_or(f64::NAN, |point| number(&point["bytes_each"]) / 1024.0),
            unit: "KiB",
        },
        Figure { what: "loader, brotli", most: 4.0, measured: sizes.loader as f64 / 1e3, unit: "KB" },
        Figure {
            what: "open to typing, all files, WebAssembly",
            most: 90.0,
            measured: sizes.webassembly as f64 / 1e3,
            unit: "KB",
        },
        Figure {
            what: "open to typing, all files, JavaScript",
            most: 140.0,
            measured: sizes.javascript as f64 / 1e3,
            unit: "KB",
        },
        Figure {
            what: "open to the first screen, 400 kbit/s, 400 ms, 4x slow-down, WebAssembly",
            most: 4.5,
            measured: open("WebAssembly") / 1e3,
            unit: "s",
        },
        Figure { what: "the same, JavaScript", most: 4.5, measured: open("JavaScript") / 1e3, unit: "s" },
        Figure { what: "memory at rest", most: 20.0, measured: number(&rest["resident_bytes"]) / 1e6, unit: "MB" },
        Figure {
            what: "start to serving",
            most: 100.0,
            measured: median(rest["start_ms"].as_array().into_iter().flatten()),
            unit: "ms",
        },
        Figure { what: "release binary", most: 25.0, measured: number(&rest["binary_bytes"]) / 1e6, unit: "MB" },
        Figure {
            what: "an idle process wakes, a second",
            most: 5.0,
            measured: number(&rest["wake_ups_per_second"]),
            unit: "times",
        },
    ];
    let mut table = "| figure | at most | measured | |\n| --- | --- | --- | --- |\n".to_owned();
    for Figure { what, most, measured, unit } in figures {
        let verdict = if measured <= most { "holds" } else { "**missed**" };
        writeln!(table, "| {what} | {most} {unit} | {measured:.2} {unit} | {verdict} |").expect("a string takes text");
    }
    Ok(table + "\n")
}

/// Medians of the rounds, with the least and the most.
fn side_by_side(measured: &Value) -> String {
    let rounds = measured["relay"]["rounds"].as_array().cloned().unwrap_or_default();
    let cell = |values: Vec<&Value>| {
        let mut numbers: Vec<f64> = values.into_iter().filter_map(Value::as_f64).collect();
        numbers.sort_by(f64::total_cmp);
        match (numbers.first(), numbers.last()) {
            (Some(least), Some(most)) => format!("{:.2} [{least:.2}-{most:.2}]", numbers[numbers.len() / 2]),
            _ => "not measured".to_owned(),
        }
    };
    let mut table = format!(
        "In {} rounds, Amparo, the bare relay and the echo in turn; median [least-most]:\n\n\
         | | CPU per frame, one in flight, µs | frames a second | p50 at 1,000/s, ms | p99 at 1,000/s, ms |\n\
         | --- | --- | --- | --- | --- |\n",
        rounds.len()
    );
    for who in ["amparo", "reference"] {
        let of = |load: &str, figure: &str| cell(rounds.iter().map(|round| &round[who][load][figure]).collect());
        writeln!(
            table,
            "| {who} | {} | {} | {} | {} |",
            of("one_in_flight", "cpu_micros_per_frame"),
            of("one_in_flight", "frames_per_second"),
            of("at_rate", "p50_ms"),
            of("at_rate", "p99_ms")
        )
        .expect("a string takes text");
    }
    let echo = cell(rounds.iter().map(|round| &round["echo_cpu_micros_per_frame"]).collect());
    table + &format!("| echo | {echo} | | | |\n\n")
}

/// Thousands in the queue, and all of them back after a power cut.
fn waiting(measured: &Value) -> String {
    let mut table = "Visitors who wait, each with a connection of her own; median [most] of 21:\n\n\
        | they wait | one more reads her place, ms | a counselor's offer rings, ms | CPU of one core while nothing happens | resident memory, MB |\n\
        | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for point in measured["relay"]["crowds"]["waiting"].as_array().into_iter().flatten() {
        let cell = |figure: &str| match (point[figure]["median"].as_f64(), point[figure]["most"].as_f64()) {
            (Some(median), Some(most)) => format!("{median:.1} [{most:.1}]"),
            _ => String::new(),
        };
        writeln!(
            table,
            "| {} | {} | {} | {:.0} % | {:.0} |",
            point["count"],
            cell("place_ms"),
            cell("offer_ms"),
            point["cpu_share"].as_f64().unwrap_or(f64::NAN) * 1e2,
            point["resident_bytes"].as_f64().unwrap_or(f64::NAN) / 1e6
        )
        .expect("a string takes text");
    }
    let storm = &measured["relay"]["crowds"]["storm"];
    let told = format!(
        "\nA power cut (`kill -9`) while {} wait: the relay serves again after {} ms, the last of them is back after {:.1} s; \
         {} lost, {} not at their old place. Browsers come back after a random half to eight seconds.\n\n",
        storm["count"],
        storm["start_ms"],
        storm["all_back_seconds"].as_f64().unwrap_or(f64::NAN),
        storm["lost"],
        storm["not_at_their_place"]
    );
    table + &told
}

fn small(measured: &Value) -> String {
    let small = &measured["relay"]["crowds"]["small"];
    let number = |name: &str| small[name].as_f64();
    let Some(most) = number("most_used_bytes") else { return "In 512 MB of memory: not measured.\n\n".to_owned() };
    let ms = |name: &str| number(name).unwrap_or(f64::NAN);
    format!(
        "In a memory cgroup of 512 MiB with {} conversations, each writing once in five seconds: delivery p50 {:.2} ms, \
         p95 {:.2} ms, p99 {:.2} ms; at most {:.0} MB used, page cache included, {:.0} MB resident.\n\n",
        small["conversations"],
        ms("p50_ms"),
        ms("p95_ms"),
        ms("p99_ms"),
        most / 1e6,
        ms("resident_bytes") / 1e6
    )
}

fn visits(measured: &Value) -> String {
    let mut table = "What a visitor waits for in Chromium, slowed down four times; medians of three first visits:\n\n\
        | delivery, line | launcher, s | open to the first screen, s | knows whether somebody is there, s | first message on the counselor's screen, s | host page blocked, ms | host page moved |\n\
        | --- | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for visit in measured["visitor"]["visits"].as_array().into_iter().flatten() {
        let of = |figure: &str| median(visit["tries"].as_array().into_iter().flatten().map(|one| &one[figure]));
        writeln!(
            table,
            "| {}, {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.0} | {} |",
            visit["delivery"].as_str().unwrap_or_default(),
            visit["line"].as_str().unwrap_or_default(),
            of("launcher_ms") / 1e3,
            of("open_ms") / 1e3,
            of("available_ms") / 1e3,
            of("first_message_ms") / 1e3,
            of("page_blocked_ms"),
            of("page_shifted")
        )
        .expect("a string takes text");
    }
    for memory in measured["visitor"]["memory"].as_array().into_iter().flatten() {
        let used = |when: &str| memory["bytes"][when].as_f64().unwrap_or(f64::NAN) / 1e6;
        write!(
            table,
            "\nMemory of the visitor's tab, the browser's own share included, {}: {:.1} MB as the conversation begins, {:.1} MB after {} messages.",
            memory["delivery"].as_str().unwrap_or_default(),
            used("before"),
            used("after"),
            measured["visitor"]["messages"]
        )
        .expect("a string takes text");
    }
    table + "\n\n"
}

fn growth() -> String {
    let pictures = [
        ("delay-conversations.svg", "Delivery against conversations"),
        ("throughput-conversations.svg", "Frames a second against conversations"),
        ("delay-connections.svg", "Delivery against idle connections"),
        ("memory-connections.svg", "Memory against idle connections"),
        ("delay-ring.svg", "Delivery against messages sent before"),
        ("delay-waiting.svg", "Decisions of the queue against visitors who wait"),
    ];
    pictures.map(|(file, what)| format!("![{what}](benchmarks/{file})\n\n")).concat()
}

fn median<'a>(values: impl Iterator<Item = &'a Value>) -> f64 {
    let mut numbers: Vec<f64> = values.filter_map(Value::as_f64).collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_median_leaves_out_what_is_no_number() {
        let values = [json!(3), json!("x"), json!(1), json!(2)];
        assert_eq!(median(values.iter()), 2.0);
        assert!(median([].iter()).is_nan());
    }

    #[test]
    fn the_document_has_both_marks() {
        let text = include_str!("../../../docs/benchmarks.md");
        assert!(text.find(BEGIN) < text.find(END) && text.contains(BEGIN));
    }
}
