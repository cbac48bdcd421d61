//! Constants → the bytes of a safetensors file, as `safetensors.torch.load_file` reads them. Equal constants give equal bytes.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::fault::{ExportFault, Unwritten};
use super::forward::{ForwardConstant, single};

/// How arrays of the grown network lie, for the header of a file.
pub const GROWN_ORIENTATION: &str = "<connection>.weight is target x source, as torch.nn.Linear has it: received = weight @ source activity; \
within receptive fields it is places x maps x K, K counting rows, columns and source maps of the field, the maps fastest, or with one \
kernel a map as torch.nn.Conv2d has it; <population>.bias has one number for each neuron";

/// How arrays of the genome lie, for the header of a file.
pub const GENOME_ORIENTATION: &str = "rows of the parameter table of one run, as in its genome.safetensors without the axis of runs: X is neurons x genes, \
O is genes of the source x genes of the target";

/// Returns the bytes of a file that holds these constants in single precision; its header holds `notes`.
///
/// # Errors
///
/// [`Unwritten`] where the header cannot be made.
pub fn safetensors(constants: &[ForwardConstant], notes: &IndexMap<String, String>) -> Result<Vec<u8>, ExportFault> {
    let mut header = serde_json::Map::new();
    let notes = notes.iter().map(|(key, note)| (key.clone(), Value::from(note.as_str())));
    header.insert("__metadata__".to_owned(), Value::Object(notes.collect()));
    let mut bytes = Vec::new();
    let mut sorted: Vec<&ForwardConstant> = constants.iter().collect();
    sorted.sort_by(|one, other| one.name.cmp(&other.name));
    for constant in sorted {
        let start = bytes.len();
        bytes.extend(single(&constant.stored_numbers()).iter().flat_map(|number| number.to_le_bytes()));
        let about = json!({ "dtype": "F32", "shape": constant.stored_sizes(), "data_offsets": [start, bytes.len()] });
        header.insert(constant.name.clone(), about);
    }
    let mut text = serde_json::to_vec(&Value::Object(header)).map_err(|why| Unwritten { why: why.to_string() })?;
    // numbers begin at a multiple of eight bytes
    text.resize(text.len().next_multiple_of(8), b' ');
    let length = (text.len() as u64).to_le_bytes();
    Ok([&length[..], &text, &bytes].concat())
}
