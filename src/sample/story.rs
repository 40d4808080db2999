//! The story of a sample, told in Markdown: true parameters, what they lead to, and what was counted.

use super::calendar::Calendar;
use super::orders;
use super::plot::{CONVERSION_DROP, PUBLIC_LIFT, Role};
use super::settings::{SampleError, SampleSettings, Shocks, Story};
use super::streamer::{self, ZIPF_EXPONENT};
use super::summary::{SampleSummary, StreamerTruth, Tally};
use super::viewers;
use super::world::World;

/// The story with its true parameters, and the truth counted while the sample was written, as Markdown.
pub fn story_markdown(settings: &SampleSettings, summary: &SampleSummary) -> Result<String, SampleError> {
    let world = World::new(settings)?;
    let told = match settings.story {
        Story::LastWeek => last_week(&world, summary),
        Story::None => no_story(&world.calendar, settings.shocks),
    };
    Ok([
        options(settings, summary),
        told,
        visits(&world, summary),
        parameters(&world),
        oddities(summary),
        weeks(summary),
    ]
    .join("\n"))
}

fn options(settings: &SampleSettings, summary: &SampleSummary) -> String {
    let story = match settings.story {
        Story::LastWeek => "last week",
        Story::None => "none",
    };
    let mut rows = vec![
        ("sessions", format!("{} (the mean; {} rows were written)", settings.sessions, summary.sessions)),
        ("streamers", settings.streamers.to_string()),
        ("weeks", settings.weeks.to_string()),
        ("seed", settings.seed.to_string()),
    ];
    if let Some(seed) = settings.plan_seed {
        rows.push(("plan seed", format!("{seed} (of streamers and schedules)")));
    }
    if settings.shocks == Shocks::Off {
        rows.push(("shocks", "off".to_owned()));
    }
    rows.extend([("end", settings.end.to_string()), ("story", story.to_owned())]);
    format!(
        "# The story of this sample\n\n\
         Synthetic exports by `gmv sample`: invented persons, shops and orders. The same options give the same bytes.\n\n\
         | option | value |\n| --- | --- |\n{}",
        table(&rows)
    )
}

fn no_story(calendar: &Calendar, shocks: Shocks) -> String {
    let chance = match shocks {
        Shocks::On => "between persons and the shocks of broadcasts",
        Shocks::Off => "between persons, and the schedules",
    };
    format!(
        "## What happens in the last week\n\n\
         Nothing. The week of {} is drawn like the others: what a comparison finds is chance {chance}.\n",
        last_monday(calendar)
    )
}

fn last_monday(calendar: &Calendar) -> jiff::civil::Date {
    calendar.monday(calendar.weeks().saturating_sub(1) as usize)
}

fn last_week(world: &World, summary: &SampleSummary) -> String {
    let mut rows: Vec<String> = (summary.streamers.iter()).map(|truth| player(world, truth)).collect();
    let [before, after] = others(summary);
    rows.push(player_row("all others", "as ever", "1", before, after));
    format!(
        "## What happens in the last week\n\n\
         In the week of {}, against all weeks before it:\n\n\
         - Public visits (organic and paid) of every streamer are multiplied by {PUBLIC_LIFT}; private ones stay.\n\
         - At two streamers the probability that a visit buys is multiplied by {CONVERSION_DROP}.\n\
         - One streamer is new: it has no broadcast before. One is gone: it has none in this week.\n\n\
         | streamer | part | true multiplier of conversion | visits that buy, of 100 before | in the last week |\n\
         | --- | --- | --- | --- | --- |\n{}\n\n{HOW_TO_READ}",
        last_monday(&world.calendar),
        rows.join("\n")
    )
}

/// What a comparison of the last week with the one before should show.
const HOW_TO_READ: &str = "\
How to read it: the weeks of `gmv decompose --by streamer` beside each other.\n\n\
- Unique viewers rise, by public ones alone. They rise less than visits do: some visit twice, and a viewer with one \
private visit is a private viewer.\n\
- Watch time per viewer falls a little, and conversion too, for everybody: public visits are shorter and buy less often \
than private ones, and now there are more of them. The table above shows that as the change of all others; the two \
streamers fall further, by the true multiplier.\n\
- Price and repurchase have no part in the story: what moves there is chance, and the mixture of streamers.\n\
- The new streamer has no row before the last week, the gone one none in it, but for viewers whose last night ran past \
midnight.\n\
- In a small sample most of this drowns in chance, as it would in a small shop: the intervals say so.\n";

fn player(world: &World, truth: &StreamerTruth) -> String {
    let index = (world.plot.iter().flat_map(|plot| plot.cast))
        .map(|(index, _)| index)
        .find(|&index| super::export::streamer_text(index) == truth.streamer_id);
    let name = index
        .and_then(|index| Some((index, world.streamers.get(index as usize)?)))
        .map_or(String::new(), |(index, streamer)| streamer::name(index, streamer));
    let (part, multiplier) = match truth.role {
        Role::ConvertsWorse => ("converts worse", CONVERSION_DROP.to_string()),
        Role::New => ("new", "1".to_owned()),
        Role::Gone => ("gone", "1".to_owned()),
    };
    let who = format!("{} {name}", truth.streamer_id);
    player_row(&who, part, &multiplier, truth.before, truth.after)
}

fn player_row(who: &str, part: &str, multiplier: &str, before: Tally, after: Tally) -> String {
    let percent =
        |tally: Tally| tally.conversion().map_or("–".to_owned(), |share| format!("{:.2}", 100.0 * share));
    format!("| {who} | {part} | {multiplier} | {} | {} |", percent(before), percent(after))
}

/// The streamers that have no part: all weeks before, and the last one.
pub(super) fn others(summary: &SampleSummary) -> [Tally; 2] {
    let last = summary.weeks.len().saturating_sub(1);
    let mut others = [Tally::default(); 2];
    for (week, truth) in summary.weeks.iter().enumerate() {
        let sum = &mut others[usize::from(week == last)];
        sum.private_visits += truth.tally.private_visits;
        sum.public_visits += truth.tally.public_visits;
        sum.buying_visits += truth.tally.buying_visits;
    }
    for truth in &summary.streamers {
        for (sum, part) in others.iter_mut().zip([truth.before, truth.after]) {
            // Parts are counted by broadcast and weeks by date, so a night over a Sunday may be in the part alone.
            sum.private_visits = sum.private_visits.saturating_sub(part.private_visits);
            sum.public_visits = sum.public_visits.saturating_sub(part.public_visits);
            sum.buying_visits = sum.buying_visits.saturating_sub(part.buying_visits);
        }
    }
    others
}

/// Visits in the last week and in the mean of those before: what the plan expects, shocks aside, and what was counted.
fn visits(world: &World, summary: &SampleSummary) -> String {
    let last = world.calendar.weeks().saturating_sub(1);
    let before = f64::from(last.max(1));
    let rows = ["private", "public"].into_iter().enumerate().map(|(domain, word)| {
        let planned: f64 = (0..last).map(|week| world.expected_visits(week)[domain]).sum();
        let counted = |tally: &Tally| [tally.private_visits, tally.public_visits][domain] as f64;
        let (past, latest) = summary.weeks.split_at(last as usize);
        let usual: f64 = past.iter().map(|week| counted(&week.tally)).sum();
        let latest: f64 = latest.iter().map(|week| counted(&week.tally)).sum();
        format!(
            "| {word} | {:.0} | {:.0} | {:.0} | {latest:.0} |\n",
            planned / before,
            usual / before,
            world.expected_visits(last)[domain],
        )
    });
    format!(
        "## Visits in a week\n\n\
         Expected by the plan (schedules and story, without shocks), and counted (by the day of entering). A visit is a \
         session; a second device adds one.\n\n\
         | visits | mean before, expected | counted | last week, expected | counted |\n\
         | --- | --- | --- | --- | --- |\n{}",
        rows.collect::<String>()
    )
}

fn parameters(world: &World) -> String {
    format!(
        "## True parameters\n\nShocks and times are log-normal; a shock has mean 1 and is shared by all visits of a broadcast.\n\n| parameter | value |\n| --- | --- |\n{}{}",
        table(&audience(world)),
        table(&buying(world))
    )
}

fn table(rows: &[(&str, String)]) -> String {
    let lines: Vec<String> = (rows.iter()).map(|(what, value)| format!("| {what} | {value} |\n")).collect();
    lines.concat()
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn audience(world: &World) -> [(&'static str, String); 12] {
    let [others, fans] = viewers::PRIVATE.map(percent);
    let [short, long] = viewers::MEDIAN_WATCH;
    [
        ("Size of streamers: rank to the power of", format!("−{ZIPF_EXPONENT}")),
        ("Sigma of a broadcast's shock on its audience", world.audience_sigma.to_string()),
        ("Visits by fans of the streamer", percent(viewers::FAN_VISITS)),
        ("Visits by fans of a neighbour", percent(viewers::NEIGHBOUR_VISITS)),
        ("Private visits: of fans, of others", format!("{fans}, {others}")),
        ("Private visits of all, without story", percent(viewers::private_share())),
        ("Paid visits, of the public ones", percent(viewers::PAID)),
        ("Median seconds watched: by fans, by others", format!("{long}, {short}")),
        ("Sigma of the time watched", viewers::WATCH_SIGMA.to_string()),
        ("Visits of 0 seconds", percent(viewers::BOUNCES)),
        ("Guests, of the visits by others than fans", percent(viewers::GUESTS)),
        ("Persons with two devices", percent(viewers::TWO_DEVICES)),
    ]
}

fn buying(world: &World) -> [(&'static str, String); 9] {
    let (private, public) = (orders::PRIVATE_CONVERSION, orders::PUBLIC_CONVERSION);
    [
        ("Sigma of a broadcast's shock on conversion", world.conversion_sigma.to_string()),
        ("Conversion of a visit without end", percent(orders::CONVERSION)),
        ("Times that for private, public visits", format!("{private}, {public}")),
        ("One more order after one of a visit", percent(orders::ONE_MORE)),
        ("Orders never paid", percent(orders::UNPAID)),
        ("Gifts, of paid orders", percent(orders::GIFTS)),
        ("Refunded, of paid orders but gifts", percent(orders::REFUNDED)),
        ("In full, of the refunded", percent(orders::REFUNDED_IN_FULL)),
        ("Persons whom the order export masks", percent(viewers::MASKED)),
    ]
}

fn oddities(summary: &SampleSummary) -> String {
    let odd = &summary.oddities;
    let rows = [
        ("Rows of sessions", summary.sessions),
        ("Sessions of guests", odd.guest_sessions),
        ("Sessions of 0 seconds", odd.bounces),
        ("Sessions without a time of leaving", odd.sessions_without_end),
        ("Sessions on a second device, which overlap", odd.second_devices),
        ("Sessions over midnight", odd.sessions_over_midnight),
        ("Rows of orders", summary.orders),
        ("Rows that a later row of the same order supersedes", odd.repeated_orders),
        ("Orders never paid", odd.unpaid_orders),
        ("Orders of a masked buyer", odd.masked_orders),
        ("Orders without a streamer", odd.shelf_orders),
        ("Orders of amount 0", odd.gifts),
        ("Orders refunded, in part or in full", odd.refunded_orders),
    ];
    let rows: String = rows.map(|(what, count)| format!("| {what} | {count} |\n")).concat();
    format!("## What the exports hold, counted\n\n| what | count |\n| --- | --- |\n{rows}")
}

fn weeks(summary: &SampleSummary) -> String {
    let row = |week: &super::summary::WeekTruth| {
        let tally = &week.tally;
        let hours = tally.watched.0 as f64 / crate::units::Seconds::PER_HOUR as f64;
        format!(
            "| {} | {} | {} | {hours:.0} | {} | {} | {}.{:02} |\n",
            week.monday,
            tally.private_visits,
            tally.public_visits,
            tally.buying_visits,
            tally.orders,
            tally.gmv / 100,
            tally.gmv % 100,
        )
    };
    let rows: String = summary.weeks.iter().map(row).collect();
    format!(
        "## The weeks, counted\n\n\
         Visits and hours by the day of entering (second devices left out), paid orders that \
         came from visits by the day of payment, their money before refunds.\n\n\
         | Monday | private visits | public visits | hours | visits that bought | orders | gmv |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n{rows}"
    )
}
