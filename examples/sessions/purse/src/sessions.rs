//! The sessions of one transaction. They live in memory and nowhere else: there is no way to store one.

use std::collections::BTreeMap;
use std::fmt;

use super::types::{Amount, ApplicationId};

/// The sessions that are open.
#[derive(Debug, Default)]
pub struct Sessions {
    next: u32,
    open: BTreeMap<u32, Session>,
}

#[derive(Debug)]
struct Session {
    holder: ApplicationId,
    amount: Amount,
}

/// Why a session cannot be used so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionError {
    /// Never opened, or closed.
    Unknown {
        /// The session asked for.
        session: u32,
    },
    /// Somebody else's.
    NotHolder {
        /// The session asked for.
        session: u32,
        /// Whom it belongs to.
        holder: ApplicationId,
    },
    /// More than there is in it.
    TooLittle {
        /// The session asked for.
        session: u32,
        /// What is in it.
        holds: Amount,
        /// What was to be spent.
        wanted: Amount,
    },
    /// The transaction ends and somebody has forgotten one.
    NotConsumed {
        /// How many are open.
        count: usize,
        /// The first of them.
        session: u32,
        /// Who forgot it.
        holder: ApplicationId,
        /// What is in it.
        holds: Amount,
    },
}

impl Sessions {
    /// Opens a session for its first holder.
    pub fn open(&mut self, holder: ApplicationId, amount: Amount) -> u32 {
        let session = self.next;
        self.next = self.next.checked_add(1).expect("no transaction has fuel for that many sessions");
        self.open.insert(session, Session { holder, amount });
        session
    }

    /// Gives a session to another holder.
    pub fn pass(
        &mut self,
        caller: ApplicationId,
        session: u32,
        to: ApplicationId,
    ) -> Result<(), SessionError> {
        self.held(caller, session)?.holder = to;
        Ok(())
    }

    /// Takes an amount out of a session; returns what is left.
    pub fn spend(
        &mut self,
        caller: ApplicationId,
        session: u32,
        amount: Amount,
    ) -> Result<Amount, SessionError> {
        let held = self.held(caller, session)?;
        let holds = held.amount;
        held.amount =
            holds.try_sub(amount).map_err(|_| SessionError::TooLittle { session, holds, wanted: amount })?;
        Ok(held.amount)
    }

    /// Ends a session; returns what was left.
    pub fn close(&mut self, caller: ApplicationId, session: u32) -> Result<Amount, SessionError> {
        let left = self.held(caller, session)?.amount;
        self.open.remove(&session);
        Ok(left)
    }

    /// The rule that makes sessions a resource: no transaction ends with one open.
    pub fn finish(self) -> Result<(), SessionError> {
        match self.open.first_key_value() {
            None => Ok(()),
            Some((session, Session { holder, amount })) => Err(SessionError::NotConsumed {
                count: self.open.len(),
                session: *session,
                holder: *holder,
                holds: *amount,
            }),
        }
    }

    fn held(&mut self, caller: ApplicationId, session: u32) -> Result<&mut Session, SessionError> {
        let held = self.open.get_mut(&session).ok_or(SessionError::Unknown { session })?;
        if held.holder != caller {
            return Err(SessionError::NotHolder { session, holder: held.holder });
        }
        Ok(held)
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { session } => write!(f, "there is no session {session}"),
            Self::NotHolder { session, holder } => {
                write!(f, "session {session} belongs to application {holder}")
            }
            Self::TooLittle { session, holds, wanted } => {
                write!(f, "session {session} holds {holds}, not {wanted}")
            }
            Self::NotConsumed { count, session, holder, holds } => write!(
                f,
                "the transaction ends with sessions open: {count}; \
                 session {session} of application {holder} holds {holds}"
            ),
        }
    }
}

impl std::error::Error for SessionError {}
