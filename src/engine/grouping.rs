//! What `--by` says: the group columns, and which side of the data each belongs to.

use std::sync::Arc;

use crate::input::pseudonyms::PERSONS;
use crate::input::streamers::{Streamers, TIER};
use crate::journey::rules::Split;
use crate::sums::is_result_column;

/// One group column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupColumn {
    /// The streamer.
    Streamer,
    /// An attribute of the streamer, from `--streamers`; its tier may be computed.
    Attribute(String),
    /// The broadcast.
    Live,
    /// The viewer's domain.
    Domain,
    /// The viewer's traffic.
    Traffic,
    /// New or returning.
    BuyerType,
    /// Where the order came from.
    Carrier,
    /// The band of the order's total.
    PriceBand,
    /// Any other column of the orders.
    Dimension(String),
    /// A column of a facts file, whose side is not known.
    Given(String),
}

impl GroupColumn {
    /// The name of the column in the output.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Streamer => "streamer_id",
            Self::Live => "live_id",
            Self::Domain => "domain",
            Self::Traffic => "traffic",
            Self::BuyerType => "buyer_type",
            Self::Carrier => "carrier",
            Self::PriceBand => "price_band",
            Self::Attribute(name) | Self::Dimension(name) | Self::Given(name) => name,
        }
    }

    /// Whether it is a property of orders, so that groups are sliced by it.
    #[must_use]
    pub fn is_order_side(&self) -> bool {
        matches!(self, Self::Carrier | Self::PriceBand | Self::Dimension(_))
    }

    /// Whether it is a property of viewers.
    #[must_use]
    pub fn is_viewer_side(&self) -> bool {
        matches!(self, Self::Domain | Self::Traffic | Self::BuyerType)
    }
}

/// The group columns, in the order of `--by`; none is the total.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grouping {
    /// The columns.
    pub columns: Vec<GroupColumn>,
    /// Whether one of them names persons: by its name, or since it is the column of the buyers under another one.
    pub names_persons: bool,
}

impl Grouping {
    /// The grouping of a list such as `streamer,domain`: a word that is no group is an attribute of the streamers' table where it has
    /// one, or can be computed (`tier`), else a column of the orders.
    ///
    /// # Errors
    /// When a word stands twice, is empty, or is the name of a column of the result.
    pub fn parse(words: &[String], streamers: &Streamers) -> Result<Self, String> {
        let mut columns = Vec::new();
        for word in words.iter().map(|word| word.trim()) {
            let column = match word {
                "total" => continue,
                "streamer" | "streamer_id" => GroupColumn::Streamer,
                "live" | "live_id" => GroupColumn::Live,
                "domain" => GroupColumn::Domain,
                "traffic" => GroupColumn::Traffic,
                "buyer-type" | "buyer_type" => GroupColumn::BuyerType,
                "carrier" => GroupColumn::Carrier,
                "price-band" | "price_band" => GroupColumn::PriceBand,
                "" => return Err("--by has an empty name".to_owned()),
                other if is_result_column(other) => {
                    return Err(format!(
                        "--by {other}: the result has a column of that name; map it under another one in a profile"
                    ));
                }
                other if other == TIER || streamers.attributes.iter().any(|known| known == other) => {
                    GroupColumn::Attribute(other.to_owned())
                }
                other => GroupColumn::Dimension(other.to_owned()),
            };
            if columns.contains(&column) {
                return Err(format!("--by names {word} twice"));
            }
            columns.push(column);
        }
        Ok(Self::of(columns))
    }

    /// The grouping by these columns.
    #[must_use]
    pub fn of(columns: Vec<GroupColumn>) -> Self {
        let names_persons = columns.iter().any(|column| PERSONS.contains(&column.name()));
        Self { columns, names_persons }
    }

    /// The grouping of broadcasts as aggregates: by streamer, by its attributes, by broadcast, or in total.
    ///
    /// # Errors
    /// When a word stands twice, or asks for persons or orders, which such an export does not hold.
    pub fn of_rooms(words: &[String], streamers: &Streamers) -> Result<Self, String> {
        let mut columns = Vec::new();
        for word in words.iter().map(|word| word.trim()) {
            let column = match word {
                "total" => continue,
                "live" | "live_id" => GroupColumn::Live,
                other => Self::parse(&[other.to_owned()], streamers)?.columns.remove(0),
            };
            if !matches!(column, GroupColumn::Streamer | GroupColumn::Attribute(_) | GroupColumn::Live) {
                return Err(format!(
                    "--by {word}: a row of --rooms is a whole broadcast, and its viewers and orders cannot be told apart; use \
                     streamer, live, total or a column of --streamers"
                ));
            }
            if columns.contains(&column) {
                return Err(format!("--by names {word} twice"));
            }
            columns.push(column);
        }
        Ok(Self::of(columns))
    }

    /// Leaves out the columns of which the inputs know nothing: where viewers came from, and what an order came through.
    pub fn retain_known(&mut self, has_sources: bool) {
        self.columns
            .retain(|column| has_sources || !matches!(column, GroupColumn::Domain | GroupColumn::Traffic));
    }

    /// The viewer-side columns that split groups.
    #[must_use]
    pub fn split(&self) -> Split {
        Split {
            domain: self.columns.contains(&GroupColumn::Domain),
            traffic: self.columns.contains(&GroupColumn::Traffic),
            buyer_type: self.columns.contains(&GroupColumn::BuyerType),
        }
    }

    /// The order columns that the reader must code, in their order.
    #[must_use]
    pub fn dimensions(&self) -> Vec<String> {
        let names = self.columns.iter().filter_map(|column| match column {
            GroupColumn::Dimension(name) => Some(name.clone()),
            _ => None,
        });
        names.collect()
    }

    /// Whether the rows are by streamer.
    #[must_use]
    pub fn has_streamer(&self) -> bool {
        self.columns.contains(&GroupColumn::Streamer)
    }

    /// Whether the rows are by tier, and the table does not give it, so that it has to be computed.
    #[must_use]
    pub fn wants_tiers(&self, streamers: &Streamers) -> bool {
        let by_tier = |column: &GroupColumn| matches!(column, GroupColumn::Attribute(name) if name == TIER);
        self.columns.iter().any(by_tier) && !streamers.attributes.iter().any(|known| known == TIER)
    }

    /// Whether the rows are by broadcast.
    #[must_use]
    pub fn has_live(&self) -> bool {
        self.columns.contains(&GroupColumn::Live)
    }

    /// Whether any column is order-side.
    #[must_use]
    pub fn is_sliced(&self) -> bool {
        self.columns.iter().any(GroupColumn::is_order_side)
    }

    /// Takes columns of a file for ones of orders where sums of groups, which have all viewing, do not have them.
    pub fn slice_beyond(&mut self, groups: &Self) {
        for column in &mut self.columns {
            if let GroupColumn::Given(name) = column
                && groups.columns.iter().all(|known| known.name() != name)
            {
                *column = GroupColumn::Dimension(std::mem::take(name));
            }
        }
    }

    /// Whether any column is viewer-side.
    #[must_use]
    pub fn is_split(&self) -> bool {
        self.columns.iter().any(GroupColumn::is_viewer_side)
    }

    /// The columns with the values of a group, as an error calls it.
    #[must_use]
    pub fn named(&self, keys: &[Arc<str>]) -> String {
        let value = |(column, key): (&GroupColumn, &Arc<str>)| format!("{} {key:?}", column.name());
        let values: Vec<String> = self.columns.iter().zip(keys).map(value).collect();
        if values.is_empty() { "all streamers".to_owned() } else { values.join(", ") }
    }

    /// The names of the columns, as one text.
    #[must_use]
    pub fn describe(&self) -> String {
        if self.columns.is_empty() {
            return "total".to_owned();
        }
        self.columns.iter().map(GroupColumn::name).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_columns_of_their_side() {
        let mut streamers = Streamers::default();
        streamers.attributes.push("tier".to_owned());
        let parse = |text: &str| {
            let words: Vec<String> = text.split(',').map(str::to_owned).collect();
            Grouping::parse(&words, &streamers)
        };
        let grouping = parse("tier,buyer-type,category").unwrap();
        assert_eq!(grouping.describe(), "tier,buyer_type,category");
        assert_eq!(grouping.dimensions(), ["category"]);
        assert!(grouping.is_sliced() && grouping.is_split() && !grouping.has_streamer());
        assert_eq!(parse("total").unwrap().describe(), "total");
        assert_eq!(parse("total,domain").unwrap().describe(), "domain");
        assert_eq!(parse("streamer,live").unwrap().describe(), "streamer_id,live_id");
        assert!(parse("live,live_id").is_err());
        assert!(parse("domain,domain").is_err() && parse("").is_err() && parse("streamer,").is_err());
    }
}
