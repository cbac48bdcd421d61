//! Turns the place libtorch was found in into an rpath of every binary, and tells where the engine will lie.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if let Ok(lib) = std::env::var("DEP_TCH_LIBTORCH_LIB") {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{lib}");
    }
    // OUT_DIR is PROFILE/build/gemc-HASH/out; programs lie in PROFILE
    let out = std::env::var("OUT_DIR").unwrap_or_default();
    if let Some(profile) = std::path::Path::new(&out).ancestors().nth(3) {
        println!("cargo::rustc-env=GEMC_BUILD_DIR={}", profile.display());
    }
}
