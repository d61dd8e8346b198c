//! Runs requests: polls the future of each at once, and again when a call that it waits for is settled.
//!
//! A request that waits for nothing responds synchronously, without a promise. The executor of `wasm-bindgen` would cost a promise
//! and a microtask for every wait; the background and the outbox still use it, and a future may wait for both kinds.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use worker::wasm_bindgen::JsValue;

use super::boundary;

/// Gives the response as a flat text, see [`boundary::respond`].
type Running = Pin<Box<dyn Future<Output = String>>>;

/// What JavaScript gives for a call.
#[derive(Default)]
pub(super) struct Reply {
    /// See [`boundary::OK`].
    pub(super) code: u32,
    pub(super) text: String,
    pub(super) bytes: Vec<u8>,
}

/// A call that has begun.
enum Call {
    Waiting(Option<Waker>),
    Settled(Reply),
}

/// The requests and the calls of this instance.
struct Tasks {
    /// The latest number of a request or a call.
    last: Cell<u32>,
    /// The request that is being polled; 0 for none.
    current: Cell<u32>,
    /// The time while a request is being polled: milliseconds since 1970. 0 for unknown.
    now_ms: Cell<u64>,
    running: RefCell<Vec<(u32, Running)>>,
    calls: RefCell<Vec<(u32, Call)>>,
    /// The request that the call being settled has woken; 0 for none.
    woken: Cell<u32>,
    is_settling: Cell<bool>,
}

thread_local!(static TASKS: Tasks = const { Tasks {
    last: Cell::new(0),
    current: Cell::new(0),
    now_ms: Cell::new(0),
    running: RefCell::new(Vec::new()),
    calls: RefCell::new(Vec::new()),
    woken: Cell::new(0),
    is_settling: Cell::new(false),
} });

/// Runs a request that came at `now_ms`; gives its response, or a promise of it.
pub(super) fn start(
    now_ms: u64,
    context: &JsValue,
    request: impl Future<Output = String> + 'static,
) -> JsValue {
    TASKS.with(|tasks| {
        let task = tasks.next_number();
        match tasks.poll(task, now_ms, Box::pin(request)) {
            Some(response) => boundary::respond(&response),
            None => boundary::pending(task, context),
        }
    })
}

/// Settles a call, then polls the request that waits for it. Call 0 polls the request `code`.
pub(super) fn settle(now_ms: f64, call: u32, code: u32, text: String, bytes: Vec<u8>) {
    TASKS.with(|tasks| {
        let task = if call == 0 {
            code
        } else {
            tasks.wake(call, Reply { code, text, bytes })
        };
        let mut running = tasks.running.borrow_mut();
        let Some(at) = running.iter().position(|(number, _)| *number == task) else {
            return;
        };
        let (_, request) = running.swap_remove(at);
        drop(running);
        if let Some(response) = tasks.poll(task, now_ms as u64, request) {
            boundary::finish(task, &response);
        }
    });
}

/// Calls JavaScript with the number of a call and of the request, and waits until the call is settled.
pub(super) async fn call(begin: impl FnOnce(u32, u32)) -> Reply {
    let (call, task) = TASKS.with(|tasks| {
        let call = tasks.next_number();
        tasks.calls.borrow_mut().push((call, Call::Waiting(None)));
        (call, tasks.current.get())
    });
    begin(call, task);
    let _forgotten = Forget(call);
    poll_fn(|context| TASKS.with(|tasks| tasks.take(call, context))).await
}

/// The time while a request is being polled: a Worker's clock does not advance meanwhile.
pub(super) fn now_ms() -> u64 {
    match TASKS.with(|tasks| tasks.now_ms.get()) {
        0 => boundary::date_now() as u64,
        millis => millis,
    }
}

/// Forgets a call that is not waited for any more.
struct Forget(u32);

impl Drop for Forget {
    fn drop(&mut self) {
        TASKS.with(|tasks| tasks.calls.borrow_mut().retain(|(call, _)| *call != self.0));
    }
}

impl Tasks {
    fn next_number(&self) -> u32 {
        // 0 is none. A call or a request lasts shorter than the 4 billion after it.
        let next = self.last.get().checked_add(1).unwrap_or(1);
        self.last.set(next);
        next
    }

    fn poll(&self, task: u32, now_ms: u64, mut request: Running) -> Option<String> {
        self.current.set(task);
        self.now_ms.set(now_ms);
        let waker = Waker::from(Arc::new(TaskWaker(task)));
        let polled = request.as_mut().poll(&mut Context::from_waker(&waker));
        self.now_ms.set(0);
        self.current.set(0);
        match polled {
            Poll::Ready(response) => Some(response),
            Poll::Pending => {
                self.running.borrow_mut().push((task, request));
                None
            }
        }
    }

    /// Settles a call and wakes what waits for it; gives the request, 0 when it is in the background.
    fn wake(&self, call: u32, reply: Reply) -> u32 {
        let mut calls = self.calls.borrow_mut();
        let Some((_, state)) = calls.iter_mut().find(|(number, _)| *number == call) else {
            return 0;
        };
        let former = std::mem::replace(state, Call::Settled(reply));
        drop(calls);
        if let Call::Waiting(Some(waker)) = former {
            self.is_settling.set(true);
            waker.wake();
            self.is_settling.set(false);
        }
        self.woken.take()
    }

    /// The reply of a call; the caller is woken when it is settled.
    fn take(&self, call: u32, context: &Context<'_>) -> Poll<Reply> {
        let mut calls = self.calls.borrow_mut();
        let found = calls.iter_mut().find(|(number, _)| *number == call);
        match found {
            Some((_, Call::Settled(reply))) => Poll::Ready(std::mem::take(reply)),
            Some((_, waiting)) => {
                *waiting = Call::Waiting(Some(context.waker().clone()));
                Poll::Pending
            }
            None => Poll::Pending,
        }
    }
}

/// Polls a request again: when a call is settled at once, otherwise soon.
struct TaskWaker(u32);

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        TASKS.with(|tasks| {
            if tasks.is_settling.get() {
                tasks.woken.set(self.0);
            } else {
                boundary::soon(self.0);
            }
        });
    }
}
