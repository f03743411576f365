//! Style sheets: logical properties only, so that Arabic mirrors by itself.

use super::sources::{Finding, Sources};

const PHYSICAL: [&str; 12] = [
    "margin-left",
    "margin-right",
    "padding-left",
    "padding-right",
    "border-left",
    "border-right",
    "left",
    "right",
    "border-top-left-radius",
    "border-top-right-radius",
    "border-bottom-left-radius",
    "border-bottom-right-radius",
];

pub fn logical_properties(sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.ending(".css").filter(|source| !source.is_below(&["plugin-wp/"])) {
        for (at, line) in source.text.lines().enumerate() {
            for declaration in line.split([';', '{', '}']) {
                let Some((property, value)) = declaration.split_once(':') else { continue };
                let (property, value) = (property.trim(), value.trim());
                let sided = matches!(property, "text-align" | "float" | "clear") && matches!(value, "left" | "right");
                if PHYSICAL.contains(&property) || sided {
                    findings.push(Finding::at(source, at + 1, format!("{property}: use the logical property")));
                }
            }
        }
    }
    findings
}
