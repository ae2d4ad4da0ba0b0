//! Elements of a drawing. Text and attributes are escaped where they are written, so that nothing that a manifest says
//! can become markup.

use std::fmt::Write as _;

use super::super::xml::escape;
use super::text::clean;

/// An element with its attributes and what is in it.
#[derive(Debug, Clone)]
pub struct Element {
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Child>,
}

#[derive(Debug, Clone)]
enum Child {
    Element(Element),
    Text(String),
}

impl Element {
    pub fn new(tag: &'static str) -> Self {
        Self { tag, attributes: Vec::new(), children: Vec::new() }
    }

    /// An element of a class.
    pub fn of(tag: &'static str, class: &str) -> Self {
        Self::new(tag).set("class", class)
    }

    /// A path.
    pub fn path(class: &str, data: &str) -> Self {
        Self::of("path", class).set("d", data)
    }

    /// A straight line.
    pub fn line(class: &str, from: (f64, f64), to: (f64, f64)) -> Self {
        Self::of("line", class).number("x1", from.0).number("y1", from.1).number("x2", to.0).number("y2", to.1)
    }

    /// A rectangle by its corner and size.
    pub fn rect(class: &str, corner: (f64, f64), size: (f64, f64)) -> Self {
        let corner = Self::of("rect", class).number("x", corner.0).number("y", corner.1);
        corner.number("width", size.0.max(0.0)).number("height", size.1.max(0.0))
    }

    /// A line of text at a point of its base line.
    pub fn label(class: &str, at: (f64, f64), anchor: &str, text: &str) -> Self {
        Self::of("text", class).number("x", at.0).number("y", at.1).set("text-anchor", anchor).text(text)
    }

    /// A polygon.
    pub fn polygon(class: &str, points: &[(f64, f64)]) -> Self {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", number(*x), number(*y))).collect();
        Self::of("polygon", class).set("points", points.join(" "))
    }

    #[must_use]
    pub fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn number(self, name: &'static str, value: f64) -> Self {
        self.set(name, number(value))
    }

    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.children.push(Child::Text(clean(text)));
        self
    }

    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        self.children.push(Child::Element(child));
        self
    }

    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children.into_iter().map(Child::Element));
        self
    }

    /// What a reader is told who points at the element, or cannot see it.
    #[must_use]
    pub fn title(self, text: &str) -> Self {
        self.child(Self::new("title").text(text))
    }

    /// The markup.
    pub fn markup(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        let _ = write!(out, "<{}", self.tag);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"{}\"", escape(&clean(value)));
        }
        if self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for child in &self.children {
            match child {
                Child::Element(element) => element.write(out),
                Child::Text(text) => out.push_str(&escape(text)),
            }
        }
        let _ = write!(out, "</{}>", self.tag);
        // A group on a line of its own, so that a difference between two drawings can be read.
        if self.tag == "g" {
            out.push('\n');
        }
    }
}

/// A whole drawing: its size, what it is called, and what is to be seen in it.
pub fn drawing(prefix: &str, class: &str, size: (f64, f64), title: &str, description: &str) -> Element {
    let (title_id, description_id) = (format!("{prefix}-title"), format!("{prefix}-desc"));
    let (width, height) = (number(size.0.ceil()), number(size.1.ceil()));
    Element::of("svg", &format!("cv {class}"))
        .set("xmlns", "http://www.w3.org/2000/svg")
        .set("role", "img")
        .set("aria-labelledby", format!("{title_id} {description_id}"))
        .set("viewBox", format!("0 0 {width} {height}"))
        .set("width", width)
        .set("height", height)
        .child(Element::new("title").set("id", title_id).text(title))
        .child(Element::new("desc").set("id", description_id).text(description))
}

/// A coordinate with one decimal at most.
pub fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded.is_finite() { format!("{}", rounded + 0.0) } else { "0".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_becomes_markup() {
        let hostile = "</text><script>alert('1')</script>\u{202e}\u{7}\u{fffe}\"&";
        let markup = Element::of("g", hostile).title(hostile).markup();
        let document = roxmltree::Document::parse(&markup).expect("well-formed");
        let kept = "</text><script>alert('1')</script>\"&";
        assert_eq!(document.root_element().attribute("class"), Some(kept));
        assert_eq!(document.root_element().first_element_child().and_then(|title| title.text()), Some(kept));
        assert_eq!(document.descendants().filter(roxmltree::Node::is_element).count(), 2);
    }

    #[test]
    fn coordinates_are_short_and_finite() {
        for (value, text) in [(1.0, "1"), (1.25, "1.3"), (-0.01, "0"), (f64::NAN, "0"), (f64::INFINITY, "0")] {
            assert_eq!(number(value), text);
        }
    }
}
