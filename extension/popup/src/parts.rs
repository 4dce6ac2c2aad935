//! Small pieces that screens are made of. Each is a function from values to an element.

mod controls;
mod frame;
mod icon;
mod qr;
mod show;

pub(crate) use self::{
    controls::{
        button, check, details, error_of, error_of_sheet, field, hint, primary, segments, submit, text_input,
    },
    frame::{Screen, frame, sheet, titled},
    icon::Icon,
    qr::qr,
    show::{amount, balance, balance_in, copy, empty, hash, notice, section, status_of, time},
};
