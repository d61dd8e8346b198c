//! A short program as sets of steps: one number says where all its ways are, and nothing is allocated to run it. Most
//! patterns people write are that short.

use super::class::Class;
use super::program::{Program, Step};

/// A program of at most 64 steps that never asks where it stands.
#[derive(Clone, Debug)]
pub(super) struct Sets {
    start: u64,
    matches: u64,
    steps: Vec<Taking>,
}

/// A step that takes a character.
#[derive(Clone, Debug)]
struct Taking {
    /// It, as a set.
    step: u64,
    class: Class,
    /// The ASCII of the class: bit 97 is `a`.
    ascii: u128,
    /// The steps that can come next.
    next: u64,
}

impl Sets {
    pub(super) fn of(program: &Program) -> Option<Self> {
        let steps = program.steps();
        if steps.len() > MAX_STEPS || steps.iter().any(|step| matches!(step, Step::Stand(_))) {
            return None;
        }
        let from = |index| {
            program
                .reached_from(index)
                .iter()
                .fold(0_u64, |set, &step| set | 1 << step)
        };
        let (mut matches, mut taking) = (0, Vec::new());
        for (index, step) in steps.iter().enumerate() {
            match step {
                Step::Match => matches |= 1 << index,
                Step::Take(class) => taking.push(Taking {
                    step: 1 << index,
                    class: class.clone(),
                    ascii: (0..128)
                        .filter(|&code_point| class.has(code_point))
                        .fold(0, |set, bit| set | 1 << bit),
                    next: from(index + 1),
                }),
                Step::Stand(_) | Step::Fork(..) | Step::Jump(_) => {}
            }
        }
        Some(Self {
            start: from(0),
            matches,
            steps: taking,
        })
    }

    /// See [`Program::matches`].
    pub(super) fn matches(&self, text: &str, is_prefix: bool) -> bool {
        let mut ways = self.start;
        for character in text.chars() {
            if is_prefix && ways & self.matches != 0 {
                return true;
            }
            let takes =
                |taking: &&Taking| ways & taking.step != 0 && taking.takes(character.into());
            ways = self
                .steps
                .iter()
                .filter(takes)
                .fold(0, |next, taking| next | taking.next);
            if ways == 0 {
                return false;
            }
        }
        ways & self.matches != 0
    }
}

impl Taking {
    fn takes(&self, code_point: u32) -> bool {
        if code_point < 128 {
            self.ascii >> code_point & 1 == 1
        } else {
            self.class.has(code_point)
        }
    }
}

/// As many as a `u64` has bits.
const MAX_STEPS: usize = 64;
