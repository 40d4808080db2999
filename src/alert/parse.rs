//! The parser: recursive descent over the grammar of docs/alerts.md, which stands there in EBNF.

use super::measure::{Kind, Measure, nearest};
use super::token::{Placed, Token, tokens};
use super::{Alert, AlertError, Aspect, Certainty, Comparison, Condition, Decimal, Result, Scope, Unit};

/// Parentheses and `not` within each other: more is a slip, and no text may use up the stack.
pub(super) const MOST_NESTED: usize = 32;

/// Words that are no measures.
const KEYWORDS: [&str; 15] = [
    "and",
    "or",
    "not",
    "of",
    "change",
    "before",
    "total",
    "streamer",
    "significant",
    "beyond_sampling",
    "unusual",
    "entered",
    "new",
    "left",
    "data gap",
];

const CERTAIN: [Certainty; 3] = [Certainty::Significant, Certainty::BeyondSampling, Certainty::Unusual];

pub(super) fn parse(text: &str) -> Result<Alert> {
    let tokens = tokens(text)?;
    let mut parser = Parser { changes: changes(&tokens), tokens, next: 0, by_streamer: false, nested: 0 };
    if *parser.peek() == Token::End {
        let advice = "write a condition, as in gmv change < -10 %";
        return Err(AlertError::new(1, "there is no alert", advice));
    }
    let scope = parser.scope()?;
    parser.by_streamer = scope != Scope::Total;
    let at = parser.at();
    let condition = parser.any(None)?;
    parser.end()?;
    condition.check_depth(at)?;
    Ok(Alert { text: text.to_owned(), scope, condition })
}

/// The measures whose change the alert names, each once.
fn changes(tokens: &[Placed]) -> Vec<Measure> {
    let mut named: Vec<Measure> = Vec::new();
    let is_change = |token: Option<&Placed>| token.is_some_and(|(_, token)| is_word(token, "change"));
    for (at, (_, token)) in tokens.iter().enumerate() {
        let Token::Word(word) = token else { continue };
        let measure = Measure::named(word).filter(|one| one.is_effect() || is_change(tokens.get(at + 1)));
        named.extend(measure.filter(|measure| !named.contains(measure)));
    }
    named
}

fn is_word(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word(found) if found == word)
}

struct Parser {
    tokens: Vec<Placed>,
    next: usize,
    /// The measures whose change is named anywhere.
    changes: Vec<Measure>,
    by_streamer: bool,
    nested: usize,
}

/// A condition, and the measure whose change it compares, if it is such a comparison.
type Operand = (Condition, Option<Measure>);

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(_, token)| token)
    }

    /// The character at which the next token begins.
    fn at(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(1, |(at, _)| *at)
    }

    fn takes(&mut self, token: &Token) -> bool {
        let is_there = self.peek() == token;
        self.next += usize::from(is_there);
        is_there
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_there = is_word(self.peek(), word);
        self.next += usize::from(is_there);
        is_there
    }

    /// An error at the next token.
    fn error<T>(&self, what: impl Into<String>, advice: impl Into<String>) -> Result<T> {
        Err(AlertError::new(self.at(), what, advice))
    }

    fn scope(&mut self) -> Result<Scope> {
        let (first, at) = (self.peek().clone(), self.at());
        let is_scope = matches!(&first, Token::Word(word) if word == "total" || word == "streamer");
        if !is_scope {
            return match self.tokens.get(1) {
                Some((_, Token::Colon)) => {
                    let advice =
                        "write streamer: or streamer \"ID\": before the condition, or nothing for the total";
                    Err(AlertError::new(at, "there is no such scope", advice))
                }
                _ => Ok(Scope::Total),
            };
        }
        self.next += 1;
        let scope = match self.peek().clone() {
            _ if is_word(&first, "total") => Scope::Total,
            Token::Quoted(id) if id.is_empty() => {
                return self.error("the id is empty", "write a streamer_id");
            }
            Token::Quoted(id) => {
                self.next += 1;
                Scope::Streamer(id.into())
            }
            _ => Scope::Streamers,
        };
        if self.takes(&Token::Colon) {
            return Ok(scope);
        }
        let advice = "write total:, streamer: or streamer \"ID\": and then the condition";
        self.error("a colon must stand after the scope", advice)
    }

    fn end(&self) -> Result<()> {
        match self.peek() {
            Token::End => Ok(()),
            Token::Relation(_) => {
                self.error("a comparison has one measure and one number", "write gmv > 10 and gmv < 20")
            }
            Token::Colon => {
                self.error("a scope stands before the condition", "write streamer: refund_rate > 20 %")
            }
            Token::Close => self.error("no parenthesis is open here", "leave this one out"),
            Token::Percent => self.error("a second unit stands here", "write one of % and pp, or none"),
            _ => self.error("the condition has ended before this", "join conditions by and or or"),
        }
    }

    /// `or` between conditions. `change` is the measure whose change is compared before them.
    fn any(&mut self, change: Option<Measure>) -> Result<Condition> {
        let mut any = vec![self.all(change)?];
        while self.takes_word("or") {
            any.push(self.all(change)?);
        }
        Ok(one_or(any, Condition::Any))
    }

    /// `and` between conditions.
    fn all(&mut self, mut change: Option<Measure>) -> Result<Condition> {
        let mut all = Vec::new();
        loop {
            let (condition, measure) = self.operand(change)?;
            all.push(condition);
            change = measure.or(change);
            if !self.takes_word("and") {
                return Ok(one_or(all, Condition::All));
            }
        }
    }

    fn operand(&mut self, change: Option<Measure>) -> Result<Operand> {
        if self.nested > MOST_NESTED {
            let advice = format!("write at most {MOST_NESTED} parentheses and nots within each other");
            return self.error("the condition is nested too deeply", advice);
        }
        self.nested += 1;
        let at = self.at();
        let operand = if self.takes_word("not") {
            let (condition, measure) = self.operand(change)?;
            (Condition::Not(Box::new(condition)), measure)
        } else if self.takes(&Token::Open) {
            let condition = self.any(change)?;
            if !self.takes(&Token::Close) {
                if *self.peek() != Token::End {
                    self.end()?;
                }
                let advice = format!("close the one of character {at} with )");
                return self.error("a parenthesis is still open", advice);
            }
            (condition, None)
        } else {
            self.simple(change)?
        };
        self.nested -= 1;
        Ok(operand)
    }

    fn simple(&mut self, change: Option<Measure>) -> Result<Operand> {
        let (at, word) = match self.peek().clone() {
            Token::Word(word) => (self.at(), word),
            Token::Number(_) => {
                return self.error("a comparison begins with its measure", "write gmv > 10, not 10 < gmv");
            }
            Token::Quoted(_) => {
                let advice = "write ids only in the scope: streamer \"ID\": gmv < 100";
                return self.error("a condition must stand here, not an id", advice);
            }
            _ => return self.error("a condition must stand here", "write one, as in gmv change < -10 %"),
        };
        if let Some(measure) = Measure::named(&word) {
            self.next += 1;
            return self.comparison(measure);
        }
        if let Some(certainty) = CERTAIN.into_iter().find(|one| one.name() == word) {
            self.next += 1;
            return Ok((Condition::Sure(certainty, self.of(at, certainty, change)?), None));
        }
        Ok((self.flag(&word)?, None))
    }

    fn flag(&mut self, word: &str) -> Result<Condition> {
        let (of_streamer, flag) = match word {
            "entered" | "new" => (true, Condition::Entered),
            "left" => (true, Condition::Left),
            "data" if self.tokens.get(self.next + 1).is_some_and(|(_, token)| is_word(token, "gap")) => {
                (false, Condition::DataGap)
            }
            _ => return self.unknown(word),
        };
        if of_streamer != self.by_streamer {
            return if of_streamer {
                self.error(format!("{word} is said of streamers"), format!("write streamer: {word}"))
            } else {
                self.error(
                    "data gap is said of the whole shop",
                    "make it an alert of its own, without a scope",
                )
            };
        }
        self.next += if of_streamer { 1 } else { 2 };
        Ok(flag)
    }

    /// The error for a word that begins no condition.
    fn unknown<T>(&self, word: &str) -> Result<T> {
        if KEYWORDS.contains(&word) {
            return self.error(
                format!("a condition must stand here, not {word}"),
                "write one, as in gmv change < -10 %",
            );
        }
        let advice = match word.strip_suffix("_change").and_then(Measure::named) {
            Some(measure) => format!("write {} change", measure.name()),
            None => match nearest(word, &KEYWORDS) {
                Some(name) => format!("do you mean {name}?"),
                None => "measures are named as columns are, such as gmv; docs/alerts.md has all of them"
                    .to_owned(),
            },
        };
        self.error(format!("there is no measure {word:?}"), advice)
    }

    /// The measure whose change a certainty is of: the one that is named, else the one compared last before it, else the only one.
    fn of(&mut self, at: usize, certainty: Certainty, change: Option<Measure>) -> Result<Measure> {
        let word = certainty.name();
        let (at, measure) = if self.takes_word("of") {
            match self.peek().clone() {
                Token::Word(name) => match Measure::named(&name) {
                    Some(measure) => {
                        self.next += 1;
                        (self.tokens.get(self.next - 1).map_or(at, |(at, _)| *at), measure)
                    }
                    None => return self.unknown(&name),
                },
                _ => return self.error("a measure must stand after of", format!("write one: {word} of gmv")),
            }
        } else {
            match (change, &self.changes[..]) {
                (Some(measure), _) | (None, &[measure]) => (at, measure),
                (None, []) => {
                    let advice =
                        format!("name a change, as in gmv change < -10 % and {word}, or write {word} of gmv");
                    return Err(AlertError::new(
                        at,
                        format!("{word} is said of a change, and none is named"),
                        advice,
                    ));
                }
                (None, [first, ..]) => {
                    let advice = format!("say which, as in {word} of {}", first.name());
                    return Err(AlertError::new(at, format!("{word} may be of several changes"), advice));
                }
            }
        };
        if measure.effect().is_some() {
            return Ok(measure);
        }
        let what = format!("how sure a change of {} is cannot be known", measure.name());
        let advice = "it is known of gmv, of the five factors (uv, watch_hours_per_viewer, buyers_per_watch_hour, aov, orders_per_buyer), and of effects";
        Err(AlertError::new(at, what, advice))
    }

    fn comparison(&mut self, measure: Measure) -> Result<Operand> {
        let name = measure.name();
        if measure.is_effect() && (is_word(self.peek(), "change") || is_word(self.peek(), "before")) {
            let advice = format!("write {name} < -1000, or {name} < -10 % for hundredths of GMV before");
            return self.error(format!("{name} is a change already"), advice);
        }
        let aspect = if self.takes_word("change") {
            Aspect::Change
        } else if self.takes_word("before") {
            Aspect::Before
        } else {
            Aspect::Now
        };
        let Token::Relation(relation) = *self.peek() else {
            let (what, advice) = match self.peek() {
                Token::Percent => ("a unit stands after its number", "write 20 %".to_owned()),
                _ => (
                    "a comparison must stand here",
                    format!("write one of < <= > >= == != and a number: {name} < 100"),
                ),
            };
            return self.error(what, advice);
        };
        self.next += 1;
        let at = self.at();
        let number = match self.peek().clone() {
            Token::Number(number) => number,
            Token::Word(word) if Measure::named(&word).is_some() => {
                let advice = "write a number, or compare with the period before: gmv change < -10 %";
                return self.error("a measure is compared with a number, not with a measure", advice);
            }
            Token::Relation(_) => {
                return self.error("a second comparison stands here", "write one of < <= > >= == !=");
            }
            _ => {
                return self
                    .error("a number must stand here", format!("write one, as in {name} {relation} 100"));
            }
        };
        self.next += 1;
        let (unit_at, unit) = (self.at(), self.unit());
        let comparison = Comparison { measure, aspect, relation, number, unit };
        check(&comparison, at, unit_at)?;
        let change = (aspect == Aspect::Change || measure.is_effect()).then_some(measure);
        Ok((Condition::Compare(comparison), change))
    }

    fn unit(&mut self) -> Unit {
        if self.takes(&Token::Percent) {
            Unit::Percent
        } else if self.takes_word("pp") {
            Unit::Points
        } else {
            Unit::Own
        }
    }
}

fn one_or(mut all: Vec<Condition>, several: impl Fn(Vec<Condition>) -> Condition) -> Condition {
    match (all.len(), all.pop()) {
        (1, Some(one)) => one,
        (_, last) => {
            all.extend(last);
            several(all)
        }
    }
}

/// Whether the unit says something of the measure. `at` is the place of the number, `unit_at` that of the unit.
fn check(comparison: &Comparison, at: usize, unit_at: usize) -> Result<()> {
    let &Comparison { measure, aspect, number, unit, .. } = comparison;
    let (name, is_share) = (measure.name(), measure.kind() == Kind::Share);
    let is_change = aspect == Aspect::Change;
    match unit {
        Unit::Percent if !(is_share || is_change || measure.is_effect()) => Err(AlertError::new(
            unit_at,
            format!("{name} is no share, so % says nothing of it"),
            format!("write its number, or {name} change < -10 % against the period before"),
        )),
        Unit::Points if !(is_share && is_change) => Err(AlertError::new(
            unit_at,
            "pp, percentage points, is said of the change of a share",
            if is_share { format!("write {number} %") } else { "write %, or the number alone".to_owned() },
        )),
        Unit::Own if is_share && is_beyond_one(number) => Err(AlertError::new(
            at,
            format!("{name} is a share, from 0 to 1"),
            if is_change { format!("write {number} pp") } else { format!("write {number} %") },
        )),
        _ => Ok(()),
    }
}

fn is_beyond_one(number: Decimal) -> bool {
    let fraction = number.fraction();
    fraction.above.unsigned_abs() > fraction.below.unsigned_abs()
}
