//! The display of long-running steps.
//!
//! On a terminal: one line, redrawn, with every step under way, its seconds and its last output. Elsewhere (CI, a
//! pipe): plain lines, with a heartbeat per step every [`HEARTBEAT`], so that a log shows slow steps.

use std::io::{IsTerminal as _, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const HEARTBEAT: Duration = Duration::from_secs(15);
/// Longer lines would wrap, and a wrapped line cannot be redrawn.
const WIDTH: usize = 78;

#[derive(Debug)]
struct Active {
    name: String,
    since: Instant,
    said: String,
    beat: Instant,
}

static ACTIVE: Mutex<Vec<Active>> = Mutex::new(Vec::new());

/// One step under way, by its name.
#[derive(Debug)]
pub(crate) struct Progress {
    name: String,
    since: Instant,
}

impl Progress {
    pub(crate) fn start(name: &str) -> Self {
        let since = Instant::now();
        let mut active = lock();
        active.push(Active { name: name.to_owned(), since, said: String::new(), beat: since });
        if !on_terminal() {
            println!("… {name}");
        }
        redraw(&active);
        Self { name: name.to_owned(), since }
    }

    /// The step's last line of output; `None` only lets time pass.
    pub(crate) fn tick(&self, said: Option<&str>) {
        let mut active = lock();
        if let Some(step) = active.iter_mut().find(|step| step.name == self.name) {
            if let Some(said) = said {
                said.trim().clone_into(&mut step.said);
            }
            if !on_terminal() && step.beat.elapsed() >= HEARTBEAT {
                step.beat = Instant::now();
                println!("… {}", describe(step));
            }
        }
        redraw(&active);
    }

    pub(crate) fn finish(self, success: bool) {
        self.finish_with(if success { '✓' } else { '✗' });
    }

    /// The end of a step that did not succeed, and has an alternative: nothing is wrong yet.
    pub(crate) fn pass_on(self) {
        self.finish_with('–');
    }

    fn finish_with(self, mark: char) {
        let mut active = lock();
        active.retain(|step| step.name != self.name);
        erase();
        println!("{mark} {} ({:.1} s)", self.name, self.since.elapsed().as_secs_f32());
        redraw(&active);
    }
}

/// The large steps of a command, announced as "step 2 of 5".
#[derive(Debug)]
pub(crate) struct Steps {
    done: usize,
    all: usize,
}

impl Steps {
    pub(crate) fn of(all: usize) -> Self {
        Self { done: 0, all }
    }

    pub(crate) fn next(&mut self, name: &str) {
        self.done += 1;
        say(&format!("step {} of {}: {name}", self.done, self.all));
    }
}

/// A line that stays.
pub(crate) fn say(line: &str) {
    let active = lock();
    erase();
    println!("{line}");
    redraw(&active);
}

fn lock() -> MutexGuard<'static, Vec<Active>> {
    // A poisoned list is still a list of names.
    ACTIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn on_terminal() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("CI").is_none()
}

fn describe(step: &Active) -> String {
    let seconds = step.since.elapsed().as_secs();
    if step.said.is_empty() {
        format!("{} {seconds} s", step.name)
    } else {
        format!("{} {seconds} s: {}", step.name, step.said)
    }
}

fn erase() {
    if on_terminal() {
        print!("\r\x1b[K");
    }
}

fn redraw(active: &[Active]) {
    if !on_terminal() || active.is_empty() {
        return;
    }
    let line = active.iter().map(describe).collect::<Vec<_>>().join(" | ");
    print!("\r\x1b[K… {}", line.chars().take(WIDTH).collect::<String>());
    // A line that could not be drawn is no reason to stop the work.
    let _ = std::io::stdout().flush();
}
