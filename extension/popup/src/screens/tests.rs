//! Every screen in every state: drawn, labelled, free of what must not appear.

use walnut_wallet::{activity::ActivityStatus, messages::Surface};

use crate::{
    mock::{FIXTURES, MORE, fixture},
    screens::draw,
    tree::{Element, Node, to_html},
};

fn each_screen(check: impl Fn(&str, &Node)) {
    for name in FIXTURES.into_iter().chain(MORE) {
        let model = fixture(name).unwrap_or_else(|| panic!("no fixture {name}"));
        check(name, &draw(&model));
    }
}

fn walk<'a>(node: &'a Node, visit: &mut impl FnMut(&'a Element)) {
    if let Node::Element(element) = node {
        visit(element);
        element.children.iter().for_each(|child| walk(child, visit));
    }
}

fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attributes.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
}

fn text(node: &Node) -> String {
    match node {
        Node::Text(text) => text.clone(),
        Node::Element(element) => element.children.iter().map(text).collect(),
    }
}

#[test]
fn every_screen_has_a_title_and_says_something() {
    each_screen(|name, page| {
        let mut titles = 0;
        walk(page, &mut |element| titles += usize::from(attribute(element, "id") == Some("title")));
        assert_eq!(titles, 1, "{name}");
        assert!(name == "home-loading" || text(page).len() > 60, "{name}: {}", text(page));
    });
}

#[test]
fn everything_that_can_be_pressed_has_a_name() {
    each_screen(|name, page| {
        walk(page, &mut |element| {
            if matches!(element.tag, "button" | "a") {
                let own: String = element.children.iter().map(text).collect();
                assert!(
                    !own.trim().is_empty() || attribute(element, "aria-label").is_some(),
                    "{name}: {element:?}"
                );
            }
        });
    });
}

#[test]
fn every_field_has_a_label() {
    each_screen(|name, page| {
        let mut labelled = Vec::new();
        let mut wrapped = 0;
        walk(page, &mut |element| {
            if element.tag == "label" {
                match attribute(element, "for") {
                    Some(id) => labelled.push(id),
                    None => wrapped += 1,
                }
            }
        });
        let mut unlabelled = 0;
        walk(page, &mut |element| {
            if matches!(element.tag, "input" | "select" | "textarea") {
                let id = attribute(element, "id");
                unlabelled += usize::from(!id.is_some_and(|id| labelled.contains(&id)));
            }
        });
        // Radio buttons and checkboxes stand inside their labels.
        assert_eq!(unlabelled, wrapped, "{name}");
    });
}

#[test]
fn ids_are_unique() {
    each_screen(|name, page| {
        let mut ids = Vec::new();
        walk(page, &mut |element| ids.extend(attribute(element, "id")));
        let total = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), total, "{name}");
    });
}

#[test]
fn no_attribute_is_set_twice_and_no_style_inline() {
    each_screen(|name, page| {
        walk(page, &mut |element| {
            let mut names: Vec<_> = element.attributes.iter().map(|(name, _)| *name).collect();
            assert!(!names.contains(&"style"), "{name}: the content security policy refuses inline styles");
            names.sort_unstable();
            let total = names.len();
            names.dedup();
            assert_eq!(names.len(), total, "{name}: {element:?}");
        });
    });
}

/// How often something is said on what a wide tab shows.
fn times_said(node: &Node, words: &str) -> usize {
    match node {
        Node::Text(text) => usize::from(text == words),
        Node::Element(element) if attribute(element, "class") == Some("only-narrow") => 0,
        Node::Element(element) => element.children.iter().map(|child| times_said(child, words)).sum(),
    }
}

#[test]
fn a_wide_tab_tells_an_error_once() {
    let mut told = Vec::new();
    for name in FIXTURES.into_iter().chain(MORE) {
        let mut model = fixture(name).unwrap_or_else(|| panic!("no fixture {name}"));
        model.surface = Surface::Tab;
        let Some(error) = &model.error else { continue };
        assert_eq!(times_said(&draw(&model), &error.message), 1, "{name}");
        told.push(name);
    }
    assert!(told.contains(&"share-chain-error") && told.contains(&"application-error"), "{told:?}");
}

#[test]
fn what_sites_write_stays_text() {
    let page = to_html(&draw(&fixture("connect").expect("a fixture")));
    assert!(page.contains("Demo &lt;b&gt;shop&lt;/b&gt;"));
    assert!(!page.contains("<b>shop"));
}

/// What an application says of itself stays text, and its ID stands beside its name.
#[test]
fn what_applications_write_stays_text() {
    let mut model = fixture("application-answer").expect("a fixture");
    if let Some(answer) = &mut model.application.answer {
        answer.text = "<img src=x>".to_owned();
        answer.complaints = vec!["<b>no</b>".to_owned()];
    }
    let page = to_html(&draw(&model));
    assert!(page.contains("&lt;img src=x&gt;") && page.contains("&lt;b&gt;no&lt;/b&gt;"));
    let page = to_html(&draw(&fixture("send-token").expect("a fixture")));
    let token = fixture("send-token").and_then(|model| model.send_source()?.token).expect("a token");
    assert!(page.contains(&token.id.to_string()));
}

/// Bytes that nobody can read are shown whole, and said to be such.
#[test]
fn undecoded_calls_show_their_bytes_and_what_they_did_here() {
    let page = to_html(&draw(&fixture("review-bytes").expect("a fixture")));
    assert!(page.contains(crate::words::review::WARN_UNDECODED) && page.contains("64 bytes"));
    let review = fixture("review-bytes").and_then(|model| model.review).expect("a review");
    let bytes = &review.operations[0].fields.last().expect("the bytes").value;
    assert!(page.contains(&format!(">{bytes}<")));
    assert!(page.contains("publishes event 3"));
    assert!(
        !to_html(&draw(&fixture("review-token").expect("a fixture")))
            .contains(crate::words::review::WARN_UNDECODED)
    );
}

#[test]
fn covered_words_are_not_in_the_page() {
    let covered = to_html(&draw(&fixture("words-covered").expect("a fixture")));
    assert!(!covered.contains("abandon"));
    let shown = to_html(&draw(&fixture("words").expect("a fixture")));
    assert!(shown.contains("abandon") && shown.contains("actual"));
}

#[test]
fn a_locked_wallet_shows_no_balance() {
    let page = to_html(&draw(&fixture("locked").expect("a fixture")));
    assert!(!page.contains("83.907") && !page.contains("Savings"));
}

#[test]
fn nothing_is_called_sent_before_its_certificate() {
    let page = to_html(&draw(&fixture("item-waiting").expect("a fixture")));
    assert!(page.contains("Waiting for votes"));
    assert!(page.contains("2 of 4 votes are in; one more is needed."));
    assert!(!page.contains(">Sent<") && !page.contains(">Arrived<span class=\"label\">to come</span><time"));
}

#[test]
fn approve_waits_for_the_focus() {
    let early = to_html(&draw(&fixture("review").expect("a fixture")));
    assert!(early.contains("disabled=\"\" aria-describedby=\"approve-hint\">Approve and sign"));
    let ready = to_html(&draw(&fixture("review-ready").expect("a fixture")));
    assert!(!ready.contains("disabled=\"\" aria-describedby=\"approve-hint\""));
}

#[test]
fn turns_time_outs_and_overtaken_blocks_are_told_in_plain_words() {
    let page = |name: &str| text(&draw(&fixture(name).expect("a fixture")));
    let turn = page("item-turn");
    assert!(turn.contains("It is the turn of "), "{turn}");
    assert!(
        turn.contains(", in 8\u{a0}s. If no block comes by then, the validators are asked to end the turn")
    );
    let asked = page("item-time-out");
    let votes = "Time-out requested: 2 of 4 votes of validators are in, 3 are needed.";
    assert!(asked.contains(votes) && !asked.contains("It is the turn of "), "{asked}");
    let overtaken = page("item-overtaken");
    let again = "took this place, block 409 of the chain. Nothing of yours was sent. Send again?";
    assert!(overtaken.contains(&format!("Another owner's block {again}")), "{overtaken}");
    let mut model = fixture("item-overtaken").expect("a fixture");
    let mine = model.accounts().first().map(|account| account.owner);
    let item = model.snapshot.as_mut().and_then(|snapshot| snapshot.activity.first_mut()).expect("an item");
    let ActivityStatus::Overtaken(by) = &mut item.status else { panic!("not overtaken: {item:?}") };
    by.signer = mine;
    let by_oneself = text(&draw(&model));
    assert!(by_oneself.contains(&format!("Another block of yours, perhaps from another device, {again}")));
    // It is offered once: afterwards the way leads to what was sent instead.
    let offers = |text: &str| text.matches("Send again").count();
    let sent_again = page("item-overtaken-again");
    assert_eq!((offers(&overtaken), offers(&sent_again)), (2, 1));
    assert!(sent_again.contains("Look at the new one") && !overtaken.contains("Look at the new one"));
}
