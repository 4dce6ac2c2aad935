//! One chain: inboxes, outboxes, consensus, block execution, requests.
