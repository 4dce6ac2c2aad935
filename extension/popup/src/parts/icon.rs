//! Line icons on a 20 × 20 grid. They always stand beside a word or carry a label on their button.

use crate::tree::{Element, el};

/// The shapes in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Activity,
    Alert,
    App,
    Back,
    Block,
    Chain,
    Clock,
    Close,
    Coin,
    Copy,
    Cross,
    Down,
    Eye,
    Forward,
    Home,
    Inbox,
    Key,
    Lock,
    Network,
    Offline,
    Person,
    Refresh,
    Settings,
    Site,
    Tab,
    Tick,
    Up,
}

impl Icon {
    /// The outline, drawn with the current colour.
    fn path(self) -> &'static str {
        match self {
            Icon::Activity => "M2.5 10H6L8.5 4L11.5 16L14 10H17.5",
            Icon::Alert => "M10 3L17.8 16.5H2.2ZM10 8V11.8M10 14.1V14.2",
            Icon::App => {
                "M3.5 3.5H8.5V8.5H3.5ZM11.5 3.5H16.5V8.5H11.5ZM3.5 11.5H8.5V16.5H3.5ZM14 11.5V16.5M11.5 14H16.5"
            }
            Icon::Back => "M12.5 4L6.5 10L12.5 16",
            Icon::Block => "M10 2.5L16.5 6V14L10 17.5L3.5 14V6ZM3.5 6L10 9.7L16.5 6M10 9.7V17.5",
            Icon::Chain => {
                "M8.5 11.5A3.2 3.2 0 0 0 13 11.5L16 8.5A3.2 3.2 0 0 0 11.5 4L10 5.5M11.5 8.5A3.2 3.2 0 0 0 7 8.5L4 11.5A3.2 3.2 0 0 0 8.5 16L10 14.5"
            }
            Icon::Clock => "M10 2.8A7.2 7.2 0 1 1 10 17.2A7.2 7.2 0 1 1 10 2.8M10 6V10L12.8 11.8",
            Icon::Close => "M5 5L15 15M15 5L5 15",
            Icon::Coin => "M10 2.8A7.2 7.2 0 1 1 10 17.2A7.2 7.2 0 1 1 10 2.8M10 6.2L13.8 10L10 13.8L6.2 10Z",
            Icon::Copy => "M7.5 7.5H16.5V16.5H7.5ZM12.5 7.5V3.5H3.5V12.5H7.5",
            Icon::Cross => {
                "M10 2.8A7.2 7.2 0 1 1 10 17.2A7.2 7.2 0 1 1 10 2.8M7.3 7.3L12.7 12.7M12.7 7.3L7.3 12.7"
            }
            Icon::Down => "M10 3.5V16M4.5 10.5L10 16L15.5 10.5",
            Icon::Eye => {
                "M2 10C4 6.3 6.8 4.5 10 4.5S16 6.3 18 10C16 13.7 13.2 15.5 10 15.5S4 13.7 2 10ZM10 7.6A2.4 2.4 0 1 1 10 12.4A2.4 2.4 0 1 1 10 7.6"
            }
            Icon::Forward => "M7.5 4L13.5 10L7.5 16",
            Icon::Home => "M3 9L10 3L17 9M5 7.5V16.5H15V7.5M8.5 16.5V11.5H11.5V16.5",
            Icon::Inbox => "M2.5 11.5L5 4H15L17.5 11.5V16.5H2.5ZM2.5 11.5H7L8 13.5H12L13 11.5H17.5",
            Icon::Key => "M7 8.5A4 4 0 1 1 7 16.5A4 4 0 1 1 7 8.5M9.8 9.7L16.5 3M13 6.5L15.5 9",
            Icon::Lock => "M4.5 9H15.5V17H4.5ZM6.8 9V6.3A3.2 3.2 0 0 1 13.2 6.3V9M10 12.2V13.8",
            Icon::Network => {
                "M10 2.5A2 2 0 1 1 10 6.5A2 2 0 1 1 10 2.5M4.5 13.5A2 2 0 1 1 4.5 17.5A2 2 0 1 1 4.5 13.5M15.5 13.5A2 2 0 1 1 15.5 17.5A2 2 0 1 1 15.5 13.5M9 6.3L5.6 13.7M11 6.3L14.4 13.7M6.5 15.5H13.5"
            }
            Icon::Offline => {
                "M3 3L17 17M2.5 8A11 11 0 0 1 6.5 5.5M10 4.7A11 11 0 0 1 17.5 8M5.3 11.3A7 7 0 0 1 9 9.3M8 14.3A3 3 0 0 1 11.6 14M10 16.9V17"
            }
            Icon::Person => {
                "M10 3A3.5 3.5 0 1 1 10 10A3.5 3.5 0 1 1 10 3M3.5 17C4 13.8 6.5 12.3 10 12.3S16 13.8 16.5 17"
            }
            Icon::Refresh => "M16.5 10A6.5 6.5 0 1 1 14.3 5.1M16.5 3V6.5H13",
            Icon::Settings => {
                "M3 6H9M14 6H17M11.5 3.7A2.3 2.3 0 1 1 11.5 8.3A2.3 2.3 0 1 1 11.5 3.7M3 14H5.5M10.5 14H17M8 11.7A2.3 2.3 0 1 1 8 16.3A2.3 2.3 0 1 1 8 11.7"
            }
            Icon::Site => {
                "M10 2.8A7.2 7.2 0 1 1 10 17.2A7.2 7.2 0 1 1 10 2.8M2.8 10H17.2M10 2.8C6.5 6.5 6.5 13.5 10 17.2C13.5 13.5 13.5 6.5 10 2.8"
            }
            Icon::Tab => "M8 4H3.5V16.5H16V12M11.5 3.5H16.5V8.5M16.5 3.5L9.5 10.5",
            Icon::Tick => "M4 10.5L8.2 14.7L16 6",
            Icon::Up => "M10 16.5V4M4.5 9.5L10 4L15.5 9.5",
        }
    }

    /// The icon as an element hidden from screen readers (the word beside it is read).
    pub(crate) fn draw(self) -> Element {
        el("svg")
            .attr("viewBox", "0 0 20 20")
            .attr("width", "20")
            .attr("height", "20")
            .attr("fill", "none")
            .attr("stroke", "currentColor")
            .attr("stroke-width", "1.6")
            .attr("stroke-linecap", "round")
            .attr("stroke-linejoin", "round")
            .attr("aria-hidden", "true")
            .with(el("path").attr("d", self.path()))
    }
}
