//! The command line accepts what it prints and refuses the rest.

use super::Command;
use crate::demo::Options;
use crate::fuzz;
use crate::machine::Browser;

fn parse(line: &str) -> anyhow::Result<Command> {
    Command::parse(line.split_whitespace().map(str::to_owned))
}

#[test]
fn known_commands() {
    assert_eq!(parse("").unwrap(), Command::Help);
    assert_eq!(parse("setup").unwrap(), Command::Setup);
    assert_eq!(parse("examples").unwrap(), Command::Examples);
    assert_eq!(
        parse("test --only tidy,format").unwrap(),
        Command::Test { only: vec!["tidy".into(), "format".into()] }
    );
    assert_eq!(
        parse("demo --keep --browser firefox").unwrap(),
        Command::Demo(Options { headed: false, keep: true, browser: Browser::Firefox })
    );
    assert_eq!(
        parse("fuzz --target inbox,texts --minutes 0.5").unwrap(),
        Command::Fuzz(fuzz::Options {
            targets: vec!["inbox".into(), "texts".into()],
            minutes: 0.5,
            minimize: false
        })
    );
    assert_eq!(parse("bench --json").unwrap(), Command::Bench { args: vec!["--json".into()] });
}

#[test]
fn refusals_name_the_word() {
    for (line, word) in [
        ("frobnicate", "unknown command `frobnicate`"),
        ("setup now", "`setup` takes no argument, got `now`"),
        ("replay", "replay needs at least one folder"),
        ("demo --fast", "demo does not know `--fast`"),
        ("demo --browser", "--browser needs a name"),
        ("demo --browser lynx", "unknown browser `lynx`"),
        ("fuzz --minutes soon", "--minutes needs a number"),
        ("fuzz --target", "--target needs a name"),
        ("fuzz everything", "fuzz does not know `everything`"),
        ("test tidy", "test takes nothing"),
    ] {
        let error = parse(line).unwrap_err().to_string();
        assert!(error.starts_with(word), "{line}: {error}");
    }
}
