//! What validators say to the same questions, most of them wrong.

use super::{Lab, Steps, steps::Failed};
use crate::{
    interview::{Interviewer, QUESTIONS},
    network::file_stem,
};

/// Every answer is the same from every validator: its errors to the last byte, of answers about chains all but signatures and
/// clocks. The recorder keeps what the reference's said.
pub(super) fn scenario(lab: &Lab<'_>, steps: &mut Steps<'_>) -> Result<(), Failed> {
    let mut interviewer = steps.get("chains to ask about", || {
        Ok((Interviewer::prepare(lab.programs, lab.network)?, "opened".to_owned()))
    })?;
    // Each is asked, even where others were not answered alike.
    let asked = QUESTIONS.map(|(about, questions)| {
        steps.step(about, || Ok(format!("{} questions, answered alike", interviewer.ask_all(questions)?)))
    });
    asked.into_iter().collect::<Result<Vec<()>, Failed>>()?;
    let Some(folder) = &lab.programs.conversations else { return Ok(()) };
    steps.step("kept", || {
        let file = folder.join(format!("{}.json", file_stem(lab.makeup, lab.rules)));
        interviewer.write(&lab.makeup.to_string(), &file)?;
        Ok(file.display().to_string())
    })
}
