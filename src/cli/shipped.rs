//! The models that ship with gemc, part of the program: an installed copy finds them without its repository.

use std::path::Path;

/// The files of `models/` by name, in alphabetical order; a test holds the list equal to the folder.
pub(super) const SHIPPED: &[(&str, &str)] = &[
    ("connectome.gem", include_str!("../../models/connectome.gem")),
    ("cortex.gem", include_str!("../../models/cortex.gem")),
    ("gcm.gem", include_str!("../../models/gcm.gem")),
    ("gem_mlp.gem", include_str!("../../models/gem_mlp.gem")),
    ("gem_slp.gem", include_str!("../../models/gem_slp.gem")),
    ("gnetwork_mlp.gem", include_str!("../../models/gnetwork_mlp.gem")),
    ("gnetwork_slp.gem", include_str!("../../models/gnetwork_slp.gem")),
    ("lenet.gem", include_str!("../../models/lenet.gem")),
    ("lenet_direct.gem", include_str!("../../models/lenet_direct.gem")),
    ("lenet_unshared.gem", include_str!("../../models/lenet_unshared.gem")),
    ("mlp.gem", include_str!("../../models/mlp.gem")),
    ("omniglot_direct.gem", include_str!("../../models/omniglot_direct.gem")),
    ("omniglot_gem.gem", include_str!("../../models/omniglot_gem.gem")),
    ("omniglot_sgem.gem", include_str!("../../models/omniglot_sgem.gem")),
    ("rb_mlp.gem", include_str!("../../models/rb_mlp.gem")),
    ("rb_slp.gem", include_str!("../../models/rb_slp.gem")),
    ("sgem_mlp.gem", include_str!("../../models/sgem_mlp.gem")),
    ("sgem_mlp_diagonal.gem", include_str!("../../models/sgem_mlp_diagonal.gem")),
    ("sgem_mlp_low_rank.gem", include_str!("../../models/sgem_mlp_low_rank.gem")),
    ("sgem_mlp_symmetric.gem", include_str!("../../models/sgem_mlp_symmetric.gem")),
    ("sgem_slp.gem", include_str!("../../models/sgem_slp.gem")),
    ("sgem_slp_diagonal.gem", include_str!("../../models/sgem_slp_diagonal.gem")),
    ("sgem_slp_low_rank.gem", include_str!("../../models/sgem_slp_low_rank.gem")),
    ("sgem_slp_symmetric.gem", include_str!("../../models/sgem_slp_symmetric.gem")),
    ("sine_mlp.gem", include_str!("../../models/sine_mlp.gem")),
    ("sine_slp.gem", include_str!("../../models/sine_slp.gem")),
    ("skip_mlp.gem", include_str!("../../models/skip_mlp.gem")),
    ("slp.gem", include_str!("../../models/slp.gem")),
    ("subspace_mlp.gem", include_str!("../../models/subspace_mlp.gem")),
    ("subspace_slp.gem", include_str!("../../models/subspace_slp.gem")),
];

/// Returns the model that a bare file name, or one in `models/`, means.
pub(super) fn look_up(path: &Path) -> Option<(&'static str, &'static str)> {
    let folder = path.parent()?;
    let bare = folder.as_os_str().is_empty() || folder == Path::new("models");
    SHIPPED.iter().copied().find(|(name, _)| bare && path.file_name().is_some_and(|file| file == *name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        let models = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut models: Vec<String> =
            models.filter(|name| Path::new(name).extension().is_some_and(|end| end == "gem")).collect();
        models.sort();
        let listed: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        assert_eq!(models, listed, "models/ and src/cli/shipped.rs differ");
    }
}
