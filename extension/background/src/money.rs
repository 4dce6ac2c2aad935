//! Amounts in sentences.

use walnut_base::Amount;
use walnut_wallet::amount_input::format_amount;

/// "12.5 tokens", "1 token".
pub(crate) fn tokens(amount: Amount) -> String {
    let unit = if amount == Amount::ONE { "token" } else { "tokens" };
    format!("{} {unit}", format_amount(amount))
}
