//! How the source is put together: modules import only modules above them in `src/lib.rs`, files of a module have no circle of
//! imports, and only `cloudflare` names the platform.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order of `src/lib.rs`.
fn modules() -> Vec<String> {
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

/// The module of a file: `form` for `src/form/key.rs`, `route` for `src/route.rs`.
fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix("src").unwrap();
    let first = inside.iter().next().unwrap().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The beginning of a text that is an identifier.
fn identifier(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
        .unwrap()
}

/// The modules a file names: `a` of every `crate::a`.
fn named_modules(source: &str) -> Vec<&str> {
    source.split("crate::").skip(1).map(identifier).collect()
}

/// The names a file imports from the module it is in: `a` of `super::a`, `a` and `b` of `super::{a, b}`. Without its tests,
/// where `super` is the file itself.
fn named_siblings(source: &str) -> BTreeSet<String> {
    let source = source.split("#[cfg(test)]\nmod ").next().unwrap();
    let source = source.replace("super::super::", "");
    let mut names = BTreeSet::new();
    for after in source.split("super::").skip(1) {
        match after.strip_prefix('{') {
            Some(list) => {
                let list = list.split('}').next().unwrap().split(',');
                names.extend(list.map(|item| identifier(item.trim()).to_owned()));
            }
            None => {
                names.insert(identifier(after).to_owned());
            }
        }
    }
    names
}

/// A circle of imports that `from` is part of, as the names on it.
fn circle(imports: &BTreeMap<String, BTreeSet<String>>, from: &str) -> Option<Vec<String>> {
    let mut paths = vec![vec![from.to_owned()]];
    let mut seen = BTreeSet::new();
    while let Some(path) = paths.pop() {
        for next in &imports[path.last().unwrap()] {
            let longer = [&path[..], std::slice::from_ref(next)].concat();
            if next == from {
                return Some(longer);
            }
            if seen.insert(next) {
                paths.push(longer);
            }
        }
    }
    None
}

#[test]
fn a_module_imports_only_modules_above_it() {
    let modules = modules();
    let level = |module: &str| modules.iter().position(|known| known == module);
    assert!(modules.len() > 10, "{modules:?}");
    let mut imports = 0;
    for path in sources(Path::new("src")) {
        let module = module_of(&path);
        if module == "lib" {
            continue;
        }
        let own = level(&module).unwrap_or_else(|| panic!("lib.rs does not list {module}"));
        let source = fs::read_to_string(&path).unwrap();
        assert!(
            !source.contains("crate::{"),
            "{}: this test reads one module a line",
            path.display()
        );
        for named in named_modules(&source) {
            let Some(other) = level(named) else { continue };
            assert!(
                other <= own,
                "{}: {module} imports {named}, which is below it",
                path.display()
            );
            imports += 1;
        }
    }
    assert!(
        imports > 50,
        "only {imports} imports seen: does this test still read them?"
    );
}

/// `mod.rs` is not looked at: it lists its files, and they import what they share from it.
#[test]
fn files_of_a_module_have_no_circle_of_imports() {
    let mut directories: BTreeMap<PathBuf, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for path in sources(Path::new("src")) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name != "mod" && name != "tests" && !name.ends_with("_tests") {
            let named = named_siblings(&fs::read_to_string(&path).unwrap());
            let directory = directories
                .entry(path.parent().unwrap().to_owned())
                .or_default();
            directory.insert(name.to_owned(), named);
        }
    }
    let (mut circles, mut count) = (Vec::new(), 0);
    for (directory, mut imports) in directories {
        let files: BTreeSet<String> = imports.keys().cloned().collect();
        for (name, named) in &mut imports {
            named.retain(|other| other != name && files.contains(other));
            count += named.len();
        }
        for name in &files {
            circles.extend(
                circle(&imports, name)
                    .map(|circle| format!("{}: {}", directory.display(), circle.join(" -> "))),
            );
        }
    }
    assert!(circles.is_empty(), "{circles:#?}");
    assert!(
        count > 20,
        "only {count} imports seen: does this test still read them?"
    );
}

#[test]
fn only_cloudflare_names_the_platform() {
    for path in sources(Path::new("src")) {
        if module_of(&path) == "cloudflare" {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        for name in [
            "worker::",
            "js_sys",
            "web_sys",
            "wasm_bindgen",
            "SystemTime::now",
            "Instant",
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

/// One idea a file; tests have files of their own.
#[test]
fn every_file_has_less_than_300_lines() {
    for path in sources(Path::new("src")) {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines < 300, "{}: {lines}", path.display());
    }
}
