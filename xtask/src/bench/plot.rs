//! The growth plots: one line per series over a logarithmic axis, as SVG that follows the reader's light or dark screen.

use serde_json::Value;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
/// Left, right, top and bottom of the field.
const FIELD: (f64, f64, f64, f64) = (64.0, 16.0, 40.0, 48.0);
const COLOURS: [&str; 2] = ["a", "b"];

const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#222}.grid{stroke:#ccc}.a{stroke:#0a6375;fill:#0a6375}\
.b{stroke:#a3450c;fill:#a3450c}polyline{fill:none!important;stroke-width:2}text.a,text.b{stroke:none}\
@media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#444}.a{stroke:#5cc8dd;fill:#5cc8dd}\
.b{stroke:#f0a070;fill:#f0a070}}";

struct Plot<'a> {
    title: &'a str,
    across: &'a str,
    unit: &'a str,
    series: Vec<(&'a str, Vec<(f64, f64)>)>,
}

/// File names and pictures.
pub fn all(measured: &Value) -> Vec<(&'static str, String)> {
    let relay = &measured["relay"];
    let delay = |points: &'static str, part: &str| points_of(&relay[points], |point| point["at_rate"][part].as_f64());
    let delays = |points| vec![("median", delay(points, "p50_ms")), ("99 of 100 are quicker", delay(points, "p99_ms"))];
    let decision = |which: &str| points_of(&relay["crowds"]["waiting"], |point| point[which]["median"].as_f64());
    let conversations = "conversations";
    let plots = [
        (
            "delay-conversations.svg",
            Plot {
                title: "Delivery, 200 messages a second",
                across: conversations,
                unit: "ms",
                series: delays(conversations),
            },
        ),
        (
            "throughput-conversations.svg",
            Plot {
                title: "Frames a second, one message in flight each",
                across: conversations,
                unit: "",
                series: vec![(
                    "frames a second",
                    points_of(&relay[conversations], |point| point["one_in_flight"]["frames_per_second"].as_f64()),
                )],
            },
        ),
        (
            "delay-connections.svg",
            Plot {
                title: "Delivery beside idle connections",
                across: "idle connections",
                unit: "ms",
                series: delays("connections"),
            },
        ),
        (
            "memory-connections.svg",
            Plot {
                title: "Memory of idle connections",
                across: "idle connections",
                unit: "MB",
                series: vec![(
                    "all together",
                    points_of(&relay["connections"], |point| {
                        Some(point["bytes_each"].as_f64()? * point["count"].as_f64()? / 1e6)
                    }),
                )],
            },
        ),
        (
            "delay-ring.svg",
            Plot {
                title: "Delivery after many messages in each conversation",
                across: "messages sent before",
                unit: "ms",
                series: delays("ring"),
            },
        ),
        (
            "delay-waiting.svg",
            Plot {
                title: "Decisions of the queue, median",
                across: "visitors who wait",
                unit: "ms",
                series: vec![
                    ("one more reads her place", decision("place_ms")),
                    ("a counselor's offer rings", decision("offer_ms")),
                ],
            },
        ),
    ];
    plots.into_iter().map(|(name, plot)| (name, plot.drawn())).collect()
}

fn points_of(points: &Value, value: impl Fn(&Value) -> Option<f64>) -> Vec<(f64, f64)> {
    let points = points.as_array().into_iter().flatten();
    points.filter_map(|point| Some((point["count"].as_f64()?, value(point)?))).collect()
}

impl Plot<'_> {
    fn drawn(&self) -> String {
        let (left, right, top, bottom) = FIELD;
        let points = || self.series.iter().flat_map(|(_, points)| points);
        let (first, last) = (scale(self.least()), scale(points().map(|(x, _)| *x).fold(1.0, f64::max)));
        let most = round_up(points().map(|(_, y)| *y).fold(f64::MIN_POSITIVE, f64::max));
        let at_x = |x: f64| left + (scale(x) - first) / (last - first) * (WIDTH - left - right);
        let at_y = |y: f64| HEIGHT - bottom - y / most * (HEIGHT - top - bottom);
        let mut drawn = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\"><title>{}</title>\
             <style>{STYLE}</style><text x=\"{left}\" y=\"20\" font-weight=\"600\">{}</text>",
            self.title, self.title
        );
        for part in [0.0, 0.5, 1.0] {
            let y = at_y(most * part);
            drawn += &format!(
                "<line class=\"grid\" x1=\"{left}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{} {}</text>",
                WIDTH - right,
                left - 6.0,
                y + 4.0,
                short(most * part),
                self.unit
            );
        }
        for (x, _) in self.series.first().map(|(_, points)| points).into_iter().flatten() {
            drawn += &format!(
                "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{x}</text>",
                at_x(*x),
                HEIGHT - bottom + 18.0
            );
        }
        drawn +=
            &format!("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", WIDTH - right, HEIGHT - 8.0, self.across);
        for ((name, points), (colour, line)) in self.series.iter().zip(COLOURS.iter().zip(0_u32..)) {
            let path: Vec<String> = points.iter().map(|(x, y)| format!("{:.1},{:.1}", at_x(*x), at_y(*y))).collect();
            drawn += &format!("<polyline class=\"{colour}\" points=\"{}\"/>", path.join(" "));
            drawn += &format!(
                "<text class=\"{colour}\" x=\"{}\" y=\"{}\">{name}</text>",
                left + 8.0,
                top + 14.0 + 16.0 * f64::from(line)
            );
        }
        drawn + "</svg>\n"
    }

    fn least(&self) -> f64 {
        self.series.iter().flat_map(|(_, points)| points).map(|(x, _)| *x).fold(f64::MAX, f64::min)
    }
}

/// Logarithmic, with room for zero.
fn scale(x: f64) -> f64 {
    (x + 1.0).ln()
}

/// To 1, 2 or 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    steps.into_iter().find(|step| *step >= value).unwrap_or(value)
}

fn short(value: f64) -> String {
    if value >= 1_000.0 { format!("{}k", value / 1_000.0) } else { format!("{}", (value * 1_000.0).round() / 1_000.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        assert_eq!([0.3, 1.0, 7.0, 42_000.0].map(round_up), [0.5, 1.0, 10.0, 50_000.0]);
        assert_eq!([0.0, 0.25, 50.0, 2_500.0].map(short), ["0", "0.25", "50", "2.5k"]);
    }
}
