//! Faults of data and of what is kept of runs → the exit code that each means. Those of training are in `torch/faults.rs`.

use miette::Diagnostic;

use super::exit::{Exit, Failure, alone};
use crate::data::DataError;
use crate::diag::Bug;
use crate::run_dir::{KeptFault, RunDirFault};

/// Who is to blame for a fault.
pub(super) trait Blame: Diagnostic + Send + Sync + Sized + 'static {
    /// Returns the exit code.
    fn exit(&self) -> Exit;

    /// Makes a failure of it.
    fn failure(self) -> Failure {
        Failure::Fault(self.exit(), alone(self))
    }
}

impl Blame for Bug {
    fn exit(&self) -> Exit {
        Exit::Bug
    }
}

impl Blame for DataError {
    fn exit(&self) -> Exit {
        if self.is_environment() { Exit::Environment } else { Exit::Input }
    }
}

impl Blame for RunDirFault {
    fn exit(&self) -> Exit {
        match self {
            Self::InUse { .. } | Self::Held { .. } | Self::Read { .. } => Exit::Input,
            Self::Write { .. } | Self::Missing { .. } => Exit::Environment,
        }
    }
}

impl Blame for KeptFault {
    fn exit(&self) -> Exit {
        match self {
            Self::RunDir(fault) => fault.exit(),
            Self::Damaged(_) | Self::Altered(_) | Self::Mismatch(_) => Exit::Input,
        }
    }
}
