//! The start of an instance of the wasm, and its end by a panic: what the script of `worker-build` expects of the crate `worker`.

use std::panic;

use wasm_bindgen::JsValue;
use wasm_bindgen::handler::{schedule_reinit, set_on_abort};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};

use super::{boundary, task};
use crate::route::HEADERS_READ;

#[wasm_bindgen(start, private)]
fn start() {
    panic::set_hook(Box::new(|info| boundary::panicked(&info.to_string())));
    set_on_abort(schedule_reinit);
    let settle = Closure::<dyn Fn(f64, u32, u32, String, Vec<u8>)>::new(task::settle);
    boundary::connect(settle.into_js_value(), &HEADERS_READ.join(","));
}

/// What the script looks at before each event, to restart the instance after a panic.
#[wasm_bindgen(js_name = "__worker_init_state")]
pub fn init_state() -> JsValue {
    boundary::init_state()
}
