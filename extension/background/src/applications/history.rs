//! Questions that were asked before, by application; bounded, and kept with the wallet's records.

use serde::{Deserialize, Serialize};
use walnut_base::ApplicationId;
use walnut_wallet::messages::UiError;

use crate::{records, session::Session};

/// Questions kept for one application.
const QUESTIONS_MAX: usize = 12;

/// Applications with questions; the one not asked for longest is forgotten first.
const APPLICATIONS_MAX: usize = 40;

/// Longer questions are asked, but not kept.
const QUESTION_BYTES_MAX: usize = 2_000;

/// Latest first, both.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct History(Vec<(ApplicationId, Vec<String>)>);

impl History {
    fn of(&self, id: ApplicationId) -> Vec<String> {
        let entry = self.0.iter().find(|(known, _)| *known == id);
        entry.map(|(_, questions)| questions.clone()).unwrap_or_default()
    }

    fn add(&mut self, id: ApplicationId, question: &str) {
        let mut questions = self.of(id);
        questions.retain(|known| known != question);
        questions.insert(0, question.to_owned());
        questions.truncate(QUESTIONS_MAX);
        self.0.retain(|(known, _)| *known != id);
        self.0.insert(0, (id, questions));
        self.0.truncate(APPLICATIONS_MAX);
    }
}

impl Session {
    /// Questions asked of an application before, latest first.
    pub(crate) async fn questions(&self, id: ApplicationId) -> Result<Vec<String>, UiError> {
        self.read_history().await?;
        Ok(self.applications.history.borrow().of(id))
    }

    /// Keeps a question.
    pub(crate) async fn keep_question(&self, id: ApplicationId, question: &str) -> Result<(), UiError> {
        self.read_history().await?;
        if question.len() > QUESTION_BYTES_MAX
            || self.applications.history.borrow().of(id).first().is_some_and(|last| last == question)
        {
            return Ok(());
        }
        self.applications.history.borrow_mut().add(id, question);
        let history = self.applications.history.borrow().clone();
        records::store(&self.client.host().storage, records::QUESTIONS, &history).await
    }

    async fn read_history(&self) -> Result<(), UiError> {
        if !self.applications.is_history_read.get() {
            let stored = records::load(&self.client.host().storage, records::QUESTIONS).await?;
            if let Some(stored) = stored
                && !self.applications.is_history_read.get()
            {
                *self.applications.history.borrow_mut() = stored;
            }
            self.applications.is_history_read.set(true);
        }
        Ok(())
    }
}
