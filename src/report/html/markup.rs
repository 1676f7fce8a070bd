//! Texts that can inject nothing.

use std::fmt::{self, Write as _};

use unicode_width::UnicodeWidthChar;

/// A text in HTML or SVG, between tags or in a quoted attribute.
pub(super) struct Text<'a>(pub(super) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for sign in self.0.chars() {
            match sign {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\t' | '\n' | '\r' => f.write_char(' ')?,
                // No markup language takes other control characters.
                sign if sign.is_control() => {}
                sign => f.write_char(sign)?,
            }
        }
        Ok(())
    }
}

/// A planner's word among others, in HTML: whatever its direction of writing, it does not turn its
/// neighbours.
pub(super) struct Name<'a>(pub(super) &'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<bdi>{}</bdi>", Text(self.0))
    }
}

/// The width of a text in columns of a terminal, which is a fair guess of that on a page.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(|sign| sign.width().unwrap_or(0)).sum()
}

/// At most `room` columns of a text, with an ellipsis where it was longer.
pub(super) fn shorten(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = 1;
    for sign in text.chars() {
        used += sign.width().unwrap_or(0);
        if used > room {
            break;
        }
        short.push(sign);
    }
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// JSON that may stand in a script element: no sign of it can end the element or start another.
pub(super) fn json_for_script(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for sign in json.chars() {
        match sign {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            sign => safe.push(sign),
        }
    }
    safe
}

/// A coordinate of a picture: a tenth of a pixel is finer than the eye.
pub(super) struct Px(pub(super) f64);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round() as i64;
        match (tenths / 10, tenths % 10) {
            (0, 0) => f.write_char('0'),
            (whole, 0) => write!(f, "{whole}"),
            (whole, part) => {
                let sign = if tenths < 0 { "-" } else { "" };
                write!(f, "{sign}{}.{}", whole.abs(), part.abs())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_can_end_its_place_in_the_markup() {
        let hostile = "</script><img src=x onerror=\"a()\">'&\u{0}";
        assert_eq!(
            Text(hostile).to_string(),
            "&lt;/script&gt;&lt;img src=x onerror=&quot;a()&quot;&gt;&#39;&amp;"
        );
        assert_eq!(Name("أ").to_string(), "<bdi>أ</bdi>");
        let json = serde_json::to_string("</script>&\u{2028}").expect("a text");
        let safe = json_for_script(&json);
        assert_eq!(safe, "\"\\u003c/script\\u003e\\u0026\\u2028\"");
        // What is escaped still reads as what it was.
        let read: String = serde_json::from_str(&safe).expect("JSON");
        assert_eq!(read, "</script>&\u{2028}");
    }

    #[test]
    fn long_names_end_in_an_ellipsis() {
        assert_eq!(shorten("Liège", 5), "Liège");
        assert_eq!(shorten("Zhengzhou Putian", 10), "Zhengzhou…");
        assert_eq!(shorten("上海浦东国际机场", 7), "上海浦…"); // two columns each
    }

    #[test]
    fn coordinates_have_at_most_one_decimal() {
        let texts: Vec<String> = [0.0, -0.04, 12.0, 3.25, -0.5]
            .iter()
            .map(|&at| Px(at).to_string())
            .collect();
        assert_eq!(texts, ["0", "0", "12", "3.3", "-0.5"]);
    }
}
