//! The two guards of the house: rooms import only rooms above them, and only `cloudflare` names the platform.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in the order of `src/lib.rs`.
fn rooms() -> Vec<String> {
    let lib = fs::read_to_string("src/lib.rs").unwrap();
    lib.lines()
        .filter_map(|line| {
            line.trim_start_matches("pub ")
                .strip_prefix("mod ")?
                .strip_suffix(';')
        })
        .map(str::to_owned)
        .collect()
}

fn sources(under: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(under).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The room a file belongs to: `form` for `src/form/key.rs`, `route` for `src/route.rs`.
fn room_of(path: &Path) -> String {
    let inside = path.strip_prefix("src").unwrap();
    let first = inside.iter().next().unwrap().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The rooms a file names: `a` of every `crate::a`.
fn named_rooms(source: &str) -> Vec<&str> {
    let after = source.split("crate::").skip(1);
    after
        .filter_map(|after| {
            after
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
        })
        .collect()
}

#[test]
fn a_room_imports_only_rooms_above_it() {
    let rooms = rooms();
    let level = |room: &str| rooms.iter().position(|known| known == room);
    assert!(rooms.len() > 10, "{rooms:?}");
    let mut imports = 0;
    for path in sources(Path::new("src")) {
        let room = room_of(&path);
        if room == "lib" {
            continue;
        }
        let own = level(&room).unwrap_or_else(|| panic!("lib.rs does not list {room}"));
        let source = fs::read_to_string(&path).unwrap();
        assert!(
            !source.contains("crate::{"),
            "{}: this guard reads one room a line",
            path.display()
        );
        for named in named_rooms(&source) {
            let Some(other) = level(named) else { continue };
            assert!(
                other <= own,
                "{}: {room} imports {named}, which is below it",
                path.display()
            );
            imports += 1;
        }
    }
    assert!(
        imports > 50,
        "only {imports} imports seen: does this guard still read them?"
    );
}

#[test]
fn only_the_cloudflare_room_names_the_platform() {
    for path in sources(Path::new("src")) {
        if room_of(&path) == "cloudflare" {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        for name in [
            "worker::",
            "js_sys",
            "web_sys",
            "wasm_bindgen",
            "std::time",
            "std::net::Tcp",
        ] {
            assert!(!source.contains(name), "{} names {name}", path.display());
        }
    }
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    let wasm_only = manifest
        .find("[target.'cfg(target_arch = \"wasm32\")'.dependencies]")
        .unwrap();
    assert!(
        manifest.find("\nworker = ").unwrap() > wasm_only,
        "native code could name worker"
    );
}
