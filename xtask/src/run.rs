//! Running other programs: as a step with progress, as a question, or in our place.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use crate::progress::{self, Progress};

pub(crate) type Failure = Box<dyn Error + Send + Sync>;
pub(crate) type Result<T = ()> = std::result::Result<T, Failure>;

/// How a program ended, and all that it wrote (both streams, in order of arrival).
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) success: bool,
    pub(crate) output: String,
}

/// Runs a program as a step that must succeed. The output is shown only on failure.
pub(crate) fn step(name: &str, command: &mut Command) -> Result<String> {
    let finished = watch(name, command)?;
    if finished.success { Ok(finished.output) } else { Err(format!("{name} failed").into()) }
}

/// Runs a program as a step; that it failed is an answer, shown in full and left to the caller.
pub(crate) fn watch(name: &str, command: &mut Command) -> Result<Finished> {
    let progress = Progress::start(name);
    let finished = follow(command, &progress);
    let success = finished.as_ref().is_ok_and(|finished| finished.success);
    progress.finish(success);
    let finished = finished.map_err(|error| format!("cannot run {}: {error}", command.get_program().display()))?;
    if !success {
        progress::say(finished.output.trim_end());
    }
    Ok(finished)
}

/// Runs a program as a step with an alternative: that the program failed is no fault, and its output is not shown.
pub(crate) fn attempt(name: &str, command: &mut Command) -> Result<bool> {
    let progress = Progress::start(name);
    let finished = follow(command, &progress);
    let success = finished.as_ref().is_ok_and(|finished| finished.success);
    if success {
        progress.finish(true);
    } else {
        progress.pass_on();
    }
    let finished = finished.map_err(|error| format!("cannot run {}: {error}", command.get_program().display()))?;
    Ok(finished.success)
}

/// Asks a program something: its standard output if it succeeds, without a word to the user.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let answer = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    answer.status.success().then(|| String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

/// Becomes another program; that program gets the terminal and its signals directly. Returns only if the program cannot
/// start.
pub(crate) fn replace_with(command: &mut Command) -> Result {
    let error = command.exec();
    Err(format!("cannot run {}: {error}", command.get_program().display()).into())
}

fn follow(command: &mut Command, progress: &Progress) -> std::io::Result<Finished> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (sender, lines) = mpsc::channel();
    read_lines(child.stdout.take(), sender.clone());
    read_lines(child.stderr.take(), sender);
    let mut output = String::new();
    loop {
        match lines.recv_timeout(Duration::from_secs(1)) {
            Ok(line) => {
                progress.tick(Some(&line));
                output.push_str(&line);
                output.push('\n');
            }
            Err(RecvTimeoutError::Timeout) => progress.tick(None),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Ok(Finished { success: child.wait()?.success(), output })
}

fn read_lines(stream: Option<impl Read + Send + 'static>, sender: Sender<String>) {
    let Some(stream) = stream else { return };
    std::thread::spawn(move || {
        let mut lines = BufReader::new(stream).split(b'\n');
        while let Some(Ok(line)) = lines.next() {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    });
}
