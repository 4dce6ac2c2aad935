//! Chains with several owners.

use walnut_base::Round;

pub(crate) const TITLE: &str = "Whose turn it is";
pub(crate) const YOUR_TURN: &str = "It is your turn to make the next block.";
pub(crate) const ANY_OWNER: &str = "Any owner may make the next block.";
pub(crate) const ANYBODY: &str = "Anybody may propose the next block.";
pub(crate) const FAST: &str = "Super owners come first.";
pub(crate) const FAST_MINE: &str = "You may make the next block at once, as a super owner.";
pub(crate) const MET: &str = "Blocks of two owners met.";
pub(crate) const OVER: &str =
    "The turn is over: whoever wants to make a block now asks the validators to end it.";
pub(crate) const ASKING: &str =
    "The turn is over. The validators are being asked to end it; then yours is proposed.";
pub(crate) const WAITED: &str = "Had to wait";
pub(crate) const CAME_FIRST: &str = "Another block came first";
pub(crate) const WAITING: &str = "Waiting for a turn";
pub(crate) const OVERTAKEN: &str = "Overtaken";
pub(crate) const BLOCK_FIRST: &str = "Came first";
pub(crate) const SIGNED_BY: &str = "Signed by";
pub(crate) const SEND_AGAIN: &str = "Send again";
pub(crate) const DO_AGAIN: &str = "Do it again";
pub(crate) const DONE_AGAIN: &str = "Look at the new one";
pub(crate) const SHARE: &str = "Share this chain";
pub(crate) const CHANGE: &str = "Change the turns";
pub(crate) const REMOVE: &str = "Remove";
pub(crate) const LOOK: &str = "Look at the block";
pub(crate) const SHARE_TITLE: &str = "Share this chain";
pub(crate) const SHARE_TEXT: &str = "The new owner can spend everything on this chain, and can remove you from it. Share it only with yourself, or with somebody you trust that far.";
pub(crate) const SHARE_HINT: &str =
    "Theirs is on their Receive screen, under Owner. They then add this chain by its ID.";
pub(crate) const CHANGE_TITLE: &str = "Change the turns";
pub(crate) const CHANGE_TEXT: &str = "All owners are bound by it. With long turns a chain stands still for as long when the owner whose turn it is is away.";
pub(crate) const ROUNDS: &str = "Rounds in which any owner may propose";
pub(crate) const ROUNDS_HINT: &str = "After them, owners take turns. With 0 they always do.";
pub(crate) const SECONDS: &str = "Seconds that a turn lasts";

pub(crate) fn until(clock: &str, left: &str) -> String {
    format!("It ends at {clock}, in {left}.")
}

pub(crate) fn turn_of(name: &str) -> String {
    format!("It is the turn of {name}.")
}

pub(crate) fn waits(whose: &str, until: &str) -> String {
    format!(
        "{whose} {until} If no block comes by then, the validators are asked to end the turn, and yours is proposed. You can close this window."
    )
}

pub(crate) fn asked(received: u64, needed: u64, total: u64) -> String {
    format!(
        "The turn is over. Time-out requested: {received} of {total} votes of validators are in, {needed} are needed. You can close this window."
    )
}

pub(crate) fn time_out(received: u64, total: u64) -> String {
    format!("Time-out, votes {received} of {total}")
}

pub(crate) fn waited_for(name: &str) -> String {
    format!("Turn of {name}")
}

pub(crate) fn overtaken(is_mine: bool, height: u64) -> String {
    let whose = match is_mine {
        true => "Another block of yours, perhaps from another device,",
        false => "Another owner's block",
    };
    format!("{whose} took this place, block {height} of the chain. Nothing of yours was sent. Send again?")
}

pub(crate) fn remove_title(name: &str) -> String {
    format!("Remove {name}?")
}

pub(crate) fn remove_text(is_mine: bool) -> &'static str {
    match is_mine {
        true => {
            "You can make no more blocks here: everything on this chain is for its other owners to spend. Only they could let you back in."
        }
        false => {
            "They can make no more blocks here. Their own balance on this chain stays theirs, but it takes a block of somebody else to send it to them."
        }
    }
}

/// The kind of a round, for the curious.
pub(crate) fn round(round: Round) -> String {
    match round {
        Round::Fast => "Fast round".to_owned(),
        Round::MultiLeader(number) => format!("Round {} for all owners", number + 1),
        Round::SingleLeader(number) => format!("Turn {} of single owners", number + 1),
        Round::Validator(number) => format!("Turn {} of validators", number + 1),
    }
}

/// When owners may propose. `turn` and `more` are lengths of time.
pub(crate) fn rules(multi_leader: u32, turn: &str, more: &str) -> String {
    let turns = format!("turns of {turn}, each {more} longer than the one before.");
    match multi_leader {
        0 => format!("Owners take {turns}"),
        1 => format!("Any owner may propose in the first round of a block; then they take {turns}"),
        rounds => {
            format!("Any owner may propose in the first {rounds} rounds of a block; then they take {turns}")
        }
    }
}
