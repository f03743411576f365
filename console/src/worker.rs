//! The slow half of OPAQUE in a worker, so that the page stays alive: Argon2id takes a second and 64 MiB. The worker is
//! ended after its one job, and its memory with it.
//!
//! Never: more than one job a worker, or a password anywhere but in the job.

use amparo_client::house::sign_in::{self, SignInError, Stretch};
use amparo_protocol::sealed::Sealed;
use getrandom::SysRng;
use js_sys::{Promise, Uint8Array};
use rand_core::UnwrapErr;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};
use zeroize::Zeroizing;

/// Which half-finished exchange is finished.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub enum Kind {
    Registration,
    SignIn,
}

#[derive(Serialize, Deserialize)]
pub struct Job {
    pub kind: Kind,
    pub password: String,
    pub state: Vec<u8>,
    pub response: Sealed,
}

/// `message` goes to the relay; the export key wraps or opens the account secret.
#[derive(Serialize, Deserialize)]
pub struct Done {
    pub message: Sealed,
    pub export_key: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    WrongPassword,
    /// The worker did not start, ran out of memory, or could not read the relay's answer.
    Failed,
}

type Answer = Result<Done, Problem>;

/// The page's side: starts a worker, waits for its answer, ends it.
pub async fn run(job: Job) -> Answer {
    let bytes = Zeroizing::new(postcard::to_allocvec(&job).expect("a job holds nothing that postcard cannot write"));
    let answer = ask(&bytes).await.map_err(|_| Problem::Failed)?;
    postcard::from_bytes::<Answer>(&answer).unwrap_or(Err(Problem::Failed))
}

async fn ask(job: &[u8]) -> Result<Vec<u8>, JsValue> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Ending(Worker::new_with_options("/console/worker.js", &options)?);
    let answered = Promise::new(&mut |resolve, reject| {
        worker.0.set_onmessage(Some(&resolve));
        worker.0.set_onerror(Some(&reject));
    });
    worker.0.post_message(&Uint8Array::from(job))?;
    let event: MessageEvent = JsFuture::from(answered).await?.dyn_into()?;
    Ok(event.data().dyn_into::<Uint8Array>()?.to_vec())
}

/// Ends the worker with its memory.
struct Ending(Worker);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.terminate();
    }
}

/// The worker's side; `worker.js` calls it.
#[wasm_bindgen]
pub fn work(job: &[u8]) -> Vec<u8> {
    let answer: Answer = postcard::from_bytes::<Job>(job).map_err(|_| Problem::Failed).and_then(finish);
    postcard::to_allocvec(&answer).expect("an answer holds nothing that postcard cannot write")
}

fn finish(job: Job) -> Answer {
    let password = Zeroizing::new(job.password);
    let state = Zeroizing::new(job.state);
    let mut random = UnwrapErr(SysRng);
    let finish = match job.kind {
        Kind::Registration => sign_in::finish_registration,
        Kind::SignIn => sign_in::finish_sign_in,
    };
    let finished = finish(&password, &state, &job.response, Stretch::MEMBER, &mut random);
    finished.map(|done| Done { message: done.message, export_key: done.export_key.to_vec() }).map_err(|error| {
        match error {
            SignInError::WrongPassword => Problem::WrongPassword,
            SignInError::Malformed | SignInError::Stretch => Problem::Failed,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_cannot_be_read_gets_an_answer_all_the_same() {
        let answer: Answer = postcard::from_bytes(&work(&[0xff, 0xff])).expect("an answer");
        assert_eq!(answer.err(), Some(Problem::Failed));
    }

    #[test]
    fn an_answer_of_the_relay_that_is_no_answer_is_a_failure() {
        let job =
            Job { kind: Kind::SignIn, password: "long enough".into(), state: vec![1; 8], response: Sealed(vec![2; 8]) };
        assert_eq!(finish(job).err(), Some(Problem::Failed));
    }
}
