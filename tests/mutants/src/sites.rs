//! Where mutants are in the syntax of a file, so that all can stand in it at once.

use std::collections::HashMap;
use std::ops::Range;

use anyhow::{Context, Result};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::list::{Genre, Mutant};

/// A place at which mutants are.
#[derive(Debug)]
pub struct Site {
    /// The bytes of the file that it covers; none where something is put in.
    pub range: Range<usize>,
    /// What is there.
    pub kind: Kind,
}

/// What is at a place.
#[derive(Debug)]
pub enum Kind {
    /// A function that returns a value at its start.
    Returns(u32, String),
    /// An arm that does not match.
    Arm(u32),
    /// The guard of an arm that is true, or false.
    Guard(Vec<(u32, bool)>),
    /// An expression, with other text in a part of it.
    Expression(Vec<(u32, Range<usize>, String)>),
}

/// The sites of the mutants of a file, and the numbers of those that cannot stand beside the others: constants, chains with `let`, and
/// values of functions that return an `impl Trait`.
///
/// # Errors
/// When the file is not Rust.
pub fn find(text: &str, mutants: &[&Mutant]) -> Result<(Vec<Site>, Vec<u32>)> {
    let file = syn::parse_file(text).context("not Rust")?;
    let mut wanted: HashMap<Range<usize>, Vec<&Mutant>> = HashMap::new();
    for mutant in mutants {
        wanted.entry(mutant.range.clone()).or_default().push(mutant);
    }
    let mut finder = Finder { wanted, sites: Vec::new(), is_constant: false };
    finder.visit_file(&file);
    let left = finder.wanted.values().flatten().map(|mutant| mutant.number).collect();
    Ok((finder.sites, left))
}

struct Finder<'a> {
    wanted: HashMap<Range<usize>, Vec<&'a Mutant>>,
    sites: Vec<Site>,
    is_constant: bool,
}

impl<'a> Finder<'a> {
    /// Takes the mutants of these kinds at this place, unless it is in a constant.
    fn take(&mut self, range: Range<usize>, genres: &[Genre]) -> Vec<&'a Mutant> {
        let Some(here) = self.wanted.get_mut(&range).filter(|_| !self.is_constant) else { return Vec::new() };
        let taken = here.extract_if(.., |mutant| genres.contains(&mutant.genre)).collect();
        if here.is_empty() {
            self.wanted.remove(&range);
        }
        taken
    }

    /// An expression in which a part is replaced.
    fn expression(
        &mut self,
        whole: Range<usize>,
        parts: impl IntoIterator<Item = Range<usize>>,
        genre: Genre,
    ) {
        let taken: Vec<&Mutant> = parts.into_iter().flat_map(|part| self.take(part, &[genre])).collect();
        if !taken.is_empty() {
            let other = |mutant: &Mutant| (mutant.number, mutant.range.clone(), mutant.replacement.clone());
            let kind = Kind::Expression(taken.into_iter().map(other).collect());
            self.sites.push(Site { range: whole, kind });
        }
    }

    fn function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        if signature.constness.is_none()
            && !is_opaque(&signature.output)
            && let (Some(first), Some(last)) = (block.stmts.first(), block.stmts.last())
        {
            let (start, end) = (range(first).start, range(last).end);
            for mutant in self.take(start..end, &[Genre::FnValue]) {
                let kind = Kind::Returns(mutant.number, mutant.replacement.clone());
                self.sites.push(Site { range: start..start, kind });
            }
        }
    }

    fn constant(&mut self, is_constant: bool, within: impl FnOnce(&mut Self)) {
        let before = self.is_constant;
        self.is_constant |= is_constant;
        within(self);
        self.is_constant = before;
    }
}

fn range(node: &impl Spanned) -> Range<usize> {
    node.span().byte_range()
}

/// Whether a function hides the type that it returns, so that it cannot return one of another type at its start.
fn is_opaque(output: &syn::ReturnType) -> bool {
    struct Opaque(bool);
    impl Visit<'_> for Opaque {
        fn visit_type_impl_trait(&mut self, _: &syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut opaque = Opaque(false);
    opaque.visit_return_type(output);
    opaque.0
}

/// Whether an expression is a chain of conditions with a `let`, which must stand where it is.
fn has_let(expression: &syn::Expr) -> bool {
    match expression {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block);
        self.constant(item.sig.constness.is_some(), |finder| visit::visit_item_fn(finder, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
        self.constant(item.sig.constness.is_some(), |finder| visit::visit_impl_item_fn(finder, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.constant(true, |finder| visit::visit_item_const(finder, item));
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.constant(true, |finder| visit::visit_impl_item_const(finder, item));
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.constant(true, |finder| visit::visit_item_static(finder, item));
    }

    fn visit_type_array(&mut self, array: &'ast syn::TypeArray) {
        self.constant(true, |finder| visit::visit_type_array(finder, array));
    }

    fn visit_expr_repeat(&mut self, repeat: &'ast syn::ExprRepeat) {
        self.visit_expr(&repeat.expr);
        self.constant(true, |finder| finder.visit_expr(&repeat.len));
    }

    fn visit_expr_const(&mut self, block: &'ast syn::ExprConst) {
        self.constant(true, |finder| visit::visit_expr_const(finder, block));
    }

    fn visit_pat(&mut self, pattern: &'ast syn::Pat) {
        self.constant(true, |finder| visit::visit_pat(finder, pattern));
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        if !has_let(&binary.left) && !has_let(&binary.right) {
            self.expression(range(binary), [range(&binary.op)], Genre::BinaryOperator);
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        self.expression(range(unary), [range(&unary.op)], Genre::UnaryOperator);
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_struct(&mut self, literal: &'ast syn::ExprStruct) {
        let parts = literal.fields.pairs().map(|field| {
            let end = field.punct().map_or(range(field.value()).end, |comma| range(*comma).end);
            range(field.value()).start..end
        });
        let parts: Vec<_> = parts.collect();
        self.expression(range(literal), parts, Genre::StructField);
        visit::visit_expr_struct(self, literal);
    }

    fn visit_expr_match(&mut self, all: &'ast syn::ExprMatch) {
        // Where no arm takes all without a question, a missing one does not compile.
        if all.arms.iter().any(|arm| matches!(arm.pat, syn::Pat::Wild(_)) && arm.guard.is_none()) {
            for arm in &all.arms {
                for mutant in self.take(range(arm), &[Genre::MatchArm]) {
                    let end = range(&arm.pat).end;
                    self.sites.push(Site { range: end..end, kind: Kind::Arm(mutant.number) });
                }
            }
        }
        visit::visit_expr_match(self, all);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if let Some((_, guard)) = &arm.guard
            && !has_let(guard)
        {
            let taken = self.take(range(guard), &[Genre::MatchArmGuard]);
            if !taken.is_empty() {
                let values = taken.iter().map(|mutant| (mutant.number, mutant.replacement == "true"));
                self.sites.push(Site { range: range(guard), kind: Kind::Guard(values.collect()) });
            }
        }
        visit::visit_arm(self, arm);
    }
}
