//! What stands in the HTML report: tiles and tables. Pictures draw the same tables.

use super::figures::{Collected, Shown};

/// The figures of a report.
pub fn read(page: &str) -> Collected {
    let mut figures = Collected::default();
    for tile in between(page, "<div class=\"tile", "</div>") {
        let name = first(tile, "<dt>", "</dt>");
        let value = plain(first(tile, "<dd class=\"value\">", "</dd>"));
        let of_currency = |c: char| c.is_ascii_uppercase();
        let amount = value.trim_start_matches(of_currency).trim();
        let is_one = figures.add_text(&["report", "tile", &plain(name)], amount);
        for (what, text) in [("value", value), ("detail", detail(tile))] {
            for part in text.split(", ") {
                let (before, number) = split_number(part);
                let at = ["report", "tile", &plain(name), what, before];
                match Shown::read(number) {
                    Some(shown) if before == "proven within" => {
                        figures.add(&at, shown.rounded_up())
                    }
                    Some(shown) if what == "detail" || !is_one => figures.add(&at, shown),
                    _ => {}
                }
            }
        }
    }
    for table in between(page, "<table class=\"figures\">", "</table>") {
        let caption = plain(first(table, "<caption>", "</caption>"));
        let head: Vec<String> = between(first(table, "<thead>", "</thead>"), "<th", "</th>")
            .map(|cell| plain(cell.split_once('>').map_or("", |(_, text)| text)))
            .collect();
        for row in between(first(table, "<tbody>", "</tbody>"), "<tr", "</tr>") {
            let cells: Vec<String> = row
                .split("<t")
                .filter(|cell| cell.starts_with("h ") || cell.starts_with("d"))
                .map(|cell| plain(cell.split_once('>').map_or("", |(_, text)| text)))
                .collect();
            let caption = caption.split([',', ':']).next().unwrap_or_default();
            // services without a limit stand together by mode
            let label = match head.get(1).map(String::as_str) {
                Some("Mode") => format!("{} {}", cells[0], cells[1]),
                _ => cells[0].clone(),
            };
            for (heading, cell) in head.iter().zip(&cells).skip(1) {
                let heading = heading.split(',').next().unwrap_or_default();
                figures.add_text(&["report", caption, &label, heading], cell);
            }
        }
    }
    figures
}

fn detail(tile: &str) -> String {
    plain(first(tile, "</dd><dd>", "</dd>"))
}

/// The first number in words: what stands before it, and itself.
fn split_number(text: &str) -> (&str, &str) {
    let is_digit = |c: char| c.is_ascii_digit();
    let Some(begin) = text.find(is_digit) else {
        return (text, "");
    };
    let is_bound = ["< ", "> "]
        .iter()
        .any(|sign| text[..begin].ends_with(sign));
    let digits = begin;
    let begin = if is_bound { begin - 2 } else { begin };
    let rest = &text[digits..];
    let end = rest
        .find(|c: char| !is_digit(c) && !matches!(c, ',' | '.'))
        .unwrap_or(rest.len());
    let percent = rest[end..].starts_with(" %");
    let end = if percent { end + 2 } else { end };
    (text[..begin].trim(), &text[begin..digits + end])
}

fn between<'a>(text: &'a str, begin: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(begin)
        .skip(1)
        .map(move |part| part.split(end).next().unwrap_or_default())
}

fn first<'a>(text: &'a str, begin: &'a str, end: &'a str) -> &'a str {
    let after = text.split_once(begin).map_or("", |(_, after)| after);
    after.split_once(end).map_or(after, |(before, _)| before)
}

/// Text without markup.
fn plain(markup: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for (at, c) in markup.char_indices() {
        let rest = &markup[at + c.len_utf8()..];
        match c {
            // a tag begins with its name; `< 0.1 %` is text
            '<' if rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') => inside = true,
            '>' if inside => inside = false,
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    text.replace("&amp;", "&").trim().to_owned()
}
