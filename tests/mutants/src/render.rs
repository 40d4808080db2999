//! The text of a file with all its mutants in it, each behind a question whether it is the living one.

use std::ops::Range;

use crate::sites::{Kind, Site};

/// A mutated file.
#[derive(Debug, Default)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// Which bytes of it are of which mutants: those of one mutant alone, and whole expressions of several.
    pub places: Vec<(Range<usize>, Vec<u32>)>,
}

impl Rendered {
    /// The mutants at a place of the text, or else around it: those of the smallest text.
    #[must_use]
    pub fn at(&self, place: &Range<usize>) -> &[u32] {
        let around =
            self.places.iter().filter(|(range, _)| range.start <= place.start && place.end <= range.end);
        around.min_by_key(|(range, _)| range.len()).map_or(&[], |(_, numbers)| numbers)
    }

    fn place(&mut self, start: usize, numbers: Vec<u32>) {
        self.places.push((start..self.text.len(), numbers));
    }

    fn put(&mut self, number: u32, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        self.place(start, vec![number]);
    }
}

/// The text of a file with the mutants of these sites.
#[must_use]
pub fn render(source: &str, mut sites: Vec<Site>) -> Rendered {
    sites.sort_by_key(|site| (site.range.start, !site.range.is_empty(), std::cmp::Reverse(site.range.end)));
    let mut rendered = Rendered::default();
    within(&mut rendered, source, 0..source.len(), &sites);
    rendered
}

/// What stands in these bytes, with the sites among them, which are in the order of their starts, outer ones first.
fn within(rendered: &mut Rendered, source: &str, bytes: Range<usize>, sites: &[Site]) {
    let mut at = bytes.start;
    let mut rest = sites;
    while let Some((site, after)) = rest.split_first() {
        rendered.text.push_str(&source[at..site.range.start]);
        at = site.range.end;
        let inner = after.iter().take_while(|other| other.range.start < site.range.end).count();
        let (inner, after) = after.split_at(inner);
        one(rendered, source, site, inner);
        rest = after;
    }
    rendered.text.push_str(&source[at..bytes.end]);
}

fn one(rendered: &mut Rendered, source: &str, site: &Site, inner: &[Site]) {
    let start = rendered.text.len();
    match &site.kind {
        Kind::Returns(number, value) => {
            rendered.put(*number, &format!("if crate::mutant::is({number}) {{ return {value}; }} "));
        }
        Kind::Arm(number) => rendered.put(*number, &format!(" if !crate::mutant::is({number})")),
        Kind::Guard(values) => {
            rendered.text.push('(');
            for (number, _) in values.iter().filter(|(_, value)| *value) {
                rendered.put(*number, &format!("crate::mutant::is({number}) || "));
            }
            for (number, _) in values.iter().filter(|(_, value)| !*value) {
                rendered.put(*number, &format!("!crate::mutant::is({number}) && "));
            }
            rendered.text.push('(');
            within(rendered, source, site.range.clone(), inner);
            rendered.text.push_str("))");
            rendered.place(start, values.iter().map(|(number, _)| *number).collect());
        }
        Kind::Expression(others) => {
            rendered.text.push('(');
            for (number, part, text) in others {
                let (before, after) =
                    (&source[site.range.start..part.start], &source[part.end..site.range.end]);
                rendered.text.push_str("if crate::mutant::is(");
                rendered.put(*number, &format!("{number}) {{ {before}{text}{after} }} else "));
            }
            rendered.text.push_str("{ ");
            within(rendered, source, site.range.clone(), inner);
            rendered.text.push_str(" })");
            rendered.place(start, others.iter().map(|(number, ..)| *number).collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{Genre, Mutant};
    use crate::sites::find;

    fn mutant(source: &str, number: u32, genre: Genre, part: &str, replacement: &str) -> Mutant {
        let start = source.find(part).unwrap();
        Mutant {
            number,
            name: String::new(),
            line: 1,
            file: String::new(),
            range: start..start + part.len(),
            replacement: replacement.to_owned(),
            genre,
        }
    }

    fn rendered(source: &str, mutants: &[Mutant]) -> (String, Vec<u32>) {
        let (sites, left) = find(source, &mutants.iter().collect::<Vec<_>>()).unwrap();
        (render(source, sites).text.replace("crate::mutant::", ""), left)
    }

    #[test]
    fn a_mutant_holds_the_text_as_it_was_and_the_other_its_mutants() {
        let source = "fn f() -> i64 { a * 2 - -b }";
        let mutants = [
            mutant(source, 1, Genre::FnValue, "a * 2 - -b", "0"),
            mutant(source, 2, Genre::BinaryOperator, "*", "+"),
            mutant(source, 3, Genre::BinaryOperator, "-", "/"),
            mutant(source, 4, Genre::BinaryOperator, "- ", "+"),
            mutant(source, 5, Genre::UnaryOperator, "-b", ""),
        ];
        let mut mutants = mutants.to_vec();
        let (minus, negative) = (source.find("- -").unwrap(), source.find("-b").unwrap());
        mutants[2].range = minus..minus + 1;
        mutants[3].range = minus..minus + 1;
        mutants[4].range = negative..negative + 1;
        let expected = "fn f() -> i64 { if is(1) { return 0; } \
            (if is(3) { a * 2 / -b } else if is(4) { a * 2 + -b } else \
            { (if is(2) { a + 2 } else { a * 2 }) - (if is(5) { b } else { -b }) }) }";
        assert_eq!(rendered(source, &mutants), (expected.to_owned(), vec![]));
    }

    #[test]
    fn arms_guards_and_fields() {
        let source = "fn f() { match x { 1 => g(), y if y > 2 => h(S { a: 3, ..s }), _ => {} } }";
        let mutants = [
            mutant(source, 1, Genre::MatchArm, "1 => g(),", ""),
            mutant(source, 2, Genre::MatchArmGuard, "y > 2", "true"),
            mutant(source, 3, Genre::MatchArmGuard, "y > 2", "false"),
            mutant(source, 4, Genre::StructField, "a: 3,", ""),
        ];
        let expected = "fn f() { match x { 1 if !is(1) => g(), y if (is(2) || !is(3) && (y > 2)) => \
            h((if is(4) { S {  ..s } } else { S { a: 3, ..s } })), _ => {} } }";
        assert_eq!(rendered(source, &mutants), (expected.to_owned(), vec![]));
    }

    #[test]
    fn constants_and_chains_with_let_are_left() {
        let source = "const A: u8 = 1 + 2; fn f() { if let Some(x) = y && z {} }";
        let mutants = [
            mutant(source, 1, Genre::BinaryOperator, "+", "-"),
            mutant(source, 2, Genre::BinaryOperator, "&&", "||"),
        ];
        let (text, mut left) = rendered(source, &mutants);
        left.sort_unstable();
        assert_eq!((text.as_str(), left), (source, vec![1, 2]));
    }
}
