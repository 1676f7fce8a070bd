//! The report of a plan: what it holds, that names inject nothing, and how a browser takes it.

#[path = "../cli_support/mod.rs"]
mod cli_support;

mod browser;
mod devtools;
mod figures;
mod structure;

use cli_support::Desk;

/// Texts that would do harm where they are taken for more than text.
pub const HOSTILE: [&str; 6] = [
    "=HYPERLINK(\"http://evil.example\";\"x\")",
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">&amp;{{data}}",
    "\u{202e}مطار لييج\u{2066}",
    "上海浦东国际机场 'quoted' \"twice\"",
    "]]>--><!-- \u{2028}\u{2029} \\u003c/script>",
];

/// A desk whose instance carries hostile texts wherever free text may stand, and names of 300
/// signs and other scripts, with a plan of it in `plan`.
pub fn hostile_desk() -> Desk {
    let desk = Desk::with_instance();
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    desk.replace(
        "net/places.csv",
        "Hangzhou,city",
        &format!("{},city", cell(HOSTILE[0])),
    );
    let airport = format!("{},airport", cell(HOSTILE[1]));
    desk.replace("net/places.csv", "Hangzhou Xiaoshan,airport", &airport);
    let terminal = format!("{},rail_terminal", cell(&"长".repeat(300)));
    desk.replace(
        "net/places.csv",
        "Zhengzhou rail terminal,rail_terminal",
        &terminal,
    );
    desk.replace(
        "net/places.csv",
        "Liège,hub",
        &format!("{},hub", cell(HOSTILE[3])),
    );
    desk.replace("net/products.csv", "Small parcels", &cell(HOSTILE[4]));
    desk.replace("net/services.csv", "Some airline", &cell(HOSTILE[2]));
    desk.replace(
        "net/settings.csv",
        "Two products from Hangzhou to Liège by flight and by train.",
        &cell(HOSTILE[5]),
    );
    desk.replace("net/settings.csv", "my-network", &cell(HOSTILE[2]));
    // Ids cannot hold quotes, but letters of any script.
    for table in ["services", "scenarios"] {
        let text = desk.read(&format!("net/{table}.csv"));
        let text = text
            .replace("HGH-LGG", "رحلة-上海")
            .replace("CGO-LGG", "Поезд 7");
        std::fs::write(desk.path(&format!("net/{table}.csv")), text).expect("a table");
    }
    desk.run(&["solve", "net", "--quiet", "--out", "plan"], 0);
    desk
}

/// A desk with two plans of the starter instance that differ, in `a` and `b`.
pub fn two_plans() -> Desk {
    let desk = Desk::with_instance();
    desk.run(&["solve", "net", "--quiet", "--out", "a"], 0);
    desk.run(
        &[
            "solve",
            "net",
            "--quiet",
            "--out",
            "b",
            "--scenario",
            "no-train",
        ],
        0,
    );
    desk
}
