//! Named tensors ↔ the bytes of a safetensors file. Equal tensors and notes give equal bytes.

use std::collections::HashMap;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError};
use tch::{Device, Kind, Tensor as Live};

use crate::emit::TorchFault;
use crate::run_dir::{LENGTH, SUM, StoredTensor};

/// Returns the file of these tensors. Its header holds `notes`, sorted by key, and the tensors' sum under [`SUM`].
pub(super) fn tensor_file<'a>(
    tensors: impl Iterator<Item = (String, &'a Live)>,
    mut notes: HashMap<String, String>,
) -> Result<Vec<u8>, String> {
    let rows = tensors.map(|(name, live)| StoredRow::of(name, live)).collect::<Result<Vec<_>, _>>();
    let rows = rows.map_err(|fault| fault.to_string())?;
    let views = rows.iter().map(StoredRow::view).collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    notes.insert(SUM.to_owned(), StoredTensor::sum(&views));
    let views = views.into_iter().map(|tensor| (tensor.name, tensor.view));
    let bytes = safetensors::serialize(views, Some(notes)).map_err(|error| error.to_string())?;
    sorted(bytes).ok_or_else(|| "the header of a tensor file cannot be sorted".to_owned())
}

/// Makes a tensor of what a file holds.
pub(super) fn live(view: &TensorView<'_>) -> Result<Live, TorchFault> {
    let kind = if view.dtype() == Dtype::F64 { Kind::Double } else { Kind::Float };
    let shape: Vec<i64> = view.shape().iter().map(|side| i64::try_from(*side).unwrap_or(i64::MAX)).collect();
    Ok(Live::f_from_data_size(view.data(), &shape, kind)?)
}

/// One tensor as it is stored.
struct StoredRow {
    name: String,
    kind: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl StoredRow {
    fn of(name: String, row: &Live) -> Result<Self, TorchFault> {
        let double = row.f_kind()? == Kind::Double;
        let (kind, width) = if double { (Dtype::F64, 8) } else { (Dtype::F32, 4) };
        let row = row.f_detach()?.f_to_device(Device::Cpu)?.f_contiguous()?;
        let mut bytes = vec![0; row.numel() * width];
        row.f_copy_data_u8(&mut bytes, row.numel())?;
        let shape = row.size().into_iter().map(|size| usize::try_from(size).unwrap_or(0)).collect();
        Ok(Self { name, kind, shape, bytes })
    }

    fn view(&self) -> Result<StoredTensor<'_>, SafeTensorError> {
        let view = TensorView::new(self.kind, self.shape.clone(), &self.bytes)?;
        Ok(StoredTensor { name: &self.name, view })
    }
}

/// Sorts the notes in a file's header, which stand in the order of a hash. Its length stays.
fn sorted(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let (length, rest) = bytes.split_first_chunk_mut::<LENGTH>()?;
    let header = rest.get_mut(..usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let mut about: serde_json::Value = serde_json::from_slice(header).ok()?;
    about.get_mut("__metadata__")?.as_object_mut()?.sort_keys();
    let text = serde_json::to_vec(&about).ok()?;
    header.get_mut(..text.len())?.copy_from_slice(&text);
    header.get_mut(text.len()..)?.fill(b' ');
    Some(bytes)
}
