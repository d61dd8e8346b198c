//! Runs tasks, which are requests and what continues in the background: polls the future of each, and again when a call that it
//! waits for is settled.
//!
//! A request that waits for nothing responds synchronously, without a promise. The executor of `wasm-bindgen` would cost a promise
//! and a microtask for every wait.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use wasm_bindgen::JsValue;

use super::boundary;

/// What a task gives in the end.
pub(super) enum Done {
    /// A response as a flat text, see [`boundary::respond`].
    Response(String),
    /// Anything else.
    Value(JsValue),
}

type Running = Pin<Box<dyn Future<Output = Done>>>;

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

/// The tasks and the calls of this instance.
struct Tasks {
    /// The latest number of a task or a call.
    last: Cell<u32>,
    /// The task that is being polled; 0 for none.
    current: Cell<u32>,
    /// The time while a task is being polled: milliseconds since 1970. 0 for unknown.
    now_ms: Cell<u64>,
    running: RefCell<Vec<(u32, Running)>>,
    calls: RefCell<Vec<(u32, Call)>>,
    /// The task that the call being settled has woken; 0 for none.
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

/// Runs a task that begins at `now_ms`; gives what it gives, or a promise of it.
pub(super) fn start(now_ms: u64, context: &JsValue, running: Running) -> JsValue {
    TASKS.with(|tasks| {
        let task = tasks.next_number();
        match tasks.poll(task, now_ms, running) {
            Some(Done::Response(text)) => boundary::respond(&text),
            Some(Done::Value(value)) => value,
            None => boundary::pending(task, context),
        }
    })
}

/// Runs a task after the code that runs now.
pub(super) fn spawn(context: &JsValue, running: Running) {
    TASKS.with(|tasks| {
        let task = tasks.next_number();
        tasks.running.borrow_mut().push((task, running));
        boundary::pending(task, context);
        boundary::soon(task);
    });
}

/// Settles a call, then polls the task that waits for it. Call 0 polls the task `code`.
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
        let (_, polled) = running.swap_remove(at);
        drop(running);
        match tasks.poll(task, now_ms as u64, polled) {
            Some(Done::Response(text)) => boundary::finish(task, &text),
            Some(Done::Value(value)) => boundary::end(task, value),
            None => {}
        }
    });
}

/// Calls JavaScript with the number of a call and of the task; the result waits until the call is settled.
pub(super) fn call(begin: impl FnOnce(u32, u32)) -> Called {
    let (call, task) = TASKS.with(|tasks| {
        let call = tasks.next_number();
        tasks.calls.borrow_mut().push((call, Call::Waiting(None)));
        (call, tasks.current.get())
    });
    begin(call, task);
    Called(call)
}

/// The time while a task is being polled: a Worker's clock does not advance meanwhile.
pub(super) fn now_ms() -> u64 {
    match TASKS.with(|tasks| tasks.now_ms.get()) {
        0 => boundary::date_now() as u64,
        millis => millis,
    }
}

/// A call that is waited for, and forgotten when it is not any more.
pub(super) struct Called(u32);

impl Future for Called {
    type Output = Reply;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Reply> {
        TASKS.with(|tasks| tasks.take(self.0, context))
    }
}

impl Drop for Called {
    fn drop(&mut self) {
        TASKS.with(|tasks| tasks.calls.borrow_mut().retain(|(call, _)| *call != self.0));
    }
}

impl Tasks {
    fn next_number(&self) -> u32 {
        // 0 is none. A call or a task lasts shorter than the 4 billion after it.
        let next = self.last.get().checked_add(1).unwrap_or(1);
        self.last.set(next);
        next
    }

    fn poll(&self, task: u32, now_ms: u64, mut running: Running) -> Option<Done> {
        self.current.set(task);
        self.now_ms.set(now_ms);
        let waker = Waker::from(Arc::new(TaskWaker(task)));
        let polled = running.as_mut().poll(&mut Context::from_waker(&waker));
        self.now_ms.set(0);
        self.current.set(0);
        match polled {
            Poll::Ready(done) => Some(done),
            Poll::Pending => {
                self.running.borrow_mut().push((task, running));
                None
            }
        }
    }

    /// Settles a call and wakes what waits for it; gives the task, 0 when nothing waits.
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

/// Polls a task again: when a call is settled at once, otherwise soon.
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
