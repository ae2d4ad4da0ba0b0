//! Colours and lines of drawings. A page decides them through its variables; what stands behind each is for a page
//! that has none.

/// The style of all drawings, to be put once into a page. It reads the page's variables `--ink`, `--muted`, `--paper`,
/// `--panel`, `--line`, `--accent`, `--critical`, `--high`, `--good` and `--unknown`.
pub const STYLE: &str = "\
.cv{font-family:var(--sans,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif);font-size:13px;\
fill:var(--ink,#1b1f24);-webkit-print-color-adjust:exact;print-color-adjust:exact}
.cv text{stroke:none;white-space:pre}
.cv .cv-paper{fill:var(--paper,#ffffff)}
.cv .cv-node{fill:var(--panel,#f4f6f8);stroke:var(--line,#7d8792);stroke-width:1.2}
.cv .cv-model{stroke:var(--accent,#1f5fbf);stroke-width:1.8}
.cv .cv-people{fill:var(--paper,#ffffff)}
.cv .cv-detail{fill:none;stroke:var(--line,#7d8792);stroke-width:1}
.cv .cv-end .cv-node{stroke:var(--critical,#b3261e);stroke-width:2.2}
.cv .cv-end .cv-detail{stroke:var(--critical,#b3261e)}
.cv .cv-name{font-size:13px;font-weight:600}
.cv .cv-note{font-size:11px;fill:var(--muted,#57606a)}
.cv .cv-row{font-size:12px}
.cv .cv-warning{fill:var(--critical,#b3261e);stroke:var(--paper,#ffffff);stroke-width:1.5;stroke-linejoin:round}
.cv .cv-mark{font-size:11px;font-weight:700;fill:var(--paper,#ffffff)}
.cv .cv-rule{stroke:var(--line,#7d8792);stroke-width:.6;opacity:.6}
.cv .cv-edge{fill:none;stroke:var(--muted,#57606a);stroke-width:1.2}
.cv .cv-head{fill:var(--muted,#57606a)}
.cv .cv-edge.cv-sensitive{stroke:var(--ink,#1b1f24);stroke-width:1.9}
.cv .cv-head.cv-sensitive{fill:var(--ink,#1b1f24)}
.cv .cv-edge.cv-implied{stroke-dasharray:6 4}
.cv .cv-edge.cv-stopped{stroke-dasharray:.1 4.5;stroke-linecap:round;stroke-width:2.2}
.cv .cv-edge.cv-perhaps{stroke:var(--high,#8f4a00);stroke-width:3;stroke-dasharray:11 4}
.cv .cv-head.cv-perhaps{fill:var(--high,#8f4a00)}
.cv .cv-edge.cv-leak{stroke:var(--critical,#b3261e);stroke-width:5}
.cv .cv-head.cv-leak{fill:var(--critical,#b3261e)}
.cv .cv-core{fill:none;stroke:var(--paper,#ffffff);stroke-width:1.6}
.cv .cv-badge{fill:var(--paper,#ffffff);stroke:var(--muted,#57606a);stroke-width:1}
.cv .cv-badge.cv-perhaps{stroke:var(--high,#8f4a00);stroke-width:1.6}
.cv .cv-badge.cv-leak{fill:var(--critical,#b3261e);stroke:var(--paper,#ffffff)}
.cv .cv-number{font-size:11px;font-variant-numeric:tabular-nums}
.cv .cv-number.cv-leak{fill:var(--paper,#ffffff);font-weight:700}
.cv .cv-row.cv-leak{fill:var(--critical,#b3261e);font-weight:600}
.cv .cv-text{font-size:13px}
.cv .cv-strong{font-size:12px;font-weight:600}
.cv .cv-value{fill:var(--ink,#1b1f24);font-variant-numeric:tabular-nums}
.cv .cv-over{fill:var(--critical,#b3261e);font-weight:600}
.cv .cv-unknown{fill:var(--muted,#57606a);font-style:italic}
.cv .cv-inverse{fill:var(--paper,#ffffff)}
.cv .cv-grid{stroke:var(--line,#7d8792);stroke-width:.6;opacity:.45}
.cv .cv-axis{stroke:var(--line,#7d8792);stroke-width:1}
.cv .cv-bar{fill:var(--accent,#1f5fbf);stroke:var(--accent,#1f5fbf);stroke-width:1}
.cv .cv-bar.cv-planned{fill:var(--panel,#f4f6f8);stroke-width:1.6}
.cv .cv-hatched{stroke:var(--unknown,#6a737d);stroke-width:1;stroke-dasharray:3 2}
.cv .cv-stripe{stroke:var(--unknown,#6a737d);stroke-width:1.6;opacity:.6}
.cv .cv-limit{fill:none;stroke:var(--critical,#b3261e);stroke-width:2.2;stroke-dasharray:7 3}
.cv .cv-course{fill:none;stroke:var(--accent,#1f5fbf);stroke-width:2.4}
.cv .cv-course.cv-linear{stroke:var(--muted,#57606a);stroke-width:1.4;stroke-dasharray:5 4}
.cv .cv-dot{fill:var(--accent,#1f5fbf)}
.cv .cv-above{fill:var(--critical,#b3261e);opacity:.09}
.cv .cv-moment{stroke:var(--critical,#b3261e);stroke-width:1.2;stroke-dasharray:2 3}
.cv .cv-crossing{fill:var(--paper,#ffffff);stroke:var(--critical,#b3261e);stroke-width:2.4}
.cv .cv-thread{stroke:var(--line,#7d8792);stroke-width:1;stroke-dasharray:2 3}
.cv .cv-range{fill:var(--line,#7d8792);opacity:.45}
.cv .cv-cap{stroke:var(--ink,#1b1f24);stroke-width:1.4}
.cv .cv-expected{fill:var(--ink,#1b1f24);stroke:var(--paper,#ffffff);stroke-width:1}
.cv g:target .cv-edge{stroke:var(--accent,#1f5fbf)}
";

/// The colours of a drawing that stands for itself, light and dark; on paper always light.
pub const THEME: &str = "\
:root{--ink:#1b1f24;--muted:#57606a;--paper:#ffffff;--panel:#f4f6f8;--line:#7d8792;--accent:#1f5fbf;\
--critical:#b3261e;--high:#8f4a00;--good:#1a7f37;--unknown:#6a737d}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--muted:#a9b2bb;--paper:#14171a;--panel:#1f242a;\
--line:#7f8a95;--accent:#82b1ff;--critical:#ff8a80;--high:#ffb77c;--good:#72d08c;--unknown:#9aa4ae}}
";

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Relative luminance, as WCAG 2.2 defines it.
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("a colour")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    fn themes() -> [BTreeMap<&'static str, &'static str>; 2] {
        let (light, dark) = THEME.split_once("@media").expect("two themes");
        [light, dark].map(|theme| {
            let list = theme.split_once(":root{").and_then(|(_, rest)| rest.split_once('}')).expect("a list").0;
            list.split(';').filter_map(|entry| entry.trim().split_once(':')).collect()
        })
    }

    #[test]
    fn text_and_lines_stand_out_from_what_is_behind_them() {
        for theme in themes() {
            for behind in ["--paper", "--panel"] {
                for text in ["--ink", "--muted", "--critical", "--high"] {
                    let found = contrast(theme[text], theme[behind]);
                    assert!(found >= 4.5, "{text} on {behind}: {found:.2}");
                }
                for line in ["--line", "--accent", "--unknown", "--good"] {
                    let found = contrast(theme[line], theme[behind]);
                    assert!(found >= 3.0, "{line} on {behind}: {found:.2}");
                }
            }
        }
    }

    #[test]
    fn what_stands_behind_a_variable_is_the_light_theme() {
        let [light, _] = themes();
        for part in STYLE.split("var(").skip(1) {
            let (name, rest) = part.split_once(',').expect("a variable with something behind it");
            if name == "--sans" {
                continue;
            }
            assert_eq!(rest.split_once(')').map(|(colour, _)| colour), light.get(name).copied(), "{name}");
        }
    }
}
